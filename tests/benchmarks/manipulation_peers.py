"""Our detector of rendering and the published detectors beside it, on one call: numbers, higher = more as a manipulated one.

Peers are read from ../shared/peers; where there are none, ours stands alone.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks import material
from verifier.media.recording import Recording
from verifier.media.sampling import SamplingPlan
from verifier.observe.face_crop import FaceCrop
from verifier.observe.rendering_detectors import load_detectors
from verifier.seeds.faces import FaceFollower

Images = NDArray[np.uint8]
PEERS = material.ROOT.parent / "shared" / "peers"


class Meso:
    """MesoNet as our detectors are called."""

    def __init__(self, name: str) -> None:
        from verifier_models.face_rendering.mesonet import MesoNet

        self.name, self._net = name, MesoNet(PEERS / "mesonet" / f"{name}.h5")

    def traces(self, crop: FaceCrop) -> float:
        return float(self._net.traces(crop.image[None])[0])


@cache
def _detectors() -> list[Any]:
    ours = load_detectors()[0][:1]
    if not PEERS.is_dir():
        return ours
    from verifier_models.face_rendering.mesonet import MESONETS

    return [*ours, *(Meso(name) for name in MESONETS)]


def rendering(crops: Images) -> dict[str, float]:
    """By detector, the mean over crops [n, 256, 256, 3] of one face."""
    return {d.name: float(np.mean([d.traces(FaceCrop(crop, None, 48.0)) for crop in crops])) for d in _detectors()}


@cache
def _lrnet() -> Any:
    from verifier_models.face_rendering.lrnet import LRNet

    return LRNet(PEERS / "lrnet")


def course(path: Path) -> dict[str, float]:
    """LRNet on the course of the face's points through the call."""
    if not PEERS.is_dir():
        return {}
    with Recording(path) as recording, FaceFollower() as follower:
        meshes = [follower.mesh(frame.image) for frame in recording.frames(SamplingPlan())]
    found = [mesh.points[:, :2] for mesh in meshes if mesh is not None]
    value = _lrnet().traces(np.stack(found)) if found else float("nan")
    return {"LRNet": value} if np.isfinite(value) else {}


@cache
def _spoof() -> dict[str, Any]:
    from verifier_models.replay.screen import NETWORKS, Peer

    return {name.removesuffix(".onnx"): Peer(PEERS / "minifasnet" / name, scale) for name, scale in NETWORKS}


@cache
def _finder() -> Any:
    from verifier.observe.face_detector import FaceDetector

    return FaceDetector()


def screen(path: Path) -> dict[str, float]:
    """MiniFASNet: the median of a few pictures of the call, of how sure it is that this is no live face."""
    if not PEERS.is_dir():
        return {}
    from verifier_models.replay.screen import pictures

    rows = []
    for image in pictures(path):
        face = max(_finder().find(image), key=lambda b: b.size, default=None)
        if face is not None:
            rows.append([peer(image, face) for peer in _spoof().values()])
    return dict(zip(_spoof(), map(float, np.median(rows, axis=0)), strict=True)) if rows else {}
