from __future__ import annotations

from pathlib import Path

import pytest

from verifier import weights


@pytest.mark.data
def test_a_model_is_fetched_from_a_mirror_and_verified(with_mobileface: Path) -> None:
    model = weights.manifest()["mobileface"]
    assert weights.state(model) == "installed"
    path = weights.installed("mobileface")["MobileFace_Identification_V2-0000.params"]
    path.write_bytes(b"\0" + path.read_bytes()[1:])
    assert weights.state(model) == "damaged"
    with pytest.raises(weights.ModelMissing, match="verifier models get mobileface"):
        weights.installed("mobileface")


def test_a_wrong_file_is_refused_and_nothing_is_kept(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = weights.manifest()["mobileface"]
    folder = tmp_path / "mirror" / model.mirror_folder
    folder.mkdir(parents=True)
    for file in model.files:
        (folder / file.name).write_bytes(b"x" * file.size_bytes)
    monkeypatch.setenv("VERIFIER_MODELS_MIRROR", str(tmp_path / "mirror"))
    with pytest.raises(weights.FetchError, match="not the published file"):
        weights.get(model)
    assert [p.name for p in (home / "models" / "mobileface").iterdir()] == []


def test_a_mirror_without_the_file_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERIFIER_MODELS_MIRROR", str(tmp_path))
    with pytest.raises(weights.FetchError, match="could not be fetched"):
        weights.get(weights.manifest()["mobileface"])
