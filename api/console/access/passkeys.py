"""Passkeys at the console: what a browser is asked (WebAuthn Level 3, 5.4 and 5.5), and what it answers."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from api.console.access.ceremonies import GOOD_SECONDS
from api.problems import WrongInput
from ledger.domain.reader import Reader
from ledger.domain.record import Passkey, Site
from ledger.domain.states.office import Officer
from ledger.signing.authenticator import CREATE, GET, read_client_data
from ledger.signing.passkeys import Assertion
from ledger.words import Words

MAX_CREDENTIAL_CHARACTERS = 32_768  # an attestation with a chain of certificates has some 8,000
_ALGORITHMS = (-7, -8)  # ES256 and EdDSA, in COSE
_MALFORMED = Words("expected what the browser returns for a passkey", "la réponse du navigateur est attendue")


class Asserted(NamedTuple):
    """What a browser returned when a passkey was used, and the challenge that it was used for."""

    credential_id: bytes
    user: str
    challenge: bytes
    assertion: Assertion


class Made(NamedTuple):
    """What a browser returned when it made a passkey, and the challenge that it was made for."""

    challenge: bytes
    attestation_object: bytes
    client_data: bytes
    transports: tuple[str, ...]


def site_of(read: Reader, base_url: str) -> Site | None:
    """Return the site whose passkeys sign on our pages, as the log allows; None while it allows none."""
    return next((site for site in read.passkey_policy().sites if site.origin == base_url), None)


def passkeys_of(officer: Officer, site: Site) -> dict[str, Passkey]:
    """Return the active passkeys of an officer that can be used on a site, by key id."""
    return {i: k for i, k in officer.keys.items() if isinstance(k, Passkey) and k.rp_id == site.rp_id}


def request_options(challenge: bytes, site: Site, allowed: Iterable[Passkey] = ()) -> dict[str, Any]:
    """Return what to ask of a passkey; without ``allowed`` the person chooses among those of this site."""
    return {
        "challenge": encode(challenge),
        "rpId": site.rp_id,
        "allowCredentials": [{"type": "public-key", "id": encode(key.credential_id)} for key in allowed],
        "userVerification": "required",
        "timeout": GOOD_SECONDS * 1000,
    }


def creation_options(
    challenge: bytes, site: Site, body: str, person: str, name: str, known: Iterable[Passkey]
) -> dict[str, Any]:
    """Return what to ask for a new passkey of a person; a device that has one of those ``known`` makes no second."""
    return {
        "challenge": encode(challenge),
        "rp": {"id": site.rp_id, "name": body},
        "user": {"id": encode(person.encode()), "name": name, "displayName": name},
        "pubKeyCredParams": [{"type": "public-key", "alg": algorithm} for algorithm in _ALGORITHMS],
        "excludeCredentials": [{"type": "public-key", "id": encode(key.credential_id)} for key in known],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "required"},
        "attestation": "direct",  # it is kept as a record of the model; nothing depends on it
        "timeout": GOOD_SECONDS * 1000,
    }


def read_asserted(text: str) -> Asserted:
    """Return what a browser sent as JSON after a passkey was used. Raises ``WrongInput``, and ``Unverifiable``."""
    credential, response = _parsed(text)
    assertion = Assertion(*(_bytes(response, name) for name in ("authenticatorData", "clientDataJSON", "signature")))
    challenge, _ = read_client_data(assertion.client_data, GET)
    user = _bytes(response, "userHandle", b"").decode(errors="replace")
    return Asserted(_bytes(credential, "rawId"), user, _decoded(challenge), assertion)


def read_made(text: str) -> Made:
    """Return what a browser sent as JSON after it made a passkey. Raises ``WrongInput``, and ``Unverifiable``."""
    _, response = _parsed(text)
    client_data, transports = _bytes(response, "clientDataJSON"), response.get("transports", [])
    if not isinstance(transports, list) or not all(isinstance(one, str) for one in transports):
        raise _malformed()
    challenge, _ = read_client_data(client_data, CREATE)
    return Made(_decoded(challenge), _bytes(response, "attestationObject"), client_data, tuple(transports))


def encode(data: bytes) -> str:
    """Return base64url without padding, as in the JSON forms of WebAuthn."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def _parsed(text: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    if len(text) > MAX_CREDENTIAL_CHARACTERS:
        raise _malformed()
    try:
        credential = json.loads(text)
    except (ValueError, RecursionError):
        raise _malformed() from None
    response = credential.get("response") if isinstance(credential, dict) else None
    if not isinstance(response, dict):
        raise _malformed()
    return credential, response


def _bytes(values: Mapping[str, Any], name: str, default: bytes | None = None) -> bytes:
    value = values.get(name)
    if value is None and default is not None:
        return default
    return _decoded(value)


def _decoded(value: object) -> bytes:
    try:
        assert isinstance(value, str)
        return urlsafe_b64decode(value + "=" * (-len(value) % 4))
    except (AssertionError, ValueError):
        raise _malformed() from None


def _malformed() -> WrongInput:
    return WrongInput("credential", *_MALFORMED)
