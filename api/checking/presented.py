"""Recognises what somebody presents: a file, a token, an address or a number.

Nothing in it is trusted here, and no address in it is ever fetched.
"""

import re
from contextlib import suppress

import msgspec

from api.checking import qr
from api.publishing.packing import MAX_ZIP_BYTES, unpacked
from ledger.domain.number import CertificateNumber
from ledger.errors import Unverifiable
from ledger.words import Words
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Form, text_of

MAX_BYTES = MAX_ZIP_BYTES  # the largest of the forms
MAX_ADDRESS_BYTES = 4_096
JPEG, PDF, PNG, ZIP = b"\xff\xd8\xff", b"%PDF", b"\x89PNG\r\n\x1a\n", b"PK\x03\x04"
FORMAT, BUNDLE_FIELDS = b'"pca-ledger-bundle/v1"', {"checkpoint", "heads", "statements"}

BUNDLE_KIND, NUMBER_KIND = "bundle", "number"
A_BUNDLE = Words("a verification bundle", "un dossier de vérification")
A_NUMBER = Words("a certificate number", "un numéro de certificat")


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody presented. ``data`` is the file, or the text of a QR code; ``words`` describe its kind.

    A document has a ``form``, of which ``kind`` is the name, and the signed ``text`` that it carries, not verified. A
    number has the ``host`` of the
    address around it, with its port and in lower case, or None when it is a bare number.
    """

    kind: str
    words: Words
    data: bytes
    text: str = ""
    number: str | None = None
    host: str | None = None

    @property
    def form(self) -> Form | None:
        return catalogue.by_name().get(self.kind)


def recognise(data: bytes) -> Presented:
    """Recognise the data. Raises ``Unverifiable`` (presented-...) with what was expected."""
    if len(data) > MAX_BYTES:
        raise Unverifiable("presented-too-large", f"expected at most {MAX_BYTES} bytes, not {len(data)}")
    if data.startswith(ZIP):
        return Presented(kind=BUNDLE_KIND, words=A_BUNDLE, data=unpacked(data))
    known = _known(data)
    if known is None and data.startswith((PNG, JPEG)):
        text = qr.read(data)
        if text is None:
            raise Unverifiable("presented-unknown", "the picture contains neither a credential nor a QR code")
        known = _known(text.encode())
    if known is None:
        raise Unverifiable(
            "presented-unknown",
            f"expected a certificate ({', '.join(catalogue.by_name())}), its bundle, its QR code or its number",
        )
    return known


def _known(data: bytes) -> Presented | None:
    """A bundle, a document in one of the forms, or a number; None when it is something else."""
    if _is_bundle(data):
        return Presented(kind=BUNDLE_KIND, words=A_BUNDLE, data=data)
    for form in catalogue.FORMS:
        text = form.recognise(data)
        if text is not None:
            return Presented(kind=form.name, words=form.kind, data=data, text=text)
    text = text_of(data) if len(data) <= MAX_ADDRESS_BYTES else None
    number = None if text is None else _number(text)
    if text is None or number is None:
        return None
    return Presented(kind=NUMBER_KIND, words=A_NUMBER, data=data, number=number, host=_host(text))


def _is_bundle(data: bytes) -> bool:
    """Whether it is a bundle, or was one before another program wrote it anew: its own checks say so."""
    start = data[:200].lstrip()
    if not start.startswith(b"{"):
        return False
    with suppress(ValueError, RecursionError):
        names = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).keys()
        return names >= BUNDLE_FIELDS
    return FORMAT in start  # cut short, or damaged


def _number(text: str) -> str | None:
    """A number alone, or at the end of any address."""
    last = text.partition("?")[0].rstrip("/").rpartition("/")[2]
    try:
        return str(CertificateNumber.parse(last.upper()))
    except ValueError:
        return None


def _host(text: str) -> str | None:
    """The text up to the first slash, unchanged, so that ``ours@theirs`` is never taken for one of the two."""
    address = text.lower().partition("?")[0]
    place = re.sub(r"\Ahttps?://", "", address)
    is_path = address.startswith("/") and not address.startswith("//")
    return None if is_path or "/" not in place else without_port(address, place.partition("/")[0])


def without_port(address: str, host: str) -> str:
    """The host of an address, without the default port of its scheme (RFC 3986, 6.2.3)."""
    return host.removesuffix(":80" if address.startswith("http://") else ":443")
