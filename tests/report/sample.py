"""A report built by hand: every outcome, every part of the page, a grey picture that shows nobody."""

from __future__ import annotations

import base64
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from verifier.case import Evidence, Participant, Role, Round
from verifier.findings import CheckSpec, Finding, Group, Outcome
from verifier.likelihood import LikelihoodRatio
from verifier.report.model import Lane, Matrix, MatrixCell, Picture, Report, Timeline
from verifier.timing import Span

JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCN"
    "l4x9lnN+gXz/wAALCAAQABABAREA/8QAFgABAQEAAAAAAAAAAAAAAAAAAAUG/8QAFhAAAwAAAAAAAAAAAAAAAAAAABVi/9oACAEBAAA/AIqu"
    "Qrk2iyQsk//Z"
)
"""16 x 16 pixels of grey."""
SAME, DIFFERENT, OPEN = (2.5, 2.0, 2.8), (-1.5, -2.0, -1.0), (0.4, -0.5, 1.2)


def ratio(values: tuple[float, float, float]) -> LikelihoodRatio:
    return LikelihoodRatio(*values, "a test set, 100 people")


def span(start: int, end: int) -> Span:
    return Span(Fraction(start), Fraction(end))


def spec(id_: str, group: Group = Group.IDENTITY) -> CheckSpec:
    sides = ("the two faces are of the same person", "the two faces are of different people")
    return CheckSpec(
        id_,
        f"What does {id_} ask?",
        group,
        sides if group is Group.IDENTITY else None,
        f"How {id_} looks.",
        f"What {id_} cannot tell.",
        f"What to do when {id_} speaks.",
        ("faces",),
    )


def evidence(id_: str, name: str, kind: str = "recording", problems: tuple[str, ...] = ()) -> Evidence:
    role = Role.PROBE if id_.startswith("round") else Role.REFERENCE
    digest = (id_.encode().hex() * 8)[:64].ljust(64, "0")
    return Evidence(
        id_, digest, Path("/somewhere/private") / name, name, role, kind, 123_456, (("Length", "01:00"),), problems
    )


def pair(a: str, b: str, values: tuple[float, float, float], check: str = "face-across-rounds") -> Finding:
    lr = ratio(values)
    outcome = {"first": Outcome.NOT_OBSERVED, "second": Outcome.OBSERVED}.get(lr.support.value, Outcome.INCONCLUSIVE)
    words = {
        "first": "moderately strong support for the same person (about 300 times more likely if it is the same person)",
        "second": "moderate support for different people (about 30 times more likely if they are different people)",
    }.get(lr.support.value, "no clear support either way")
    said = f"The faces in {a} and {b}: {words}. Compared: 5 frames with 5 frames."
    keys = (f"{a}/A#0", f"{b}/A#0" if b.startswith("round") else f"{b}#0")
    step = "" if outcome is Outcome.NOT_OBSERVED else f"What to do when {check} speaks."
    return Finding(check, Group.IDENTITY, outcome, said, step, (a, b), score=0.5, lr=lr, pictures=keys, origin="test 1")


def picture(subject: str, number: int, caption: str, second: int | None) -> Picture:
    time = None if second is None else Fraction(second)
    return Picture(f"{subject}#{number}", JPEG, 16, 16, caption, subject.partition("/")[0], time)


def findings() -> tuple[Finding, ...]:
    identity, provenance = Group.IDENTITY, Group.PROVENANCE
    cannot = "Could not compare the face in Round {} (call-{}.mp4) with the photo blank.png: no face was found in it."
    return (
        pair("round-1", "reference-1", SAME, "face-reference"),
        pair("round-2", "reference-1", SAME, "face-reference"),
        pair("round-3", "reference-1", DIFFERENT, "face-reference"),
        *(
            Finding(
                "face-reference", identity, Outcome.NOT_AVAILABLE, cannot.format(n, n), "Ask for a sharp photo.",
                (f"round-{n}", "reference-2"), details=(("Reason", "no face was found in it"),), origin="test 1",
            )
            for n in (1, 2)
        ),
        pair("round-1", "round-2", SAME),
        pair("round-1", "round-3", DIFFERENT),
        pair("round-2", "round-3", OPEN),
        Finding(
            "face-continuity", identity, Outcome.OBSERVED,
            "Round 1 (call-1.mp4): one face until 00:17, a face in the same place from 00:22 on: weak support for "
            "different people (about 5 times more likely if they are different people).",
            "Play the seconds around the change.", ("round-1",), (span(12, 27), span(20, 30)), 0.3,
            ratio((-0.7, -1.0, -0.4)), ("round-1/A#0", "round-1/B#0"), origin="test 1",
        ),
        Finding("container", provenance, Outcome.NOT_OBSERVED, "Round 1: nothing missing.", rounds=("round-1",)),
        Finding("container", provenance, Outcome.OBSERVED, "Round 2: the end is cut off.", "Ask for the original file.",
                ("round-2",), (span(58, 60),), details=(("encoder", "Lavf61"),)),
        Finding("container", provenance, Outcome.ERROR, "This check stopped inside the tool (KeyError)."),
        Finding("container", provenance, Outcome.INCONCLUSIVE, "Round 3: the times are uneven.", rounds=("round-3",)),
        Finding("face-continuity", identity, Outcome.NOT_APPLICABLE, "Round 3 has one picture only.", provisional=True),
    )  # fmt: skip


def report() -> Report:
    """Rounds 1 and 2 and the passport go together, round 3 does not; one reference shows no face, one file is broken."""
    rounds = tuple(Round(f"round-{n}", f"Round {n}", (evidence(f"round-{n}", f"call-{n}.mp4"),)) for n in (1, 2, 3))
    cut = evidence("round-2", "call-2.mp4", problems=("the end is cut off",))
    rounds = (rounds[0], replace(rounds[1], evidence=(cut, evidence("round-2-2", "sound.wav", "sound"))), rounds[2])
    references = (evidence("reference-1", "passport.jpg", "photo"), evidence("reference-2", "blank.png", "photo"))
    faces = [picture(f"round-{n}/A", k, f"Round {n}, 00:0{k}", k) for n in (1, 2, 3) for k in (0, 1)]
    faces += [picture("round-1/B", 0, "Round 1, 00:22", 22), picture("reference-1", 0, "passport.jpg", None)]
    everyone = (("round-1/A", True, (0, 17)), ("round-1/B", False, (22, 60)), ("round-2/A", True, (0, 60)),
                ("round-3/A", True, (0, 60)))  # fmt: skip
    return Report(
        claimed_name="Jordan Reyes",
        created="2026-02-03T04:05:06+00:00",
        rounds=rounds,
        references=references,
        participants=tuple(
            Participant(id_, id_.partition("/")[0], (span(*s),), span(*s).duration, f"{id_}#0", is_candidate)
            for id_, is_candidate, s in everyone
        ),
        candidate_basis="Taken as the candidate: the face that is longest on screen. This is an assumption.",
        findings=findings(),
        checks=(spec("face-reference"), spec("face-across-rounds"), spec("face-continuity"),
                spec("container", Group.PROVENANCE)),
        matrices=(_matrix(),),
        timelines=(
            Timeline("round-1", "Round 1", Fraction(60), (
                Lane("Candidate", "candidate", (span(0, 17),)), Lane("Face B", "other", (span(22, 60),)),
                Lane("Candidate not visible", "unobservable", (span(17, 60),)),
            )),
            Timeline("round-2", "Round 2", Fraction(60), (
                Lane("Candidate", "candidate", (span(0, 60),)), Lane("Candidate not visible", "unobservable", ()),
            )),
        ),
        pictures=tuple(faces),
        unusable=(("notes.mp4", "This is a text file, no recording."),),
        consent="Nothing biometric was kept.",
        versions=(("Tool", "interview-verifier test"), ("Face calibration", "a test set")),
        timing=(("Round 1", 1.5), ("comparison", 0.25), ("total", 2.0)),
    )  # fmt: skip


def _matrix() -> Matrix:
    ids = ("round-1", "round-2", "round-3", "reference-1", "reference-2")
    labels = ("Round 1", "Round 2", "Round 3", "passport.jpg", "blank.png")
    known = {f.rounds: f for f in findings() if f.lr and len(f.rounds) == 2}
    cells = []
    for i, a in enumerate(ids):
        for b in ids[i + 1 :]:
            finding = known.get((a, b))
            reason = "" if finding else "no face was found in it"
            keys = [(a if a.startswith("reference") else f"{a}/A"), (b if b.startswith("reference") else f"{b}/A")]
            pictures = ((f"{keys[0]}#0", f"{keys[1]}#0"), (f"{keys[0]}#1", f"{keys[1]}#1")) if finding else ()
            pictures = tuple(p for p in pictures if p[1] != "reference-1#1")
            cells.append(MatrixCell(a, b, finding.lr if finding else None, reason, pictures))
    return Matrix("Same face?", ids, labels, tuple(cells))
