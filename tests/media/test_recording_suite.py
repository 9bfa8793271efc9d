"""One suite that every container and codec goes through."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.media.clips import HEIGHT, SOUND_SPECS, SPECS, WIDTH, number_in
from verifier.media.identify import identify
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.timing import Span

EVERY_PICTURE = SamplingPlan()
PLANS = {
    "1s": SamplingPlan(every=Fraction(1)),
    "0.4s": SamplingPlan(every=Fraction(2, 5)),
    "5s": SamplingPlan(every=Fraction(5)),
    "keys": SamplingPlan(keyframes=True),
    "keys_and_2s": SamplingPlan(every=Fraction(2), keyframes=True),
    "bursts": SamplingPlan(bursts=((Fraction(1, 5), Fraction(3, 2)),)),
    "stepped_bursts": SamplingPlan(
        every=Fraction(1), bursts=((Fraction(1, 2), Fraction(1)),), burst_step=Fraction(1, 15)
    ),
    "burst_and_0.9s": SamplingPlan(every=Fraction(9, 10), bursts=((Fraction(1, 10), Fraction(2)),)),
}
SPANS = {
    "middle": Span(Fraction(1), Fraction(2)),
    "odd": Span(Fraction(731, 1000), Fraction(1877, 1000)),
    "tail": Span(Fraction(2), Fraction(99)),
}
VIDEO = sorted(SPECS)
WITH_SOUND = sorted(name for name, spec in {**SPECS, **SOUND_SPECS}.items() if spec.audio)
MILLISECOND = Fraction(1, 1000)


@pytest.fixture(scope="module", params=VIDEO)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def whole(name, clip):
    """(all pictures, problems) of a clip, nothing left out while decoding."""
    with Recording(clip(name)) as recording:
        return list(recording.frames(EVERY_PICTURE)), recording.problems


def test_times_are_exact_and_every_picture_arrives(name, whole):
    frames, problems = whole
    expected = SPECS[name].expected_times()
    assert problems == ()
    assert all(isinstance(frame.time, Fraction) for frame in frames)
    assert len(frames) == len(expected)
    # Matroska and FLV store whole milliseconds; sound may start a few milliseconds before the picture
    offset = frames[0].time
    assert 0 <= offset < 60 * MILLISECOND
    # a fragmented file has no edit list: its picture starts by the sound encoder's run-up early
    slack = 22 * MILLISECOND if name == "h264_fragmented" else MILLISECOND
    for frame, time in zip(frames, expected, strict=True):
        assert abs(frame.time - offset - time) <= slack
    if name.endswith(("_mp4", "_mov")) and not SPECS[name].audio:
        assert [frame.time for frame in frames] == expected


def test_pictures_are_the_right_ones_and_upright(name, whole):
    frames, _ = whole
    rotation = SPECS[name].rotation
    for number, frame in enumerate(frames):
        assert frame.image.dtype == np.uint8
        assert frame.image.flags.c_contiguous
        back = np.rot90(frame.image, -round(rotation / 90))
        assert back.shape == (HEIGHT, WIDTH, 3)
        assert number_in(back) == number


def test_facts(name, whole, clip):
    frames, _ = whole
    with Recording(clip(name)) as recording:
        facts = recording.facts
    assert facts.video is not None
    assert (facts.video.height, facts.video.width) == frames[0].image.shape[:2]
    assert facts.video.rotation == SPECS[name].rotation % 360
    assert len(facts.audio) == len(SPECS[name].audio)
    assert abs(facts.duration - SPECS[name].expected_times()[-1]) < Fraction(3, 10)
    assert identify(clip(name)) == "recording"


@pytest.mark.parametrize("plan", PLANS)
def test_leaving_packets_out_gives_the_same_pictures(name, whole, clip, plan):
    frames, _ = whole
    selector = PLANS[plan].selector()
    wanted = [frame for frame in frames if selector.take(frame.time, frame.is_key)]
    with Recording(clip(name)) as recording:
        found = list(recording.frames(PLANS[plan]))
        assert recording.problems == ()
    _assert_same(found, wanted)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("plan", ["0.4s", "all"])
def test_a_span_gives_the_same_pictures(name, whole, clip, span, plan):
    frames, _ = whole
    chosen, where = PLANS.get(plan, EVERY_PICTURE), SPANS[span]
    selector = chosen.selector(where)
    wanted = [frame for frame in frames if selector.take(frame.time, frame.is_key)]
    with Recording(clip(name)) as recording:
        _assert_same(list(recording.frames(chosen, where)), wanted)


def test_wide_pictures_arrive_scaled(name, clip):
    plan = SamplingPlan(every=Fraction(1), max_width=96)
    with Recording(clip(name)) as recording:
        frames = list(recording.frames(plan))
        facts = recording.facts.video
    assert {frame.image.shape[1] for frame in frames} == {96}
    assert abs(frames[0].image.shape[0] - 96 * facts.height / facts.width) <= 1


def _assert_same(found, wanted):
    assert [frame.time for frame in found] == [frame.time for frame in wanted]
    assert [frame.is_key for frame in found] == [frame.is_key for frame in wanted]
    assert all(np.array_equal(one.image, other.image) for one, other in zip(found, wanted, strict=True))


@pytest.mark.parametrize("sound", WITH_SOUND)
def test_sound(sound, clip):
    spec = {**SPECS, **SOUND_SPECS}[sound]
    with Recording(clip(sound)) as recording:
        for track in range(len(spec.audio)):
            blocks = list(recording.audio(track=track))
            _assert_sine(blocks, 400 + 200 * track, spec)
        assert recording.problems == ()
        assert identify(clip(sound)) == ("recording" if spec.codec else "sound")


def _assert_sine(blocks, hertz, spec):
    times = [block.time for block in blocks]
    assert times == sorted(times)
    assert all(isinstance(time, Fraction) for time in times)
    assert all(0 < len(block.samples) <= 16_000 and block.samples.dtype == np.float32 for block in blocks)
    assert max(len(block.samples) for block in blocks) == 16_000
    for one, other in pairwise(blocks):
        assert one.time + Fraction(len(one.samples), 16_000) == other.time
    sound = np.concatenate([block.samples for block in blocks])
    assert len(sound) / 16_000 == pytest.approx(float(spec.expected_times()[-1]) + 1 / spec.rate, abs=0.1)
    spectrum = np.abs(np.fft.rfft(sound[4000:20000]))
    assert int(spectrum.argmax()) == pytest.approx(hertz, abs=2)
    assert 0.3 < np.abs(sound[8000:16000]).max() < 0.5


@pytest.mark.parametrize("sound", WITH_SOUND)
def test_sound_of_a_span_is_cut_to_the_sample(sound, clip):
    span = Span(Fraction(9, 10), Fraction(2))
    with Recording(clip(sound)) as recording:
        blocks = list(recording.audio(span=span))
        everything = list(recording.audio())
    first, last = blocks[0], blocks[-1]
    assert span.start <= first.time < span.start + Fraction(1, 16_000)
    assert (
        span.end - Fraction(1, 8000)
        <= last.time + Fraction(len(last.samples), 16_000)
        <= span.end + Fraction(1, 16_000)
    )
    # the same sound, up to what lossy decoders make of another beginning, and to Matroska's whole milliseconds
    part, all_of_it = np.concatenate([b.samples for b in blocks]), np.concatenate([b.samples for b in everything])
    at = round((first.time - everything[0].time) * 16_000)
    middle = part[2000:14_000]
    distances = [np.abs(middle - all_of_it[at + shift + 2000 :][: len(middle)]).max() for shift in range(-16, 17)]
    assert min(distances) < 0.05
