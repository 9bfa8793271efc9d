"""What is measured in passing, while voices are listened to, is what decoding it again would give."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.sounds import RATE, vowels, write_sound
from tests.test_round_voices import evidence
from verifier import api
from verifier.case import Round
from verifier.media.recording import Recording
from verifier.observe.clicks import click_table
from verifier.observe.overheard import Overheard
from verifier.observe.sound_features import sound_table
from verifier.round_voices import RoundListener

MEDIA = Path(__file__).resolve().parents[2] / "samples" / "media"


def test_it_is_what_the_sound_by_itself_gives() -> None:
    path, passing = MEDIA / "round-1.mp4", Overheard(clicks=True, bands=True)
    heard = RoundListener().hear(Round("round-1", "Round 1", (evidence(path),)), overheard=passing)
    speech = heard.sources[0].track.speech
    with Recording(path) as recording:
        blocks = list(recording.audio(RATE))
    clicks, alone = passing.clicks(speech), click_table(blocks, speech)
    assert clicks is not None
    assert (clicks.speech, clicks.heard_s) == (alone.speech, alone.heard_s)
    np.testing.assert_array_equal(clicks.times, alone.times)
    bands, table = passing.bands(), sound_table(blocks)
    assert bands is not None
    np.testing.assert_array_equal(bands.features, table.features)


def test_channels_heard_apart_are_not_the_whole_sound(tmp_path: Path) -> None:
    rest, one = np.zeros(10 * RATE, np.float32), vowels(140, 10)
    left, right = np.concatenate([one, rest]), np.concatenate([rest, one])
    passing = Overheard(clicks=True, bands=False)
    call = Round("round-1", "Round 1", (evidence(write_sound(tmp_path / "both.wav", left, right)),))
    assert len(RoundListener().hear(call, overheard=passing).sources) == 2
    assert passing.clicks(()) is None
    assert passing.bands() is None


@pytest.mark.parametrize("checks", [["typing"], ["typing", "voice-continuity"]])
def test_keys_are_heard_alike_with_voices_and_without(checks: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[int] = []
    audio = Recording.audio

    def counted(self: Recording, *asked: object, **more: object) -> object:
        if not asked or len(asked) < 3 or asked[2] is None:  # not the short looks at channels
            decoded.append(1)
        return audio(self, *asked, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Recording, "audio", counted)
    typing = api.observe_case([MEDIA / "round-1.mp4"], checks=checks).rounds[0].typing
    assert typing is not None
    assert typing.reason  # too few seconds without speech to say anything: alike on both ways
    assert len(decoded) == 1
