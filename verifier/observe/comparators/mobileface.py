"""MobileFace_Identification_V2 (MIT): 256-d, 3.6 MB, fetched by `verifier models get mobileface`."""

from __future__ import annotations

from verifier import weights
from verifier.observe.comparators.base import ComparatorUnavailable
from verifier.observe.comparators.mxnet_onnx import MXNetFormatError, to_onnx
from verifier.observe.comparators.onnx_face import OnnxComparator, OnnxDescription

INPUT_PIXELS = 112


class MobileFaceComparator(OnnxComparator):
    """RGB 0-255; the scaling is inside the graph. One face: about 20 ms with its mirrored chip."""

    def __init__(self) -> None:
        try:
            files = weights.installed("mobileface")
        except weights.ModelMissing as error:
            raise ComparatorUnavailable(str(error)) from error
        params = files["MobileFace_Identification_V2-0000.params"]
        symbol = files["MobileFace_Identification_V2-symbol.json"]
        try:
            graph = to_onnx(symbol.read_bytes(), params.read_bytes(), INPUT_PIXELS)
        except MXNetFormatError as error:
            raise ComparatorUnavailable(f"mobileface cannot be loaded: {error}") from error
        digest = weights.manifest()["mobileface"].file(params.name).sha256
        description = OnnxDescription(name="mobileface", sha256=digest, licence="MIT", size=INPUT_PIXELS)
        super().__init__(graph, description, digest)
