"""The voice network in onnxruntime, and the spectrum it hears, give what Resemblyzer, torch and librosa give."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from tests.sounds import vowels
from verifier.observe.comparators import resemblyzer_voice as voice
from verifier.observe.comparators.mel import mel_filters, mel_power
from verifier.observe.comparators.torch_file import TorchFormatError, read_tensors
from verifier.observe.comparators.voice_base import VoiceComparator, load_voice_comparators

PIECES = np.stack([vowels(110), vowels(210)])
REFERENCE = json.loads((Path(__file__).parent / "resemblyzer_reference.json").read_text())
"""Of PIECES at the level that the network gets, by Resemblyzer 0.1.4 with torch 2.13.0 and librosa 0.11.0."""


@pytest.fixture(scope="module")
def comparator() -> voice.ResemblyzerComparator:
    return voice.ResemblyzerComparator()


def test_templates_are_those_of_resemblyzer(comparator: voice.ResemblyzerComparator) -> None:
    here = comparator.embed(PIECES)
    assert np.abs(here - np.array(REFERENCE["embedding"])).max() < 1e-4
    assert np.linalg.norm(here, axis=1) == pytest.approx(1, abs=1e-5)
    assert here[0] @ here[1] < 0.8


def test_spectra_are_those_of_librosa() -> None:
    mels = mel_power(voice.at_level(PIECES), 16_000, voice.WINDOW, voice.STEP, voice.BANDS)[:, : voice.FRAMES]
    assert mels.astype(float).sum(axis=1) == pytest.approx(np.array(REFERENCE["mel_sums"]), rel=1e-3, abs=1e-5)


@pytest.mark.parametrize("bands", [80, 128])
def test_mel_filters_are_librosas_as_whisper_ships_them(bands: int) -> None:
    from importlib.metadata import distribution

    path = distribution("openai-whisper").locate_file("whisper/assets/mel_filters.npz")
    assert mel_filters(16_000, 400, bands) == pytest.approx(np.load(str(path))[f"mel_{bands}"], abs=1e-6)


def test_the_weights_read_without_torch_are_those_that_torch_reads() -> None:
    import io

    import torch

    raw = voice._weights()
    theirs = torch.load(io.BytesIO(raw), map_location="cpu", weights_only=True)["model_state"]
    ours = read_tensors(raw, "model_state")
    assert set(ours) == set(theirs)
    assert all((ours[name] == theirs[name].numpy()).all() for name in ours)


def test_the_network_is_torchs_lstm(comparator: voice.ResemblyzerComparator) -> None:
    import torch

    tensors = {k: torch.from_numpy(v.copy()) for k, v in read_tensors(voice._weights(), "model_state").items()}
    lstm, linear = torch.nn.LSTM(voice.BANDS, 256, 3, batch_first=True), torch.nn.Linear(256, 256)
    lstm.load_state_dict({k[5:]: v for k, v in tensors.items() if k.startswith("lstm.")})
    linear.load_state_dict({k[7:]: v for k, v in tensors.items() if k.startswith("linear.")})
    mels = np.random.default_rng(0).random((3, voice.FRAMES, voice.BANDS), np.float32) ** 4
    with torch.no_grad():
        there = torch.relu(linear(lstm(torch.from_numpy(mels))[1][0][-1]))
        there = (there / there.norm(dim=1, keepdim=True)).numpy()
    assert np.abs(comparator._network.run(None, {"mels": mels})[0] - there).max() < 1e-5


def test_a_file_that_asks_for_other_objects_or_ends_early_is_refused() -> None:
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({}, 2)
    for hostile in (b"", b"hello", magic + pickle.dumps({"model_state": print}, 2), voice._weights()[:100_000]):
        with pytest.raises(TorchFormatError):
            read_tensors(hostile, "model_state")


def test_other_weights_are_refused() -> None:
    tensors = read_tensors(voice._weights(), "model_state")
    with pytest.raises(TorchFormatError):
        voice.to_onnx({k: v for k, v in tensors.items() if k != "lstm.bias_hh_l2"})


def test_loudness_does_not_matter(comparator: voice.ResemblyzerComparator) -> None:
    quiet, loud = comparator.embed(PIECES * 0.05), comparator.embed(PIECES * 3)
    assert (quiet * loud).sum(axis=1) == pytest.approx(1, abs=1e-4)


def test_it_is_found_by_its_entry_point() -> None:
    found = load_voice_comparators()
    assert [c.name for c in found.loaded] == ["resemblyzer"]
    assert isinstance(found.loaded[0], VoiceComparator)
    assert not found.missing
