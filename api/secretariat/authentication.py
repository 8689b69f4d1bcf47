"""Who makes a request: the officer whose active key signed it as an HTTP message (RFC 9421).

The signature must cover the method, the address and, where there is a body, its digest (RFC 9530); it
must be recent and carry our tag, so that a signature made for something else is no authentication.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, NoReturn

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from http_message_signatures import (
    HTTPMessageSignaturesException,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)

from api.secretariat.office import Office, OfOffice
from ledger.errors import Unverifiable
from ledger.reading import Draft

TAG = "pca-ledger"
MAX_AGE = timedelta(minutes=5)
COVERED = ("@method", "@target-uri")
WITH_BODY = (*COVERED, "content-digest")


class SignedRequest(msgspec.Struct, frozen=True):
    """A request: the officer whose key signed it, that key, and the exact body."""

    person: str
    key_id: str
    body: bytes


class _Message:
    """A request as the library reads one; its address is the one that the public uses."""

    def __init__(self, request: Request, base_url: str) -> None:
        path = request.scope.get("raw_path", request.url.path.encode()).decode("ascii")
        query = request.scope["query_string"].decode("ascii")
        self.method = request.method
        self.url = f"{base_url}{path}" + (f"?{query}" if query else "")
        self.headers = request.headers


class _ActiveKeys(HTTPSignatureKeyResolver):
    """The keys that count for an officer at this moment."""

    def __init__(self, read: Draft) -> None:
        self._read = read

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        person = self._read.key_holder(key_id)
        public = None if person is None else self._read.officer(person).keys.get(key_id)
        if public is None:
            raise HTTPMessageSignaturesException("keyid: not an active key of an officer")
        return Ed25519PublicKey.from_public_bytes(public)

    def resolve_private_key(self, key_id: str) -> NoReturn:  # noqa: ARG002 - the library's signature
        raise HTTPMessageSignaturesException("requests are only verified here")


async def signed_request(request: Request, office: OfOffice) -> SignedRequest:
    """Raises ``Unverifiable`` (not-authenticated) saying what is missing."""
    body = await request.body()
    return await run_in_threadpool(_authenticate, office, _Message(request, office.base_url), body)


FromOfficer = Annotated[SignedRequest, Depends(signed_request)]


def _authenticate(office: Office, message: _Message, body: bytes) -> SignedRequest:
    read = office.ledger.read()
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=_ActiveKeys(read))
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
    return SignedRequest(person, key_id, body)
