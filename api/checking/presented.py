"""Recognises what somebody presents: a file, a picture, a token, an address or a number.

Nothing in it is trusted here, and no address in it is ever fetched.
"""

from contextlib import suppress

import msgspec

from api.checking import numbers, qr
from api.checking.encodings import as_utf8
from api.checking.pixels import is_pdf
from api.checking.wrapped import credentials_in, may_be_wrapped
from api.publishing.packing import MAGIC, MAX_ZIP_BYTES, unpacked
from ledger.errors import Unverifiable
from ledger.words import Words
from projections.credentials.forms import catalogue
from projections.credentials.forms.form import Form, text_of

MAX_BYTES = MAX_ZIP_BYTES  # the largest of the forms

FORMAT, BUNDLE_FIELDS = b'"pca-ledger-bundle/v1"', {"checkpoint", "heads", "statements"}

BUNDLE_KIND, NUMBER_KIND = "bundle", "number"
A_BUNDLE = Words("a verification bundle", "un dossier de vérification")
A_NUMBER = Words("a certificate number", "un numéro de certificat")
IN_A_CODE = Words(
    "a certificate number, in the QR code of a picture", "un numéro de certificat, dans le code QR d’une image"
)
SEALED = b"/ByteRange"  # of a signed PDF (ISO 32000-1, 12.8.1)
TAKEN_OUT = Words(", taken out of the data around it", ", extraite des données qui l’entouraient")


class Presented(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody presented. ``data`` is the file, or the text of a QR code; ``words`` describe its kind.

    A document has a ``form``, of which ``kind`` is the name, and the signed ``text`` that it carries, not verified. A
    number has the ``host`` of the address around it, with its port and in lower case, or None when it is a bare number.
    It is ``beside_seal`` when it was read in a sealed PDF, of which no credential could be read.
    """

    kind: str
    words: Words
    data: bytes
    text: str = ""
    number: str | None = None
    host: str | None = None
    beside_seal: bool = False

    @property
    def form(self) -> Form | None:
        return catalogue.by_name().get(self.kind)


def recognise(data: bytes) -> Presented:
    """Recognise the data. Raises ``Unverifiable`` with what it is, or what was expected.

    1. A zip file holds a bundle. Text in another encoding is the same text in UTF-8.
    2. Text is a bundle, a document, something around a document, an address or a number.
    3. A file is a document when a credential is in it: a badge, or a sealed PDF.
    4. Any other picture or PDF counts by the QR code on it.
    """
    if len(data) > MAX_BYTES:
        raise Unverifiable(
            "presented-too-large",
            f"expected at most {MAX_BYTES} bytes, not {len(data)}",
            f"attendu : au plus {MAX_BYTES} octets, et non {len(data)}",
        )
    if data.startswith(MAGIC):
        return Presented(kind=BUNDLE_KIND, words=A_BUNDLE, data=unpacked(data))
    data = as_utf8(data)
    if _is_bundle(data):
        return Presented(kind=BUNDLE_KIND, words=A_BUNDLE, data=data)
    text = None if is_pdf(data) else text_of(data)
    known = None if text is None else _in_text(text, data)
    if known is not None:
        return known
    if text is not None and not _is_markup(text):
        raise Unverifiable(
            "presented-unknown",
            "this text is neither a certificate nor the number or the address of one",
            "ce texte n’est ni un certificat, ni le numéro ou l’adresse d’un certificat",
        )
    return _in_file(data)


def _is_bundle(data: bytes) -> bool:
    """Whether it is a bundle, or was one before another program wrote it anew: its own checks say so."""
    start = data[:200].lstrip()
    if not start.startswith(b"{"):
        return False
    with suppress(ValueError, RecursionError):
        names = msgspec.json.decode(data, type=dict[str, msgspec.Raw]).keys()
        return names >= BUNDLE_FIELDS
    return FORMAT in start  # cut short, or damaged


def _is_markup(text: str) -> bool:
    """Whether it is SVG, or other XML or HTML, and no number or address between angle brackets."""
    return text.startswith(("<?", "<!")) or (text.startswith("<") and text.count("<") > 1)


def _in_text(text: str, data: bytes) -> Presented | None:
    """A number, or a document or what is around one; None for any other text. Raises ``Unverifiable``."""
    if not may_be_wrapped(text):
        known = None if text.startswith("<") else _document(data)
        if known is not None or _is_markup(text):
            return known
        found = numbers.find(text)
        return found and Presented(kind=NUMBER_KIND, words=A_NUMBER, data=data, number=found.number, host=found.host)
    credentials = credentials_in(text)
    if not credentials:
        raise Unverifiable(
            "presented-unknown",
            "there is no certificate in this JSON or token",
            "ce JSON ou ce jeton ne contient aucun certificat",
        )
    if len(credentials) > 1:
        raise Unverifiable("presented-several", *numbers.several(len(credentials)))
    (credential,) = credentials
    if credential == text:
        return _document(data)
    inside = _document(credential.encode())
    return inside and msgspec.structs.replace(
        inside, words=Words(f"{inside.words.en}{TAKEN_OUT.en}", f"{inside.words.fr}{TAKEN_OUT.fr}")
    )


def _document(data: bytes) -> Presented | None:
    for form in catalogue.FORMS:
        text = form.recognise(data)
        if text is not None:
            return Presented(kind=form.name, words=form.kind, data=data, text=text)
    return None


def _in_file(data: bytes) -> Presented:
    """A file with a credential in it, or else with a QR code on it. Raises ``Unverifiable``."""
    try:
        known = _document(data)
    except Unverifiable:
        if not is_pdf(data):
            raise
        known = None  # a scan, a print, or a document that was altered or put into another
    if known is not None:
        return known
    found = _by_code(data)
    return msgspec.structs.replace(found, beside_seal=is_pdf(data) and SEALED in data)


def _by_code(data: bytes) -> Presented:
    found: dict[tuple[str | None, ...], Presented] = {}
    others: list[str] = []
    for texts in qr.texts(data):
        for text in texts:
            try:
                known = _in_text(text.strip(), text.encode())
            except Unverifiable:
                known = None
            if known is None:
                others.append(text)
            else:
                found[known.kind, known.number, known.host, known.text] = known
        if found:
            break
    if len(found) > 1:
        raise Unverifiable("presented-several", *numbers.several(len(found)))
    for known in found.values():
        return msgspec.structs.replace(known, words=IN_A_CODE) if known.kind == NUMBER_KIND else known
    if others:
        text = others[0][:100]
        raise Unverifiable(
            "presented-unknown",
            f"its QR code reads {text!r}, which is not a certificate",
            f"son code QR contient {text!r}, qui n’est pas un certificat",
        )
    raise Unverifiable(
        "presented-unknown",
        "no credential and no readable QR code is in it; a copy of a badge or diploma may have lost both: ask for the "
        "original file, or type the number",
        "il ne contient ni attestation ni code QR lisible ; la copie d’un badge ou d’un diplôme peut les avoir perdus :"
        " demandez le fichier d’origine, ou saisissez le numéro",
    )
