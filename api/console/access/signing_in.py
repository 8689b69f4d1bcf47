"""Signing in with a passkey: a random challenge of its own kind, which signs no statement."""

import secrets
from typing import Any

from api import logs
from api.console.access.ceremonies import Ceremony
from api.console.access.enrolment import required_site
from api.console.access.passkeys import read_asserted, request_options
from api.console.application import Console
from api.console.refusals import ConsoleRefusal
from ledger.domain.record import Passkey
from ledger.errors import Unverifiable
from ledger.signing.passkeys import RANDOM_BYTES, require_sign_in, sign_in_challenge

SIGN_IN = "sign-in"


def begin(console: Console) -> dict[str, Any]:
    """Return what the browser is asked, and keep the challenge. Nobody says who they are: the passkey knows."""
    ledger = console.office.ledger
    site = required_site(console, ledger.read())
    challenge = sign_in_challenge(ledger.trust.origin, secrets.token_bytes(RANDOM_BYTES))
    console.ceremonies.begin(Ceremony(challenge, SIGN_IN, "", "", b""))
    return request_options(challenge, site)


def finish(console: Console, credential: str) -> tuple[str, str]:
    """Return the person whose passkey answered, and the id of the key.

    Raises ``Refused`` for a passkey that is not active and for an answer that comes too late, ``Unverifiable`` for one
    that does not hold.
    """
    answered = read_asserted(credential)
    if console.ceremonies.take(answered.challenge, SIGN_IN, "") is None:
        raise ConsoleRefusal("answer-too-late")
    read = console.office.ledger.read()
    keys = read.officer(answered.user).keys.items()
    found = [(i, k) for i, k in keys if isinstance(k, Passkey) and k.credential_id == answered.credential_id]
    if not found:
        logs.security("sign-in-refused", code="passkey-unknown")
        raise ConsoleRefusal("passkey-unknown")
    key_id, key = found[0]
    try:
        require_sign_in(key, answered.challenge, answered.assertion, [required_site(console, read)])
    except Unverifiable as error:
        logs.security("sign-in-refused", code=error.code, person=answered.user)
        raise
    console.counters.note(answered.user, key_id, answered.assertion.sign_count)
    return answered.user, key_id
