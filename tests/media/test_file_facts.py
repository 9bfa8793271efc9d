"""Gaps, ends and content credentials of recordings made here."""

from __future__ import annotations

import datetime
import io
import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.media.clips import ClipSpec, write_clip
from verifier.media.credentials import read_credentials
from verifier.media.file_facts import facts_or_none, read_file_facts

FAST = {"preset": "ultrafast"}


def test_a_pause_in_the_picture_is_a_gap(tmp_path):
    times = tuple(Fraction(i, 10) for i in (*range(20), *range(80, 100)))
    spec = ClipSpec(".mkv", options=FAST | {"bf": "2"}, audio=("libopus",), count=40, rate=10, times=times)
    facts = read_file_facts(write_clip(tmp_path / "a.mkv", spec))
    (gap,) = next(t for t in facts.tracks if t.kind == "picture").gaps
    assert gap.seconds() == pytest.approx((2.0, 8.0), abs=0.15)
    assert all(not t.gaps for t in facts.tracks if t.kind == "sound")


def test_a_plain_recording_has_no_gap(tmp_path):
    spec = ClipSpec(".mp4", options=FAST | {"bf": "3"}, audio=("aac",), count=60)
    facts = read_file_facts(write_clip(tmp_path / "a.mp4", spec))
    assert [t.kind for t in facts.tracks] == ["picture", "sound"]
    assert all(not t.gaps for t in facts.tracks)
    assert facts.credentials.statement == "none in the file"


def test_an_unusable_file_has_no_facts(tmp_path):
    path = tmp_path / "a.mp4"
    path.write_bytes(b"\0\0\0\x18ftypmp42")
    assert facts_or_none(path) is None


@pytest.mark.parametrize("kind", ["photo", "recording"])
def test_signed_files_say_by_whom_and_when_they_were_changed(tmp_path, kind):
    pytest.importorskip("c2pa")
    path = tmp_path / ("a.jpg" if kind == "photo" else "a.mp4")
    if kind == "photo":
        picture = np.random.default_rng(1).integers(0, 255, (64, 64, 3), np.uint8)
        Image.fromarray(picture).save(path, format="JPEG")
    else:
        write_clip(path, ClipSpec(".mp4", options=FAST, count=10))
    signed = _signed(path, "image/jpeg" if kind == "photo" else "video/mp4")
    path.write_bytes(signed)
    found = read_credentials(path)
    assert "signed by Test Recorder Ltd, not verified against a trust list" in found.statement
    assert not found.is_broken
    bent = bytearray(signed)
    at = len(signed) - 40 if kind == "photo" else signed.rindex(b"mdat") + 40
    bent[at] ^= 1
    path.write_bytes(bent)
    assert read_credentials(path).is_broken


def test_a_missing_library_is_said(tmp_path, monkeypatch):
    path = tmp_path / "a.jpg"
    Image.new("RGB", (8, 8)).save(path)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    found = read_credentials(path)
    assert found.statement.startswith("not available")
    assert not found.is_broken


def _signed(path: Path, mime: str) -> bytes:
    import c2pa

    chain, key = _certificate()
    signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(alg=b"es256", sign_cert=chain, private_key=key, ta_url=None))
    source = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    actions = {"actions": [{"action": "c2pa.created", "digitalSourceType": source}]}
    manifest = {
        "claim_generator_info": [{"name": "test recorder", "version": "1"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": actions}],
    }
    out = io.BytesIO()
    with path.open("rb") as file:
        c2pa.Builder.from_json(json.dumps(manifest)).sign(signer, mime, file, out)
    return out.getvalue()


def _certificate() -> tuple[bytes, bytes]:
    """A chain and a key, made now and good for nothing but this test."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    now = datetime.datetime.now(datetime.UTC)
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())

    def name(common: str) -> x509.Name:
        parts = ((NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Test Recorder Ltd"))
        return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])

    def certificate(common: str, key: ec.EllipticCurvePrivateKey, *, is_root: bool) -> bytes:
        usage = dict.fromkeys(
            (
                "content_commitment",
                "key_encipherment",
                "data_encipherment",
                "key_agreement",
                "encipher_only",
                "decipher_only",
            ),
            False,
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(common))
            .issuer_name(name("Test root"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(days=1))
            .not_valid_after(now + datetime.timedelta(days=2))
            .add_extension(x509.BasicConstraints(is_root, None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(digital_signature=not is_root, key_cert_sign=is_root, crl_sign=is_root, **usage),
                critical=True,
            )
        )
        if not is_root:
            mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
            builder = builder.add_extension(mail, critical=False)
        return builder.sign(root, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    chain = certificate("Test signer", leaf, is_root=False) + certificate("Test root", root, is_root=True)
    plain = serialization.NoEncryption()
    return chain, leaf.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
