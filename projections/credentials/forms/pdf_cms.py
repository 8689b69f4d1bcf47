"""The signature in the seal of a PDF (CMS, RFC 5652), as pyHanko makes it for PAdES: made, and known again.

Under one chain of certificates two such signatures differ in the digest of the PDF and in the bytes that the key made,
and in nothing else. So pyHanko makes one for each chain, which takes 10 ms, and the rest is filled in.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.cms import ContentInfo
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from pyhanko.sign.signers.pdf_cms import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from ledger.signing.keys import COORDINATE_BYTES, verify_es256
from projections.credentials.forms.event_loop import leave_running_loop

MAX_SIGNATURE_BYTES = 72  # of r and s on P-256 in DER
DIGEST = "sha256"
_BYTE_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
NO_DIGEST = sha256(b"in place of the digest of a PDF").digest()  # occurs by chance in no certificate
MAX_SPECIMENS = 32  # one for each chain, and for each length of a signature under it: there are four or so


class DeviceSigner(Signer):
    """Signs with an issuer's key, wherever it is kept."""

    def __init__(self, sign: Callable[[bytes], bytes], certificates: list[Certificate]) -> None:
        """``sign`` is that of the key."""
        others = SimpleCertificateStore.from_certs(certificates[1:])
        mechanism = SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
        super().__init__(signing_cert=certificates[0], cert_registry=others, signature_mechanism=mechanism)
        self._sign = sign

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002
        return bytes(MAX_SIGNATURE_BYTES) if dry_run else self.signature_of(data)

    def signature_of(self, data: bytes) -> bytes:
        """The signature in DER. Raises OSError when the device does not answer."""
        halves = self._sign(data)
        r, s = (int.from_bytes(half, "big") for half in (halves[:COORDINATE_BYTES], halves[COORDINATE_BYTES:]))
        return encode_dss_signature(r, s)


def cms(device: DeviceSigner, chain: tuple[bytes, ...], digest: bytes) -> bytes:
    """The signature over a PDF with this digest, byte for byte as the library would make it anew."""
    return _signed(chain, digest, device.signature_of(_attributes(chain, digest)))


def is_sealed_by(data: bytes, public: bytes, chain: Sequence[bytes]) -> bool:
    """Whether a key sealed a whole file byte for byte as we do without an authority for time-stamps.

    True needs no reader of PDFs: the key signed every byte outside of the signature, and the signature is as ``cms``
    makes it, with zeros behind it. False proves nothing, and a reader must look. The file may be hostile.
    """
    try:
        *_, place = _BYTE_RANGE.finditer(data)
        start, end, rest = map(int, place.groups())
        if end + rest != len(data) or (data[start : start + 1], data[end - 1 : end]) != (b"<", b">"):
            return False
        held, issuers = data[start + 1 : end - 1], tuple(chain)
        signature = ContentInfo.load(bytes.fromhex(held.decode()))["content"]["signer_infos"][0]["signature"].native
        halves = b"".join(half.to_bytes(COORDINATE_BYTES, "big") for half in decode_dss_signature(signature))
        digest = sha256(data[:start] + data[end:]).digest()
        is_as_made = _signed(issuers, digest, signature).hex().upper().encode().ljust(len(held), b"0") == held
    except Exception:  # noqa: BLE001 - of a malformed signature the parser raises nearly anything
        return False
    return is_as_made and verify_es256(public, _attributes(issuers, digest), halves)


def _attributes(chain: tuple[bytes, ...], digest: bytes) -> bytes:
    """What is signed."""
    return _specimen(chain)[0].replace(NO_DIGEST, digest)


def _signed(chain: tuple[bytes, ...], digest: bytes, signature: bytes) -> bytes:
    return _before_signature(chain, len(signature)).replace(NO_DIGEST, digest) + signature


@lru_cache(MAX_SPECIMENS)
def _before_signature(chain: tuple[bytes, ...], length: int) -> bytes:
    """All before a signature of so many bytes, which is the last of it: the lengths of what holds it vary with its."""
    made = ContentInfo.load(_specimen(chain)[1])
    made["content"]["signer_infos"][0]["signature"] = bytes(length)
    return bytes(made.dump()[:-length])


@lru_cache(MAX_SPECIMENS)
@leave_running_loop
def _specimen(chain: tuple[bytes, ...]) -> tuple[bytes, bytes]:
    """The signed attributes under a chain, and the signature that holds them; both in DER, over ``NO_DIGEST``."""
    certificates = list(map(Certificate.load, chain))
    made = asyncio.run(DeviceSigner(bytes, certificates).async_sign(NO_DIGEST, DIGEST, dry_run=True, use_pades=True))
    # RFC 5652, 5.4: a SET is what is signed, and not the field of the signature that holds it.
    attributes = made["content"]["signer_infos"][0]["signed_attrs"].untag().dump()
    return attributes, made.dump()
