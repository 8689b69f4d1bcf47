"""What somebody presents: a file, a token, an address or a number, recognised by its first bytes.

Nothing in it is believed here, and no address in it is ever fetched.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from api.checking import qr
from api.publishing.packing import MAX_ZIP_BYTES, unpacked
from ledger.domain.number import CertificateNumber
from ledger.errors import Unverifiable
from ledger.words import Words
from projections.credentials.forms import baking, sealed
from projections.credentials.proofs.jws import read_json

MAX_BYTES = MAX_ZIP_BYTES  # the largest of the forms
MAX_TEXT_BYTES = 1024 * 1024  # of a credential as text
JPEG, PNG, PDF, ZIP = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-", b"PK\x03\x04"
TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)
BUNDLE = '"pca-ledger-bundle/v1"'

KINDS: dict[str, Words] = {
    "pdf": Words("a sealed PDF with an attached credential", "un PDF muni d’un cachet, avec une attestation jointe"),
    "png": Words("a badge (PNG) with a credential in it", "un badge (PNG) contenant une attestation"),
    "svg": Words("a badge (SVG) with a credential in it", "un badge (SVG) contenant une attestation"),
    "jsonld": Words("an Open Badge (JSON-LD)", "un Open Badge (JSON-LD)"),
    "jwt": Words("an Open Badge (JWT)", "un Open Badge (JWT)"),
    "sd-jwt": Words("a wallet credential (SD-JWT VC)", "une attestation de portefeuille (SD-JWT VC)"),
    "bundle": Words("a verification bundle", "un dossier de vérification"),
    "number": Words("a certificate number", "un numéro de certificat"),
}


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """``kind`` is a key of KINDS. ``data`` is the file; what it carries is one of the others.

    ``credential`` is an Open Badge with its proof, ``token`` a JWT or SD-JWT, ``number`` as typed or in a QR code;
    ``host`` with its port, in lower case, is where it says that the certificate stands: None of a bare number.
    """

    kind: str
    data: bytes
    credential: dict[str, Any] | None = None
    token: str | None = None
    number: str | None = None
    host: str | None = None


def recognise(data: bytes) -> Presented:
    """What was presented. Raises ``Unverifiable`` (presented-...) naming what was expected."""
    if len(data) > MAX_BYTES:
        raise Unverifiable("presented-too-large", f"expected at most {MAX_BYTES} bytes, not {len(data)}")
    if data.startswith(PDF):
        return _carrying("pdf", data, sealed.attached_credential(data).decode(errors="replace"))
    if data.startswith(ZIP):
        return Presented(kind="bundle", data=unpacked(data))
    if data.startswith(PNG) and baking.KEYWORD in data:
        return _carrying("png", data, baking.credential_in_png(data))
    if data.startswith((PNG, JPEG)):
        found = qr.read(data)
        if found is None:
            raise Unverifiable("presented-unknown", "the picture contains neither a credential nor a QR code")
        return _text(found.encode(), found)
    if len(data) > MAX_TEXT_BYTES and not data.lstrip().startswith(b"{"):
        raise Unverifiable("presented-too-large", f"expected at most {MAX_TEXT_BYTES} bytes of text")
    try:
        text = data.decode().strip()
    except UnicodeDecodeError:
        raise _unknown() from None
    if text.startswith("<"):
        return _carrying("svg", data, baking.credential_in_svg(data))
    return _text(data, text)


def _carrying(kind: str, data: bytes, credential: str) -> Presented:
    """A file with a credential in it, which may be JSON or a token."""
    inner = _text(credential.encode(), credential.strip())
    if inner.credential is None and inner.token is None:
        raise Unverifiable("presented-unknown", "expected an Open Badge in the file")
    return msgspec.structs.replace(inner, kind=kind, data=data)


def _text(data: bytes, text: str) -> Presented:
    if text.startswith("{"):
        if BUNDLE in text[:200]:
            return Presented(kind="bundle", data=data)
        if len(data) > MAX_TEXT_BYTES:
            raise Unverifiable("presented-too-large", f"expected at most {MAX_TEXT_BYTES} bytes of JSON")
        return Presented(kind="jsonld", data=data, credential=_object(text))
    if "~" in text and TOKEN.fullmatch(text.partition("~")[0]):
        return Presented(kind="sd-jwt", data=data, token=text)
    # A number holds no dot before its issue; a token is longer than any.
    number = _number(text)
    if number is not None:
        return Presented(kind="number", data=data, number=number, host=_host(text))
    if TOKEN.fullmatch(text):
        return Presented(kind="jwt", data=data, token=text)
    raise _unknown()


def _object(text: str) -> dict[str, Any]:
    try:
        return read_json(text.encode())
    except ValueError as error:
        raise Unverifiable("presented-malformed", f"not JSON that can be signed: {error}") from None


def _number(text: str) -> str | None:
    """A number, or the one at the end of a certificate's address, wherever that is."""
    last = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        return str(CertificateNumber.parse(last.upper()))
    except ValueError:
        return None


def _host(text: str) -> str | None:
    """Up to the first slash, as it stands: what only looks like a host (``ours@theirs``) is never taken for another."""
    address = text.lower().partition("?")[0]
    place = re.sub(r"\Ahttps?://", "", address)
    is_path = address.startswith("/") and not address.startswith("//")
    return None if is_path or "/" not in place else without_port(address, place.partition("/")[0])


def without_port(address: str, host: str) -> str:
    """The host of an address without the port that its scheme has anyway (RFC 3986, 6.2.3)."""
    return host.removesuffix(":80" if address.startswith("http://") else ":443")


def _unknown() -> Unverifiable:
    return Unverifiable(
        "presented-unknown",
        "expected a PDF, PNG, SVG, JSON, JWT or bundle of a certificate, a picture of its QR code, or its number",
    )
