from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.media.types import MediaError
from verifier.timing import Span
from verifier.transcript import Clock, Transcript, Utterance, Word, by_voice, tokens
from verifier.transcripts import read
from verifier.transcripts.read import NOT_ONE, parse, read_transcript
from verifier.transcripts.speaker_lines import ASSUMED_ENDS, OF_DAY
from verifier.transcripts.text_file import GUESSED, MOST_BYTES

ZOOM_VTT = """WEBVTT

1
00:00:02.050 --> 00:00:04.500
Ana Petrova: Good morning, can you hear me?

2
00:00:05.000 --> 00:00:06.250
Jordan Reyes: Yes: loud and clear.
"""
TEAMS_VTT = """WEBVTT

NOTE confidence

b2/1-0
00:00:02.050 --> 00:00:04.500 align:start
<v Ana Petrova>Good morning,
can you hear me?</v>

b2/1-1
00:00:05.000 --> 00:00:06.250
<v.loud Jordan Reyes>Yes &amp; <i>clearly</i>.</v>
"""
SRT = """1
00:00:02,050 --> 00:00:04,500
- {\\an8}<i>Good morning</i>

2
00:00:05,000 --> 00:00:06,250
One thing: it works.
"""
SBV = """0:00:02.050,0:00:04.500
Ana Petrova: Good morning

0:00:05.000,0:00:06.250
Jordan Reyes: Hello
"""
TEAMS_OLD = """0:0:2.50 --> 0:0:4.500
Ana Petrova
Good morning

0:0:5.0 --> 0:0:6.250
Jordan Reyes
Hello there

0:0:7.0 --> 0:0:8.250
Ana Petrova
How are you?
"""
TEAMS_DOCX = """Interview round 1
March 3, 2026, 10:00AM

Ana Petrova   0:02
Good morning,
can you hear me?

Jordan Reyes   1:05
Yes.
"""
ZOOM_TXT = """[Ana Petrova] 23:59:58
Good morning, can you hear me?

[Jordan Reyes] 00:00:03
Yes.
"""
MEET = """Attendees
Ana Petrova, Jordan Reyes
Transcript
00:00:00

Ana Petrova: Good morning.
Jordan Reyes: Hello.
00:05:00

Ana Petrova: What did you build?
Jordan Reyes: A parser,
and then some more.
"""
CHAT = """10:02:13 From Ana Petrova to Everyone:
\tcan you hear me
10:02:40 From Jordan Reyes to Everyone:
\tyes
"""


def heard(transcript: Transcript) -> list[tuple[float, float, str, str]]:
    return [(*u.span.seconds(), u.speaker, u.text) for u in transcript.utterances]


@pytest.mark.parametrize(
    ("text", "source", "second"),
    [
        (ZOOM_VTT, "WebVTT", (5.0, 6.25, "Jordan Reyes", "Yes: loud and clear.")),
        (TEAMS_VTT, "WebVTT", (5.0, 6.25, "Jordan Reyes", "Yes & clearly.")),
        (SRT, "SubRip", (5.0, 6.25, "", "One thing: it works.")),
        (SBV, "SBV (Meet, YouTube)", (5.0, 6.25, "Jordan Reyes", "Hello")),
        (TEAMS_OLD, "Teams text", (5.0, 6.25, "Jordan Reyes", "Hello there")),
        (TEAMS_DOCX, "Teams text", (65.0, 65.4, "Jordan Reyes", "Yes.")),
        (ZOOM_TXT, "Zoom text", (5.0, 5.4, "Jordan Reyes", "Yes.")),
    ],
)
def test_each_dialect_gives_times_speakers_and_words(
    text: str, source: str, second: tuple[float, float, str, str]
) -> None:
    transcript = parse(text)
    assert (transcript.source, heard(transcript)[1]) == (source, second)
    assert transcript.utterances[0].text.startswith("Good morning")


def test_times_are_exact_and_hours_may_have_three_digits() -> None:
    (u,) = parse("WEBVTT\n\n100:00:00.001 --> 100:00:01.000\nhello\n").utterances
    assert u.span == Span(360_000 + Fraction(1, 1000), Fraction(360_001))


def test_line_times_say_that_ends_are_assumed_and_that_a_clock_is_the_time_of_day() -> None:
    transcript = parse(ZOOM_TXT)
    assert transcript.clock is Clock.STARTS
    assert transcript.notes == (ASSUMED_ENDS, OF_DAY)


def test_meet_gives_names_and_coarse_times() -> None:
    transcript = parse(MEET)
    assert (transcript.source, transcript.clock) == ("Meet text", Clock.COARSE)
    assert transcript.utterances[-1].text == "A parser, and then some more."
    assert transcript.utterances[-1].span.start == 300
    assert transcript.speakers == {"Jordan Reyes": 7, "Ana Petrova": 6}


def test_times_inside_a_cue_become_words() -> None:
    transcript = parse("WEBVTT\n\n00:01.000 --> 00:03.000\n<v Ana>one <00:01.500>two <00:02.000><c>three four</c>\n")
    (u,) = transcript.utterances
    assert transcript.clock is Clock.WORDS
    assert [(float(w.span.start), w.text) for w in u.words] == [(1.0, "one"), (1.5, "two"), (2.0, "three four")]


def test_cues_out_of_order_overlapping_or_backwards_are_put_right_and_said() -> None:
    text = "WEBVTT\n\n00:05.000 --> 00:09.000\nb\n\n00:01.000 --> 00:06.000\na\n\n00:07.000 --> 00:06.000\nc\n"
    transcript = parse(text)
    assert [u.text for u in transcript.utterances] == ["a", "b", "c"]
    assert any("order" in note for note in transcript.notes)
    assert transcript.utterances[2].span.duration == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_encodings_are_told_from_the_bytes(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.vtt"
    path.write_bytes(ZOOM_VTT.replace("Ana", "Zoë").replace("\n", "\r\n").encode(encoding))
    transcript = read_transcript(path)
    assert transcript.utterances[0].speaker == "Zoë Petrova"
    assert transcript.notes == ()


def test_other_encodings_are_read_and_said(tmp_path: Path) -> None:
    path = tmp_path / "a.vtt"
    path.write_bytes(ZOOM_VTT.replace("Ana", "Zoë").encode("latin-1"))
    transcript = read_transcript(path)
    assert transcript.utterances[0].speaker == "Zoë Petrova"
    assert transcript.notes == (GUESSED,)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "empty"),
        (b"WEBVTT\n\n", "empty"),
        (b"\x00\x01\x02\x03" * 200, "not a t"),
        (b"just some notes\nof somebody\n", "not a transcript"),
        (CHAT.encode(), "chat of the call"),
        (b"WEBVTT\n\n00:01.000 --> 00:01.000\nno times\n", "no times"),
        (b"a" * (MOST_BYTES + 1), "too large"),
    ],
)
def test_what_is_no_transcript_is_one_line(tmp_path: Path, content: bytes, line: str) -> None:
    path = tmp_path / "a.vtt"
    path.write_bytes(content)
    with pytest.raises(MediaError) as error:
        read_transcript(path)
    assert line in str(error.value)
    assert "\n" not in str(error.value)


def test_a_folder_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="folder"):
        read_transcript(tmp_path)


def test_cues_beyond_the_most_are_left_out_and_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "MOST_CUES", 500)
    text = "WEBVTT\n\n" + "00:01.000 --> 00:02.000\nx\n\n" * 505
    transcript = parse(text)
    assert len(transcript.utterances) == 500
    assert "first 500 lines" in transcript.notes[0]


@given(st.text(max_size=400))
def test_any_text_is_a_transcript_or_one_line(text: str) -> None:
    try:
        assert parse(text).utterances
    except MediaError as error:
        assert "\n" not in str(error)


ALPHABET = st.sampled_from(
    [*"0123456789:.,-> \n\t[]<>v/{}aZ", "-->", "WEBVTT", "00:01.000 --> 00:02.000\n", "<v A>", "A: b\n"]
)


@settings(max_examples=300)
@given(st.lists(ALPHABET, max_size=120).map("".join))
def test_what_looks_like_a_transcript_never_breaks_and_stays_in_order(text: str) -> None:
    try:
        transcript = parse(text)
    except MediaError as error:
        assert str(error)
        return
    starts = [u.span.start for u in transcript.utterances]
    assert starts == sorted(starts)
    assert all(u.text for u in transcript.utterances)
    assert all(u.span.start <= w.span.start <= w.span.end <= u.span.end for u in transcript.utterances for w in u.words)


NAMES = st.sampled_from(["Ana Petrova", "Jürgen Groß", "李 伟", "O'Neil"])
SAID = st.lists(
    st.tuples(st.integers(0, 10**8), st.integers(1, 60_000), NAMES, st.from_regex(r"[a-z]{1,8}( [a-z]{1,8}){0,6}", fullmatch=True)),
    min_size=1, max_size=20,
)  # fmt: skip


@given(SAID, st.sampled_from(["vtt", "srt", "voice"]))
def test_what_is_written_is_read_back(said: list[tuple[int, int, str, str]], kind: str) -> None:
    def stamp(ms: int) -> str:
        mark = "," if kind == "srt" else "."
        return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{mark}{ms % 1000:03d}"

    head = "" if kind == "srt" else "WEBVTT\n\n"
    body = "\n\n".join(
        f"{n}\n{stamp(start)} --> {stamp(start + length)}\n" + (f"<v {who}>{text}" if kind == "voice" else f"{who}: {text}")
        for n, (start, length, who, text) in enumerate(said, 1)
    )  # fmt: skip
    expected = sorted((Fraction(s, 1000), Fraction(s + n, 1000), w, t) for s, n, w, t in said)
    got = sorted((u.span.start, u.span.end, u.speaker, u.text) for u in parse(head + body + "\n").utterances)
    assert got == expected


def test_refusals_name_what_can_be_read() -> None:
    assert all(name in NOT_ONE for name in ("WebVTT", "Zoom", "Teams", "Meet"))


def test_words_go_to_the_voice_that_is_heard() -> None:
    def span(a: int, b: int) -> Span:
        return Span(Fraction(a), Fraction(b))

    words = tuple(Word(span(n, n + 1), str(n)) for n in range(6))
    heard_as = by_voice(
        Transcript((Utterance(span(0, 6), "", "0 1 2 3 4 5", words),), "test", Clock.WORDS),
        {"candidate": [span(0, 3)], "other": [span(3, 6)]},
    )
    assert [(u.speaker, u.text) for u in heard_as.utterances] == [("candidate", "0 1 2"), ("other", "3 4 5")]
    lines = by_voice(Transcript((Utterance(span(8, 9), "", "x"),), "test", Clock.CUES), {"candidate": [span(0, 3)]})
    assert lines.utterances[0].speaker == ""


def test_tokens_know_accents_apostrophes_and_other_scripts() -> None:
    assert tokens("Don’t — ÉCOLE, 3rd; привет!") == ["don't", "école", "3rd", "привет"]
