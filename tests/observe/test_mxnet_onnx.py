from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.observe.comparators.mxnet_onnx import MXNetFormatError, read_params, to_onnx


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_not_trusted(data: bytes) -> None:
    with pytest.raises(MXNetFormatError):
        read_params(data)


@given(st.integers(0, 2**40), st.binary(max_size=60))
def test_a_claimed_count_is_never_allocated(count: int, rest: bytes) -> None:
    head = (0x112).to_bytes(8, "little") + bytes(8) + count.to_bytes(8, "little")
    if count == 0 and rest[:8] == bytes(8):
        assert read_params(head + rest) == {}
    else:
        with pytest.raises(MXNetFormatError):
            read_params(head + rest)


@pytest.mark.data
@settings(max_examples=20)
@given(st.integers(0, 3_582_481))
def test_a_truncated_real_file_is_refused(mirror: Path, length: int) -> None:
    data = (mirror / "mobileface_v2" / "MobileFace_Identification_V2-0000.params").read_bytes()[:length]
    with pytest.raises(MXNetFormatError):
        read_params(data)


@pytest.mark.data
def test_an_unknown_operator_is_named(mirror: Path) -> None:
    folder = mirror / "mobileface_v2"
    symbol = (folder / "MobileFace_Identification_V2-symbol.json").read_text().replace('"Flatten"', '"Custom"')
    with pytest.raises(MXNetFormatError, match="Custom"):
        to_onnx(symbol.encode(), (folder / "MobileFace_Identification_V2-0000.params").read_bytes(), 112)
