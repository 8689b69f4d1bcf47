"""The electronic seal of a PDF: PAdES (ETSI EN 319 142-1), by the key of the body's X.509 certificate.

The level is B-B, or B-T with a time-stamp authority, so that the seal outlives the certificate. It is B-LTA where the
certificates name CRLs or OCSP responders that answer: then their answers are embedded. The seal certifies the file and
allows no change. Its field is invisible: without a size and off the page, it needs no appearance (PDF/A-3,
6.3.3) and no place in the structure (PDF/UA-1, 7.18.1). Seals are verified in
:mod:`projections.credentials.forms.pdf_reading`.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from typing import cast

from asn1crypto.tsp import TimeStampReq, TimeStampResp
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter, append_signature_field
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata, PdfSigner, PdfSigningSession
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator import ValidationContext

from projections.credentials.forms.event_loop import leave_running_loop
from projections.credentials.forms.pdf_cms import DIGEST, DeviceSigner, cms
from projections.credentials.keys.issuer_key import IssuerKey
from projections.time_stamps import Authority

FIELDS = {"Seal": "Electronic seal / Cachet électronique", "Archive": "Time-stamp / Horodatage"}
SEAL, ARCHIVE = FIELDS  # the second holds the time-stamp over the whole file
REASON = "Certificate issued / Certificat délivré"
# The field shows nothing, but is marked as printed: PDF/A-3, 6.3.2, requires that of every annotation.
INVISIBLE = InvisSigSettings(set_print_flag=True, set_hidden_flag=False, box_out_of_bounds=True)
MAX_CHAINS = 8
MAX_CMS_BYTES = 2048  # of a signature without its certificates: about 600


def seal(pdf: bytes, key: IssuerKey, chain: Sequence[bytes], when: datetime, tsa: Authority | None) -> bytes:
    """The PDF with its seal. ``chain`` holds certificates in DER, that of ``key`` first, the root last.

    Raises ValueError when the certificate is not of this key or the PDF cannot be sealed, OSError when the authority
    grants no time-stamp.
    """
    certificates = _certificates(key, chain)
    authority = None if tsa is None else _Stamper(tsa)
    device = DeviceSigner(key.sign, certificates)
    signature = PdfSignatureMetadata(
        field_name=SEAL,
        timestamp_field_name=ARCHIVE,
        md_algorithm=DIGEST,
        reason=REASON,
        name=certificates[0].subject.native.get("common_name"),
        subfilter=SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        embed_validation_info=authority is not None,
        use_pades_lta=authority is not None,
        validation_context=authority.context(certificates) if authority else None,
        signer_key_usage=set(),
    )
    signer = _DatedSigner(when, signature, device, authority)
    try:
        writer = _Writer(BytesIO(pdf + b"\n"))  # PDF/A-3, 6.1.9: an object begins on a line of its own
        for name in (SEAL,) if authority is None else (SEAL, ARCHIVE):
            field = SigFieldSpec(name, readable_field_name=FIELDS[name], invis_sig_settings=INVISIBLE)
            append_signature_field(writer, field)
        if authority is not None:
            return _sealed_by_library(signer, writer)
        # Without an authority the size is known: a trial run would double the time.
        reserved = 2 * (sum(map(len, chain)) + MAX_CMS_BYTES)  # written in hex
        prepared = signer.init_signing_session(writer).prepare_tbs_document(None, reserved)
        digest, sealed = prepared.digest_tbs_document()
        digest.fill_with_cms(sealed, cms(device, tuple(chain), digest.document_digest))
    except TimestampRequestError as error:
        raise OSError(f"time-stamp: {error}") from None
    except (PdfError, SigningError) as error:
        raise ValueError(f"cannot be sealed: {error}") from None
    return cast(BytesIO, sealed).getvalue()


@leave_running_loop
def _sealed_by_library(signer: PdfSigner, writer: IncrementalPdfFileWriter) -> bytes:
    """The PDF with its seal and every time-stamp."""
    sealed: BytesIO = signer.sign_pdf(writer)
    return sealed.getvalue()


def _certificates(key: IssuerKey, chain: Sequence[bytes]) -> list[Certificate]:
    if key.algorithm != "ES256":
        raise ValueError("a PDF is sealed by a key on P-256: readers do not know Ed25519")
    if not chain:
        raise ValueError("a seal needs the certificate of its key")
    certified = load_der_x509_certificate(chain[0]).public_key()
    if certified != EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.public):
        raise ValueError("the first certificate of the chain is not of this key")
    return list(_loaded(tuple(chain)))


@lru_cache(MAX_CHAINS)
def _loaded(chain: tuple[bytes, ...]) -> tuple[Certificate, ...]:
    """A certificate of the library parses itself as it is asked: the same is asked for each PDF."""
    return tuple(map(Certificate.load, chain))


class _Writer(IncrementalPdfFileWriter):
    """Leaves the metadata unchanged: the library would date them by the machine's clock."""

    def _update_meta(self) -> None:
        pass


class _DatedSigner(PdfSigner):
    """States ``when`` as the time of signing, instead of the machine's time."""

    def __init__(
        self, when: datetime, signature: PdfSignatureMetadata, signer: Signer, authority: TimeStamper | None
    ) -> None:
        super().__init__(signature, signer, timestamper=authority)
        self._when = when

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._when
        return session


class _Stamper(TimeStamper):
    """Connects the library to a time-stamp authority."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._authority = authority

    async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
        return TimeStampResp.load(self._authority.ask(req.dump()))

    @leave_running_loop
    def context(self, certificates: Sequence[Certificate]) -> ValidationContext:
        """The validation data to embed, for validation after years. The operator's choice of the authority is trusted.

        Revocation is looked up at the addresses in the certificates of the operator and of the authority.
        """
        asyncio.run(self.async_dummy_response("sha256"))
        given = list(self.cert_registry)
        subjects = {certificate.subject.dump() for certificate in given}
        tops = [one for one in given if one.self_issued or one.issuer.dump() not in subjects]
        return ValidationContext(trust_roots=[certificates[-1], *tops], other_certs=given, allow_fetching=True)
