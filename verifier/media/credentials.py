"""Content credentials (C2PA) of a file: who signed a statement about its making, and whether the file is still as signed.

Nothing is looked up: no remote manifest, no certificate status, no trust list. So a name in a signature is a claim.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)
_SETTINGS = {
    "verify": {
        "remote_manifest_fetch": False,
        "ocsp_fetch": False,
        "verify_trust": False,
        "verify_timestamp_trust": False,
    },
    "core": {"allowed_network_hosts": []},
}
_MAX_CHARS = 120


@dataclass(frozen=True)
class Credentials:
    """What was found, in words for a report."""

    statement: str
    """"none in the file", "carries content credentials signed by ...", or why they could not be read."""
    is_broken: bool = False
    """There are some, and the file is not, or no longer, what was signed."""


def read_credentials(path: Path) -> Credentials:
    """The content credentials inside a file. Never raises: a library that is missing or fails is said in words."""
    try:
        import c2pa

        with c2pa.Settings.from_dict(_SETTINGS) as settings, c2pa.Context(settings) as context, path.open("rb") as file:
            reader = c2pa.Reader.try_create(file, context=context)
            if reader is None:
                return Credentials("none in the file")
            with reader:
                return _in_words(json.loads(reader.json()))
    except Exception as error:  # a native library fed with a stranger's file may raise anything
        if "NotSupported" in type(error).__name__ or "unsupported" in str(error).lower():
            return Credentials("not read for this kind of file")
        log.info("content credentials: %s", error)
        return Credentials("not available: the content credentials could not be read")


def _in_words(manifest: dict[str, Any]) -> Credentials:
    active = manifest.get("manifests", {}).get(manifest.get("active_manifest"), {})
    signature = active.get("signature_info", {})
    signer = _clean(signature.get("issuer") or signature.get("common_name") or "an unnamed signer")
    failures = manifest.get("validation_results", {}).get("activeManifest", {}).get("failure", [])
    codes = {str(failure.get("code", "")) for failure in failures}
    # an unknown signer is no fault of the file: trust is not judged here
    broken = {code for code in codes if not code.startswith(("signingCredential.untrusted", "timeStamp.untrusted"))}
    said = f"carries content credentials signed by {signer}, not verified against a trust list"
    if broken or (manifest.get("validation_state") == "Invalid" and not codes):
        return Credentials(f"{said}; the file is not as it was signed", is_broken=True)
    return Credentials(f"{said}; the file is as it was signed")


def _clean(value: object) -> str:
    return "".join(c if c.isprintable() else " " for c in str(value)[:_MAX_CHARS]).strip()
