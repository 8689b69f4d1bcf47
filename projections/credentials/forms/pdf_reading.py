"""Reads a PDF that somebody hands in: its seal, and the credential attached to it.

The file may be hostile. It is bounded before it is parsed and while it is decoded, no address in it is fetched, every
error of the parser becomes one refusal, and nothing of the file is written to a log.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import lru_cache
from io import BytesIO

import msgspec
from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.decode_limits import DecodeLimits, DocumentDecodeBudget, StreamDecodeLimits
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import EmbeddedPdfSignature, validate_pdf_signature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.errors import Unverifiable
from projections.credentials.forms.event_loop import leave_running_loop
from projections.credentials.forms.form import Seal
from projections.credentials.forms.pdf_cms import is_sealed_by
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.keys.seal_chain import leaf_key

ATTACHMENT = "credential.json"
MAX_PDF_BYTES = 512 * 1024  # a diploma has about 80,000; the parser reads at least 200,000 a second
MAX_OBJECTS = 4_000  # a diploma has about 300
MAX_REVISIONS = 12  # one for a seal, two for archiving it, and one for each renewal of the archive
MAX_CREDENTIAL_BYTES = 1024 * 1024
MAX_NAMES = 64  # nodes of the tree of attached files

_STREAM = StreamDecodeLimits(max_ratio=200, ratio_floor=64 * 1024, max_output_size=MAX_CREDENTIAL_BYTES)
_LIMITS = DecodeLimits(
    per_stream=_STREAM,
    document_budget=DocumentDecodeBudget(base_allowance=16 * 1024 * 1024, max_ratio=4),
)
_USAGE = KeyUsageConstraints({"digital_signature", "non_repudiation"}, match_all_key_usages=False)

# Both would log tracebacks and the name in a certificate; results and exceptions say enough.
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # without a handler, warnings go to standard error
    logging.getLogger(_library).propagate = False


class SealResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of reading a seal. ``certificate`` is the signer's, in DER, and ``signer`` the name in it.

    ``intact``: the sealed bytes are those that were signed. ``trusted``: the certificate leads to a trusted root, and
    was valid when a trusted authority stamped the seal, or else at the given moment. The signer states ``signed_at``, a
    trusted authority ``stamped_at``. ``changed_later`` ignores what archiving adds: time-stamps, and data to validate
    them.
    """

    intact: bool
    trusted: bool
    signer: str
    certificate: bytes
    signed_at: datetime | None
    stamped_at: datetime | None
    covers_whole_file: bool
    changed_later: bool


@leave_running_loop
def read_seal(data: bytes, trusted_roots: Sequence[bytes], at: datetime | None) -> SealResult:
    """The one seal of a PDF. Trusted root certificates are in DER: those of the body and of its time-stamp authority.

    Certificates must be valid ``at`` this moment; None stands for the time that the seal states. Nothing is fetched, so
    revocation of certificates is not checked. Raises ``Unverifiable`` unless there is exactly one seal, which can be
    read.
    """
    roots = [Certificate.load(root) for root in trusted_roots]
    with _hostile():
        reader = _reader(data)
        signatures = reader.embedded_regular_signatures
        if len(signatures) != 1:
            raise Unverifiable("seal-missing", f"expected one seal in the PDF, not {len(signatures)}")
        seal = signatures[0]
        moment = at or seal.self_reported_timestamp
        if moment is None:
            raise Unverifiable("seal-undated", "the seal does not say when it was made")
        status = _status(seal, roots, moment, moment)
        stamp = status.timestamp_validity
        stamped_at = (
            stamp.timestamp.astimezone(UTC) if stamp and stamp.valid and stamp.intact and stamp.trusted else None
        )
        trusted = status.trusted if stamped_at is None else _status(seal, roots, stamped_at, moment).trusted
        return SealResult(
            intact=status.intact and status.valid,
            trusted=trusted,
            signer=name_in(seal.signer_cert),
            certificate=seal.signer_cert.dump(),
            signed_at=status.signer_reported_dt,
            stamped_at=stamped_at,
            covers_whole_file=status.coverage is SignatureCoverageLevel.ENTIRE_FILE,
            changed_later=_changed(status),
        )


def require_seal(data: bytes, keys: IssuerKeys, made: datetime | None) -> Seal:
    """The seal of a PDF that was not changed afterwards, by a key that the body enrolled with its chain.

    The chain must have been valid when the PDF was ``made``; None stands for the time that the seal states. Raises
    ``Unverifiable`` (seal-...).
    """
    certified = [key for key in keys.recorded.keys.values() if key.certificates]
    for key in certified:
        if made is not None and _is_as_issued(data, key, made):
            return Seal(key, _name_in(key.certificates[0]), None)
    roots = [key.certificates[-1] for key in certified]
    seal = read_seal(data, roots, made)
    sealed_by = keys.certified(seal.certificate)
    if sealed_by is None:
        raise Unverifiable("seal-other", "the seal is not by a key that the body enrolled")
    if not seal.intact:
        raise Unverifiable("seal-broken", "the sealed bytes were changed")
    if seal.changed_later:
        raise Unverifiable("seal-changed", "the PDF was changed after it was sealed")
    if not seal.trusted:
        raise Unverifiable("seal-expired", "its certificate was not valid when the PDF was made")
    return Seal(sealed_by, seal.signer, seal.stamped_at)


def _is_as_issued(data: bytes, key: IssuerKeyEnrolled, made: datetime) -> bool:
    """Whether a key sealed exactly these bytes while its chain was valid: most seals, at a twentieth of the time."""
    with suppress(Unverifiable):
        if leaf_key(key.certificates, made) == key.public_key:
            return is_sealed_by(data, key.public_key, key.certificates)
    return False


def attached_credential(data: bytes) -> bytes:
    """The attachment ``credential.json`` of a PDF. Raises ``Unverifiable`` unless there is exactly one."""
    with _hostile():
        named = [spec for spec in _attached(_reader(data)) if ATTACHMENT in (spec.get("/UF"), spec.get("/F"))]
        if len(named) != 1:
            raise Unverifiable("attachment-missing", f"expected one attachment {ATTACHMENT}, not {len(named)}")
        stream = named[0]["/EF"]["/F"]
        if not isinstance(stream, StreamObject):
            raise Unverifiable("attachment-malformed", f"{ATTACHMENT} is not a file")
        return bytes(stream.data)


def name_in(certificate: Certificate) -> str:
    """The subject's common name, or else its organisation's; an empty text when it has neither."""
    subject = certificate.subject.native  # a repeated part is a list
    name = subject.get("common_name") or subject.get("organization_name") or ""
    return name if isinstance(name, str) else ", ".join(name)


@lru_cache(MAX_NAMES)
def _name_in(certificate: bytes) -> str:
    return name_in(Certificate.load(certificate))


def _status(
    seal: EmbeddedPdfSignature, roots: list[Certificate], at: datetime, stamps_at: datetime
) -> PdfSignatureStatus:
    of_signer, of_stamp = (
        ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False) for moment in (at, stamps_at)
    )
    return validate_pdf_signature(seal, of_signer, of_stamp, key_usage_settings=_USAGE)


def _changed(status: PdfSignatureStatus) -> bool:
    if status.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return False
    return status.coverage is not SignatureCoverageLevel.ENTIRE_REVISION or status.modification_level not in (
        ModificationLevel.NONE,
        ModificationLevel.LTA_UPDATES,
    )


@contextmanager
def _hostile() -> Iterator[None]:
    try:
        yield
    except (MemoryError, Unverifiable):
        raise
    except Exception as error:  # noqa: BLE001 - of a malformed file the parser raises nearly anything
        raise Unverifiable("pdf-malformed", f"not a PDF that can be checked: {error}") from None


def _reader(data: bytes) -> PdfFileReader:
    if len(data) > MAX_PDF_BYTES:
        raise Unverifiable("pdf-too-large", f"a PDF may have {MAX_PDF_BYTES} bytes, not {len(data)}")
    if data.count(b" obj") > MAX_OBJECTS or data.count(b"startxref") > MAX_REVISIONS:
        raise Unverifiable("pdf-too-large", "the PDF has more objects or revisions than are checked")
    reader = PdfFileReader(BytesIO(data), decode_limits=_LIMITS)
    if reader.encrypted:
        raise Unverifiable("pdf-encrypted", "the PDF is encrypted")
    return reader


def _attached(reader: PdfFileReader) -> Iterator[DictionaryObject]:
    """The file specifications in the tree of names (ISO 32000-1, 7.9.6)."""
    nodes, seen = [reader.root["/Names"]["/EmbeddedFiles"]], 0
    while nodes:
        node = nodes.pop()
        children, entries = (node.get(key, ArrayObject()) for key in ("/Kids", "/Names"))
        seen += 1 + len(entries) + len(children)
        if seen > MAX_NAMES:
            raise Unverifiable("pdf-too-large", f"the PDF has more than {MAX_NAMES} attachments")
        nodes += [children[index] for index in range(len(children))]  # an iterator would not follow references
        yield from (entries[index] for index in range(1, len(entries), 2))  # a name, a specification, and so on
