"""`verifier challenge`: what to ask for in the next call."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from verifier.cli.console import write_text


def challenge(
    count: Annotated[int, typer.Option(min=1, max=7, help="Prompts to draw.")] = 4,
    json_file: Annotated[str | None, typer.Option("--json", help="Write the script here; - prints it.")] = None,
) -> None:
    """Draws prompts for one call, at random: ask for them, note the times, and check with --challenge."""
    from verifier.challenges import draw, script_json

    prompts = draw(count)
    if json_file == "-":
        print(script_json(prompts), end="")
        return
    if json_file is not None:
        write_text(Path(json_file), script_json(prompts))
    for number, prompt in enumerate(prompts, 1):
        print(f"{number}. {prompt.say} ({prompt.seconds:.0f} s; mark it as {prompt.id})")
