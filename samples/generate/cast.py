"""Who is in the samples, where they sit and what they say."""

from __future__ import annotations

from dataclasses import dataclass

from samples.generate.body import Clothes
from samples.generate.head import Look
from samples.generate.scene import Setting
from samples.generate.speech import Voice

SPREAD = 0.9  # standard deviations at which faces are drawn: further out they look painted, further in alike
PHOTO_COUNT = 400  # source photos, one per person

_DARK_HAIR = (38.0, 46.0, 60.0)


@dataclass(frozen=True)
class Person:
    """`seed` draws the face. Seeds were chosen by eye, for faces that look like people."""

    seed: int
    look: Look
    voice: Voice


JORDAN = Person(
    27, Look((146.0, 168.0, 204.0), _DARK_HAIR, "short", iris=(52.0, 70.0, 92.0)), Voice("en-us+m3", 38, 158)
)
OTHER = Person(
    7, Look((142.0, 165.0, 202.0), _DARK_HAIR, "short", iris=(60.0, 74.0, 88.0)), Voice("en-us+zac", 30, 150)
)
INTERVIEWER = Person(21, Look((160.0, 178.0, 212.0), (40.0, 62.0, 96.0), "long", iris=(104.0, 92.0, 74.0)), Voice("en-us+anika", 50, 160))  # fmt: skip


@dataclass(frozen=True)
class Recording:
    """A round. The interviewer, where there is one, speaks first and leaves the screen after `tile_until` seconds."""

    name: str
    person: Person
    setting: Setting
    answer: str
    seed: int
    noise: float
    question: str = ""
    tile_until: float = 0.0


RECORDINGS = (
    Recording(
        "round-1", JORDAN,
        Setting("shelves", Clothes((126.0, 92.0, 62.0), "shirt"), across=0.44, down=0.46, face=0.33,
                light=(0.97, 1.0, 1.02), side=0.5, seed=11),
        "Sure. Last year I rebuilt the nightly import of our order data. It used to take four hours, and nobody could "
        "say when it would be done. I split it into small steps, wrote down where each one stopped, and started again "
        "from there. After that it ran in twenty minutes.",
        seed=101, noise=0.0012,
        question="Thank you for joining. Could you tell me about the last project you worked on?", tile_until=15.0,
    ),
    Recording(
        "round-2", JORDAN,
        Setting("window", Clothes((70.0, 74.0, 80.0), "round"), across=0.50, down=0.44, face=0.36,
                light=(1.02, 0.99, 0.96), side=0.9, seed=12),
        "We had one bad week. A change to the price table went out on a Friday, and the shop showed old prices until "
        "Monday. I found the cause in the cache, fixed it the same evening, and wrote a short note about what we would "
        "do next time. Now every change is tried on a copy first, and somebody looks at ten products by hand. It is "
        "dull, and it works. We have not had a weekend like that since.",
        seed=202, noise=0.002,
    ),
    Recording(
        "round-3", OTHER,
        Setting("lamp", Clothes((84.0, 96.0, 66.0), "shirt"), across=0.52, down=0.45, face=0.35,
                light=(0.90, 0.97, 1.02), side=-0.6, seed=13),
        "I like to start with the people who will use it. In my last team we sat with the support desk for two days "
        "before we wrote any code. We learned that they copied the same address four times for every call. So that was "
        "the first thing we took away. The rest of the plan could wait, and nobody missed it. I still go back there once a "
        "month and ask what is in the way.",
        seed=303, noise=0.0016,
    ),
)  # fmt: skip

TILE = Setting("plain", Clothes((96.0, 70.0, 110.0), "round"), across=0.5, down=0.50, face=0.44, side=-0.3, seed=14)
PASSPORT = Setting("plain", Clothes((52.0, 48.0, 46.0), "shirt"), across=0.5, down=0.47, face=0.33,
                   light=(1.04, 1.02, 1.0), side=-0.25, seed=15)  # fmt: skip
