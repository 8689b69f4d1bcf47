"""Our signing and verifying behind the interface of W3C's test suites (VC-API), for tests only.

``python -m tests.conformance.vc_api`` issues whatever credential it is sent, under a did:key of its own, over HTTPS."""

import secrets
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi import Body, FastAPI
from fastapi.responses import JSONResponse

from ledger.errors import Unverifiable
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.proofs import multikey
from projections.credentials.proofs.data_integrity import ProofPurpose, sign, verify_proof
from tests import serving as http

DID_KEY = "did:key:"
HOST = "127.0.0.1"
CREATED, BAD_REQUEST = 201, 400

Document = dict[str, Any]
Clock = Callable[[], datetime]


def app(key: IssuerKey, clock: Clock) -> FastAPI:
    """The three endpoints. Whatever does not verify or cannot be signed is a problem document with status 400."""
    api = FastAPI(openapi_url=None)
    method = method_of(key)
    did = method.partition("#")[0]

    @api.post("/credentials/issue", status_code=CREATED)
    def issue(credential: Annotated[Document, Body(embed=True)]) -> Document:
        issuer = credential.get("issuer", did)
        named = issuer | {"id": did} if isinstance(issuer, dict) else did
        signed = sign(credential | {"issuer": named}, key, method, clock().replace(microsecond=0))
        return {"verifiableCredential": signed}

    @api.post("/credentials/verify")
    def verify_credential(verifiableCredential: Annotated[Document, Body(embed=True)]) -> Document:  # noqa: N803
        _require_credential(verifiableCredential, clock())
        return {"verified": True}

    @api.post("/presentations/verify")
    def verify_presentation(
        verifiablePresentation: Annotated[Document, Body(embed=True)],  # noqa: N803
        options: Annotated[Document, Body(embed=True)] = {},  # noqa: B006 - never changed
    ) -> Document:
        _require_presentation(verifiablePresentation, options, clock())
        return {"verified": True}

    @api.exception_handler(Unverifiable)
    @api.exception_handler(ValueError)
    def refused(_: object, error: Exception) -> JSONResponse:
        code = error.code if isinstance(error, Unverifiable) else "malformed"
        problem = {"type": f"urn:pca-ledger:{code}", "title": str(error), "status": BAD_REQUEST}
        return JSONResponse({"verified": False, "problemDetails": [problem]}, BAD_REQUEST)

    return api


def method_of(key: IssuerKey) -> str:
    """The verification method of a key as did:key has it."""
    text = multikey.encode_key(key.algorithm, key.public)
    return f"{DID_KEY}{text}#{text}"


def did_key(method: str) -> bytes | None:
    """The Ed25519 key that a did:key method names, or None."""
    did, _, text = method.partition("#")
    if did != DID_KEY + text:
        return None
    try:
        algorithm, public = multikey.decode_key(text)
    except ValueError:
        return None
    return public if algorithm == "Ed25519" else None


def _require_credential(credential: Document, now: datetime) -> None:
    _require_signed_by(credential, "issuer", "assertionMethod")
    if "VerifiableCredential" not in _kinds(credential) or "credentialSubject" not in credential:
        raise Unverifiable("credential-malformed", "expected a VerifiableCredential with its subject")
    if "validFrom" in credential and now < _moment(credential["validFrom"]):
        raise Unverifiable("credential-dates", "not valid yet")
    if "validUntil" in credential and _moment(credential["validUntil"]) < now:
        raise Unverifiable("credential-dates", "no longer valid")


def _require_presentation(presentation: Document, options: Document, now: datetime) -> None:
    _require_signed_by(presentation, "holder", "authentication")
    if "VerifiablePresentation" not in _kinds(presentation):
        raise Unverifiable("presentation-malformed", "expected a VerifiablePresentation")
    for name in ("challenge", "domain"):
        if presentation["proof"].get(name) != options.get(name):
            raise Unverifiable("presentation-replayed", f"another {name} was asked for")
    credentials = presentation.get("verifiableCredential", [])
    for credential in credentials if isinstance(credentials, list) else [credentials]:
        _require_credential(credential, now)


def _require_signed_by(document: Document, role: str, purpose: ProofPurpose) -> None:
    method = verify_proof(document, did_key, purpose)
    party = document.get(role, "")
    if (party.get("id") if isinstance(party, dict) else party) != method.partition("#")[0]:
        raise Unverifiable("proof-issuer", f"signed by another than the {role}")


def _kinds(document: Document) -> list[str]:
    kinds = document.get("type")
    return kinds if isinstance(kinds, list) else []


def _moment(text: Any) -> datetime:
    moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    if moment is None or moment.tzinfo is None:
        raise Unverifiable("credential-dates", "expected a date and time with its zone")
    return moment


@contextmanager
def serving(api: FastAPI) -> Iterator[tuple[str, ssl.SSLContext]]:
    """The address at which it is served, and what trusts its certificate."""
    with TemporaryDirectory() as folder:
        certificate = Path(folder) / "certificate.pem"
        _throw_away(certificate)
        with http.serving(api, ssl_certfile=certificate, ssl_keyfile=certificate) as url:
            yield url.replace("http:", "https:"), ssl.create_default_context(cafile=certificate)


def _throw_away(path: Path) -> None:
    """A certificate of a day for 127.0.0.1, and its key, in one file."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "vc-api test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(HOST))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.touch(0o600)
    path.write_bytes(certificate.public_bytes(Encoding.PEM) + private)


def main() -> None:
    key = LocalKey(Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32)))
    with serving(app(key, lambda: datetime.now(UTC))) as (url, _):
        sys.stdout.write(f"{url}\n{method_of(key)}\n")
        sys.stdout.flush()
        sys.stdin.read()  # until its end


if __name__ == "__main__":
    main()
