"""Authentication of requests: an officer signs each with an active key, as an HTTP message (RFC 9421).

The signature must cover the method as it was received, the address, and where there is a body its type and digest
(RFC 9530); also the Idempotency-Key. It must be recent and carry our tag, so that a signature made for another purpose
does not authenticate. Its nonce is accepted once (RFC 9421, 7.2.2): whoever repeats a request signs it again.
"""

import re
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

from api import logs
from api.doors.guard import method_received
from api.secretariat.office import Office, OfOffice
from api.secretariat.replays import MAX_AGE
from ledger.domain.record import Passkey, PublicKey
from ledger.domain.states.office import Officer
from ledger.errors import Unverifiable
from ledger.reading import Draft
from ledger.signing.officer_key import verify

TAG = "pca-ledger"
COMMITS = ("POST",)  # methods whose requests change something, or are refused
COVERED = ("@method", "@target-uri")
WITH_BODY = ("content-digest", "content-type")
WHEN_SENT = ("content-type", "idempotency-key")
NONCE_CHARACTERS = range(16, 129)  # 16: of a random number that nobody draws twice within minutes
_KEY_ID = re.compile("[0-9a-f]{32}")


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
        self.method = method_received(request)
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
    """The active keys of the officers. ``wanted`` is the id of the key that a signature names, if it has that form."""

    wanted = "none"

    def __init__(self, read: Draft) -> None:
        self._read = read

    def resolve_public_key(self, key_id: str) -> PublicKey:
        self.wanted = key_id if _KEY_ID.fullmatch(key_id) else "malformed"
        person = self._read.key_holder(key_id)
        key = None if person is None else self._read.officer(person).keys.get(key_id)
        if key is None:
            raise HTTPMessageSignaturesException("keyid: not an active key of an officer")
        if isinstance(key, Passkey):
            raise HTTPMessageSignaturesException("keyid: a passkey signs no requests, only statements: use a key file")
        return key

    def resolve_private_key(self, key_id: str) -> NoReturn:  # noqa: ARG002 - the library's signature
        raise HTTPMessageSignaturesException("requests are only verified here")


async def signed_request(request: Request, office: OfOffice) -> SignedRequest:
    """Return the request with the officer who signed it. Raises ``Unverifiable`` (not-authenticated)."""
    body = await request.body()
    signed = await run_in_threadpool(_authenticate, office, _Message(request, office.base_url), body)
    request.state.officer = signed.person  # for the log, if the request is refused
    return signed


FromOfficer = Annotated[SignedRequest, Depends(signed_request)]


def _authenticate(office: Office, message: _Message, body: bytes) -> SignedRequest:
    read = office.ledger.read()
    keys = _ActiveKeys(read)
    verifier = HTTPMessageVerifier(signature_algorithm=_ByOfficer, key_resolver=keys)
    sent = (name for name in WHEN_SENT if name in message.headers)
    try:
        verified = verifier.verify(
            message,
            max_age=MAX_AGE,
            expect_tag=TAG,
            require_components=tuple(dict.fromkeys((*COVERED, *(WITH_BODY if body else ()), *sent))),
            body=body or None,
        )
        if len(verified) != 1:
            raise HTTPMessageSignaturesException("expected exactly one with our tag")
        nonce = verified[0].nonce or ""
        if len(nonce) not in NONCE_CHARACTERS:
            raise HTTPMessageSignaturesException(
                f"nonce: expected {NONCE_CHARACTERS[0]} to {NONCE_CHARACTERS[-1]} characters, new for each request"
            )
    except HTTPMessageSignaturesException as error:
        logs.security("request-refused", key=keys.wanted)
        raise Unverifiable("not-authenticated", f"Signature: {error}") from None
    person = read.key_holder(keys.wanted)
    assert person is not None  # the key was found
    if not office.inbox.replays.is_first(keys.wanted, nonce, durable=message.method not in COMMITS):
        logs.security("request-repeated", key=keys.wanted, person=person)
        raise Unverifiable("signature-used", "Signature: its nonce was used; sign the request again, with a new nonce")
    return SignedRequest(read.officer_on(person, office.ledger.now().date()), body)
