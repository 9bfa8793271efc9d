"""Training of the detector of rendering: a run that was stopped ends as one that was not, and nothing leaks between people or kinds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from verifier_models.face_rendering import train as training
from verifier_models.face_rendering.forge import KINDS, SHARES
from verifier_models.face_rendering.train import HELD_OUT, SIDES, Photos, Recipe, Seeded, train
from verifier_models.stage import costs, spent

CPU = torch.device("cpu")
PEOPLE = 10


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Noise in the place of photos: what is tested does not depend on what they show."""
    monkeypatch.setattr(training, "REDRAW_STEPS", 1)
    monkeypatch.setattr(training, "REDRAW_BATCH", 2)
    monkeypatch.setattr(training, "KEPT_EVERY", 1)
    rng = np.random.default_rng(3)

    def coded(count: int) -> dict[str, np.ndarray]:
        jpegs = [cv2.imencode(".jpg", rng.integers(0, 256, (160, 160, 3), np.uint8))[1].ravel() for _ in range(count)]
        return {"jpeg": np.concatenate(jpegs), "lengths": np.array([len(j) for j in jpegs])}

    person = np.arange(PEOPLE)
    outline = np.array([[40, 30], [120, 30], [110, 130], [50, 130]], np.float32)
    five = rng.uniform(50, 110, (PEOPLE, 5, 2)).astype(np.float32)
    np.savez(tmp_path / "photos.npz", **coded(PEOPLE), person=person, outline=np.stack([outline] * PEOPLE), five=five)
    np.savez(tmp_path / "seeded-0000.npz", **coded(PEOPLE * len(SIDES)), person=person)
    return tmp_path


class Killed(Exception):
    pass


def kill(step: int) -> None:
    raise Killed


def test_a_run_that_is_stopped_and_goes_on_ends_with_the_same_weights(work: Path) -> None:
    recipe = Recipe(steps=2, pairs=4)
    whole = train(work, CPU, recipe).state_dict()
    (work / "detector.pt").unlink()
    with pytest.raises(Killed):
        train(work, CPU, recipe, kill)
    assert torch.load(work / "detector.pt", weights_only=True)["step"] == 1
    resumed = train(work, CPU, recipe).state_dict()
    assert all(torch.equal(whole[name], resumed[name]) for name in whole)
    with pytest.raises(SystemExit, match="of another recipe"):
        train(work, CPU, replace(recipe, steps=3))


def test_people_of_the_figures_are_in_no_training_set(work: Path) -> None:
    for kept in (
        Photos(work / "photos.npz", CPU, held_out=False).person.tolist(),
        Seeded(work, CPU, held_out=False).person,
    ):
        assert kept == [p for p in range(PEOPLE) if p % HELD_OUT]


def test_what_is_left_out_is_neither_drawn_nor_taken_from_the_seeds() -> None:
    for kind in KINDS:
        recipe = Recipe(without=kind)
        assert kind not in recipe.seeds
        assert recipe.shares == tuple(0 if k == kind else s for k, s in zip(KINDS, SHARES, strict=True))
    assert Recipe().seeds == list(SIDES[1:])


def test_costs_of_all_runs_add_up_also_of_one_that_stopped(tmp_path: Path) -> None:
    with pytest.raises(Killed), spent(tmp_path, "train"):
        kill(sum(range(100_000)))
    first = costs(tmp_path)["train"]
    assert min(first) > 0
    with spent(tmp_path, "train") as keep:
        keep()
    second = costs(tmp_path)["train"]
    assert second[0] > first[0]
    assert second[1] >= first[1]
