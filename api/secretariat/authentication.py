"""Authentication of requests: an officer signs each with an active key, as an HTTP message (RFC 9421).

The signature must cover the method, the address and, where there is a body, its digest (RFC 9530). It
must be recent and carry our tag, so that a signature made for another purpose does not authenticate.
"""

from datetime import timedelta
from typing import Annotated, NoReturn

import msgspec
from cryptography.exceptions import InvalidSignature
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from api.secretariat.office import Office, OfOffice
from ledger.domain.record import PublicKey
from ledger.domain.states.office import Officer
from ledger.errors import Unverifiable
from ledger.reading import Draft
from ledger.signing.officer_key import verify

TAG = "pca-ledger"
MAX_AGE = timedelta(minutes=5)
COVERED = ("@method", "@target-uri")
WITH_BODY = (*COVERED, "content-digest")


class SignedRequest(msgspec.Struct, frozen=True):
    """A request that an officer signed: who they are in the record, and the exact body."""

    officer: Officer
    body: bytes

    @property
    def person(self) -> str:
        return self.officer.person_id


class _Message:
    """A request as the library reads one, under its public address."""

    def __init__(self, request: Request, base_url: str) -> None:
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        self.method = request.method
        self.url = f"{base_url}{path}" + (f"?{query}" if query else "")
        self.headers = request.headers


class _ByOfficer(algorithms.HTTPSignatureAlgorithm):
    """A signature by an officer's key; a request may name its algorithm as RFC 9421, 3.3.6, does."""

    algorithm_id = "ed25519"

    def __init__(self, public_key: PublicKey) -> None:
        self._key = public_key

    def verify(self, signature: bytes, message: bytes) -> None:
        if not verify(self._key, message, signature):
            raise InvalidSignature


class _ActiveKeys(HTTPSignatureKeyResolver):
    """The active keys of the officers."""

    def __init__(self, read: Draft) -> None:
        self._read = read

    def resolve_public_key(self, key_id: str) -> PublicKey:
        person = self._read.key_holder(key_id)
        key = None if person is None else self._read.officer(person).keys.get(key_id)
        if key is None:
            raise HTTPMessageSignaturesException("keyid: not an active key of an officer")
        return key

    def resolve_private_key(self, key_id: str) -> NoReturn:  # noqa: ARG002 - the library's signature
        raise HTTPMessageSignaturesException("requests are only verified here")


async def signed_request(request: Request, office: OfOffice) -> SignedRequest:
    """Return the request with the officer who signed it. Raises ``Unverifiable`` (not-authenticated)."""
    body = await request.body()
    return await run_in_threadpool(_authenticate, office, _Message(request, office.base_url), body)


FromOfficer = Annotated[SignedRequest, Depends(signed_request)]


def _authenticate(office: Office, message: _Message, body: bytes) -> SignedRequest:
    read = office.ledger.read()
    verifier = HTTPMessageVerifier(signature_algorithm=_ByOfficer, key_resolver=_ActiveKeys(read))
    try:
        verified = verifier.verify(
            message,
            max_age=MAX_AGE,
            expect_tag=TAG,
            require_components=WITH_BODY if body else COVERED,
            body=body or None,
        )
    except HTTPMessageSignaturesException as error:
        raise Unverifiable("not-authenticated", f"Signature: {error}") from None
    if len(verified) != 1:
        raise Unverifiable("not-authenticated", "Signature: expected exactly one with our tag")
    key_id = str(verified[0].parameters["keyid"])
    person = read.key_holder(key_id)
    assert person is not None  # the key was found
    return SignedRequest(read.officer(person), body)
