"""Model files that are not in the wheel: listed in models/manifest.json, fetched on request, verified by sha256.

Nothing is fetched unless `verifier models get` asks for it. VERIFIER_MODELS_MIRROR (a folder or an https address laid
out `<model>/<file>`) stands in for the published addresses; hashes are checked all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from verifier.atomic import atomic_file

CHUNK = 1 << 18
TIMEOUT_S = 60


class ModelMissing(Exception):
    """A model is not installed, or not what its manifest names; the message names the command that mends it."""


class FetchError(Exception):
    """A file could not be fetched or was not what the manifest names; one plain line."""


@dataclass(frozen=True)
class ModelFile:
    name: str
    size_bytes: int
    sha256: str
    address: str


@dataclass(frozen=True)
class Model:
    id: str
    title: str
    licence: str
    mirror_folder: str
    files: tuple[ModelFile, ...]

    def file(self, name: str) -> ModelFile:
        return next(f for f in self.files if f.name == name)


def home() -> Path:
    """Where models, cases and caches live: VERIFIER_HOME, else ~/.interview-verifier."""
    return Path(os.environ.get("VERIFIER_HOME") or Path.home() / ".interview-verifier")


def packaged(*parts: str) -> Path:
    """A file of models/ as shipped with the package."""
    return Path(str(files("verifier_models").joinpath(*parts)))


def manifest() -> dict[str, Model]:
    raw: dict[str, Any] = json.loads(packaged("manifest.json").read_text())
    return {name: _model(name, entry) for name, entry in raw.items()}


def _model(name: str, entry: dict[str, Any]) -> Model:
    listed = tuple(
        ModelFile(f["name"], f["bytes"], f["sha256"], f.get("address", entry["address"] + f["name"]))
        for f in entry["files"]
    )
    return Model(name, entry["title"], entry["licence"], entry["mirror_folder"], listed)


def folder(model: Model) -> Path:
    return home() / "models" / model.id


def state(model: Model) -> str:
    """ "installed", "not installed" or "damaged" (a hash differs)."""
    paths = [folder(model) / f.name for f in model.files]
    if not all(path.is_file() for path in paths):
        return "not installed"
    intact = all(sha256(path) == f.sha256 for path, f in zip(paths, model.files, strict=True))
    return "installed" if intact else "damaged"


def installed(name: str) -> dict[str, Path]:
    """Paths of a model's verified files by name; ModelMissing with the command that gets them."""
    model = manifest()[name]
    match state(model):
        case "installed":
            return {f.name: folder(model) / f.name for f in model.files}
        case "damaged":
            raise ModelMissing(f"the files of {name} are damaged; run: verifier models get {name}")
        case _:
            raise ModelMissing(f"{name} is not installed; run: verifier models get {name}")


def get(model: Model) -> list[Path]:
    """Fetches and verifies what is missing; every file appears whole and verified or not at all. FetchError."""
    target = folder(model)
    target.mkdir(parents=True, exist_ok=True)
    mirror = os.environ.get("VERIFIER_MODELS_MIRROR")
    paths = []
    for wanted in model.files:
        path = target / wanted.name
        if not (path.is_file() and sha256(path) == wanted.sha256):
            source = _mirrored(mirror, model, wanted) if mirror else wanted.address
            _fetch(source, wanted, path)
        paths.append(path)
    return paths


def _mirrored(mirror: str, model: Model, wanted: ModelFile) -> str:
    if mirror.startswith(("http://", "https://")):
        return f"{mirror.rstrip('/')}/{model.mirror_folder}/{wanted.name}"
    return (Path(mirror) / model.mirror_folder / wanted.name).absolute().as_uri()


def _fetch(source: str, wanted: ModelFile, path: Path) -> None:
    digest, size = hashlib.sha256(), 0
    try:
        with urllib.request.urlopen(source, timeout=TIMEOUT_S) as response, atomic_file(path) as out:
            while chunk := response.read(CHUNK):
                size += len(chunk)
                if size > wanted.size_bytes:
                    break
                digest.update(chunk)
                out.write(chunk)
            if size != wanted.size_bytes or digest.hexdigest() != wanted.sha256:
                raise FetchError(f"{wanted.name} is not the published file (size or sha256 differs); nothing was kept")
    except (OSError, urllib.error.URLError) as error:
        reason = getattr(error, "reason", None) or error.strerror or error
        raise FetchError(
            f"{wanted.name} could not be fetched ({reason}); try again, or set VERIFIER_MODELS_MIRROR"
        ) from error


def sha256(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()
