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

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fastapi import Body, FastAPI, Request
from fastapi.responses import JSONResponse

from ledger.errors import Unverifiable
from ledger.store.documents import StatusIndex
from ledger.words import Words
from projections.credentials.facts import STATUS_PURPOSES, IssuerIdentity, StatusPurpose
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey
from projections.credentials.proofs import multikey
from projections.credentials.proofs.data_integrity import proofs_of, sign, verify_proofs
from projections.credentials.proofs.data_model import (
    date_time_stamp,
    party,
    require_credential,
    require_presentation,
)
from projections.credentials.proofs.json_ld import CREDENTIALS, DATA_INTEGRITY, PINNED, Contexts, packaged
from projections.credentials.status.status_list import StatusList
from tests import serving as http

DID_KEY = "did:key:"
STATUS = StatusIndex(0, 94567)
HOST = "127.0.0.1"
CREATED, BAD_REQUEST = 201, 400

Document = dict[str, Any]
Clock = Callable[[], datetime]


def app(key: IssuerKey, clock: Clock) -> FastAPI:
    """The endpoints. Whatever does not verify or cannot be signed is a problem document with status 400."""
    api = FastAPI(openapi_url=None)
    method = method_of(key)
    did = method.partition("#")[0]

    @api.post("/credentials/issue", status_code=CREATED)
    def issue(credential: Annotated[Document, Body(embed=True)]) -> Document:
        if credential.get("@context") == [VERSION_1]:  # which defines no proof of Data Integrity
            credential = credential | {"@context": [VERSION_1, DATA_INTEGRITY]}
        _require_modelled({"issuer": did, **credential})
        issuer = credential.get("issuer")
        named = issuer | {"id": did} if isinstance(issuer, dict) else did
        signed = sign(credential | {"issuer": named}, key, method, clock().replace(microsecond=0), CONTEXTS)
        return {"verifiableCredential": signed}

    @api.post("/status/credentials/issue", status_code=CREATED)
    def issue_with_status(request: Request, credential: Annotated[Document, Body(embed=True)]) -> Document:
        entries = [_identity(request).status_entry(purpose, STATUS) for purpose in STATUS_PURPOSES]
        return issue(credential | {"credentialStatus": entries})

    @api.get("/status/{purpose}/{number}")
    def status_list(request: Request, purpose: StatusPurpose, number: int) -> Document:
        now = clock().replace(microsecond=0)
        made = StatusList(issuer=_identity(request), purpose=purpose, number=number, moment=now, head=None)
        return sign(made.document([]) | {"issuer": did}, key, method, now, CONTEXTS)

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


class _OwnContexts(Contexts):
    """These contexts, and any that a document contains itself: the suites write terms of their own."""

    def _require_known(self, contexts: Any) -> None:
        listed = contexts if isinstance(contexts, list) else [contexts]
        super()._require_known([context for context in listed if not isinstance(context, dict)])


# What the suites name by its address: their examples, whose every term means something, and version 1.1 of the model.
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"
VERSION_1 = "https://www.w3.org/2018/credentials/v1"
CONTEXTS = _OwnContexts(
    {
        **{url: msgspec.json.decode(packaged(url) or b"") for url in PINNED},
        EXAMPLES: {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}},
        # W3C, under its software and document licence.
        VERSION_1: msgspec.json.decode(Path(__file__).with_name("credentials-v1.json").read_bytes()),
    }
)


def _require_modelled(credential: Document) -> None:
    """The suite of Data Integrity has credentials of version 1.1: what is checked of them has the same names there."""
    contexts = credential.get("@context")
    if isinstance(contexts, list) and contexts[:1] == [VERSION_1]:
        credential = credential | {"@context": [CREDENTIALS, *contexts[1:]]}
    require_credential(credential)


def _identity(request: Request) -> IssuerIdentity:
    return IssuerIdentity(url=str(request.base_url).rstrip("/"), name=Words("adapter", "adaptateur"))


def _require_credential(credential: Document, now: datetime) -> None:
    _require_modelled(credential)
    methods = verify_proofs(credential, did_key, contexts=CONTEXTS)
    _require_signed_by(party(credential["issuer"]), methods)
    if "validFrom" in credential and now < date_time_stamp(credential["validFrom"]):
        raise Unverifiable("credential-dates", "not valid yet")
    if "validUntil" in credential and date_time_stamp(credential["validUntil"]) < now:
        raise Unverifiable("credential-dates", "no longer valid")


def _require_presentation(presentation: Document, options: Document, now: datetime) -> None:
    credentials = require_presentation(presentation)
    methods = verify_proofs(presentation, did_key, "authentication", CONTEXTS)
    if "holder" in presentation:
        _require_signed_by(party(presentation["holder"]), methods)
    for name in ("challenge", "domain"):
        if any(proof.get(name) != options.get(name) for proof in proofs_of(presentation)):
            raise Unverifiable("presentation-replayed", f"another {name} was asked for")
    for credential in credentials:
        _require_credential(dict(credential), now)


def _require_signed_by(did: str, methods: list[str]) -> None:
    if did not in [method.partition("#")[0] for method in methods]:
        raise Unverifiable("proof-issuer", "signed by others than the issuer or holder")


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
