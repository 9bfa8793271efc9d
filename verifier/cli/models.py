"""`verifier models`: what is fetched on request."""

from __future__ import annotations

import typer

from verifier.cli.console import MISSING, stop

app = typer.Typer(no_args_is_help=True, help="Models that are fetched on request.")


@app.command("list")
def models_list() -> None:
    """Lists the models and whether they are here."""
    from verifier import weights

    for model in weights.manifest().values():
        print(f"{model.id}\t{weights.state(model)}\t{model.licence}\t{model.title}")


@app.command("get")
def models_get(names: list[str]) -> None:
    """Fetches models and verifies them."""
    from verifier import weights

    listed = weights.manifest()
    for name in names:
        if name not in listed:
            stop(f"there is no model {name!r}; verifier models list shows them")
        try:
            weights.get(listed[name])
        except (weights.FetchError, OSError) as error:
            stop(str(error))
        print(f"{name}: installed and verified")


@app.command("verify")
def models_verify() -> None:
    """Checks the hashes of the installed models."""
    from verifier import weights

    states = {m.id: weights.state(m) for m in weights.manifest().values()}
    for name, state in states.items():
        print(f"{name}\t{state}")
    if "damaged" in states.values():
        raise typer.Exit(MISSING)
