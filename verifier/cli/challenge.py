"""`verifier challenge`: what to ask for in the next call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.console import stop, write_text


def challenge(
    count: Annotated[int, typer.Option(min=1, max=7, help="Prompts to draw.")] = 4,
    json_file: Annotated[
        str | None,
        typer.Option("--json", help="Write the script here, and NAME.marks.json for the times beside it; - prints it."),
    ] = None,
) -> None:
    """Draws prompts for one call, at random: ask for them, note the times, and check with --challenge.

    The times go into a marks file, in seconds of the recording: {"schema": "challenge-marks-1", "marks": [{"prompt": "turn-left",
    "start_s": 41.5, "end_s": 49}]}
    """
    from verifier.challenges import draw, script_json, template_json

    prompts = draw(count)
    if json_file == "-":
        print(script_json(prompts), end="")
        return
    if json_file is not None:
        marks = Path(json_file).with_suffix(".marks.json")
        if marks.exists():
            stop(f"{marks} is there already, perhaps with times: move it, or name another script")
        write_text(Path(json_file), script_json(prompts))
        write_text(marks, template_json(prompts))
    for number, prompt in enumerate(prompts, 1):
        print(f"{number}. {prompt.say} ({prompt.seconds:.0f} s; mark it as {prompt.id})")
    if json_file is not None:
        print(
            f"Write when each was asked and over into {marks} (start_s and end_s), then: verifier check ... --challenge {marks}"
        )
