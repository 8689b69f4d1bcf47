"""Issuing a certificate to a wallet: the pre-authorized code flow of OpenID4VCI 1.0, as pure functions.

The holder scans an offer. The wallet redeems its code for an access token, and the token for the document, which was
signed when the certificate was issued and is kept byte for byte. Binding it to a key of the wallet (``cnf``) would take
a new signature at each download, by a key on the web server, over a document that is not kept. So nothing is bound: no
proof of possession is requested (12.2.4: ``proof_types_supported`` is left out, and with it the nonce endpoint), and an
unrequested one is ignored.
"""

import re
from typing import Any, Literal, cast, get_args
from urllib.parse import parse_qsl, quote

from ledger.words import LANGUAGES, Words
from projections.credentials.facts import IssuerIdentity
from projections.credentials.forms.open_badge import CONTEXTS
from projections.credentials.forms.sd_jwt import TYPE, credential_type
from projections.credentials.proofs.data_integrity import RDFC
from projections.credentials.proofs.jws import ALGORITHM, read_json, write_json

Format = Literal["sd-jwt", "vc-jwt", "open-badge"]
FORM_OF: dict[Format, str] = {"sd-jwt": "sd-jwt", "vc-jwt": "jwt", "open-badge": "jsonld"}  # names of forms
PRE_AUTHORIZED = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
OFFER_SCHEME = "openid-credential-offer://"
# 12.2.2, RFC 8414 3.
ISSUER_PATH, SERVER_PATH = "/.well-known/openid-credential-issuer", "/.well-known/oauth-authorization-server"
TOKEN_PATH, CREDENTIAL_PATH = "/wallet/token", "/wallet/credential"
MAX_REQUEST_BYTES = 16_384  # an unrequested proof may contain certificates
_BEARER = re.compile(r"Bearer +(?P<token>[A-Za-z0-9._~+/-]+=*)", re.IGNORECASE)  # RFC 6750 2.1, RFC 9110 11.1


class WalletError(Exception):
    """An error response of OAuth 2.0: ``status``, ``error`` and, in ASCII, what was ``expected``."""

    def __init__(self, status: int, error: str, expected: str) -> None:
        super().__init__(expected)
        self.status, self.error, self.expected = status, error, expected


def configurations(issuer: IssuerIdentity, title: Words) -> dict[Format, dict[str, Any]]:
    """The offered configurations by id, which is the name of the format."""
    badge = {"type": ["VerifiableCredential", "OpenBadgeCredential"]}
    formats: dict[Format, tuple[str, str, dict[str, Any]]] = {
        "sd-jwt": (TYPE, ALGORITHM, {"vct": credential_type(issuer)}),
        "vc-jwt": ("jwt_vc_json", ALGORITHM, {"credential_definition": badge}),
        "open-badge": ("ldp_vc", RDFC, {"credential_definition": {"@context": CONTEXTS, **badge}}),
    }
    return {
        name: {
            "format": identifier,
            "scope": name,
            **definition,
            "credential_signing_alg_values_supported": [algorithm],
            "credential_metadata": {"display": _display(title)},
        }
        for name, (identifier, algorithm, definition) in formats.items()
    }


def issuer_metadata(issuer: IssuerIdentity, title: Words) -> dict[str, Any]:
    """OpenID4VCI 1.0, 12.2.4. The issuer is its own authorization server."""
    return {
        "credential_issuer": issuer.url,
        "credential_endpoint": issuer.url + CREDENTIAL_PATH,
        "display": _display(issuer.name),
        "credential_configurations_supported": configurations(issuer, title),
    }


def _display(name: Words) -> list[dict[str, str]]:
    return [{"name": name.into(language), "locale": language} for language in LANGUAGES]


def server_metadata(issuer: IssuerIdentity) -> dict[str, Any]:
    """RFC 8414 with the addition of 12.3: wallets need no registration. There is no authorization endpoint."""
    return {
        "issuer": issuer.url,
        "token_endpoint": issuer.url + TOKEN_PATH,
        "grant_types_supported": [PRE_AUTHORIZED],
        "pre-authorized_grant_anonymous_access_supported": True,
        "token_endpoint_auth_methods_supported": ["none"],
        "response_types_supported": [],
    }


def offer(issuer: IssuerIdentity, code: str, formats: tuple[Format, ...]) -> dict[str, Any]:
    """The credential offer for the holder's wallet (OpenID4VCI 1.0, 4.1.1)."""
    return {
        "credential_issuer": issuer.url,
        "credential_configuration_ids": list(formats),
        "grants": {PRE_AUTHORIZED: {"pre-authorized_code": code}},
    }


def offer_uri(offered: dict[str, Any]) -> str:
    """The offer by value, as a link or in a QR code (4.1.2). Anyone who sees it can redeem it."""
    return f"{OFFER_SCHEME}?credential_offer={quote(write_json(offered).decode(), safe='')}"


def token_request(media_type: str, body: bytes) -> str:
    """The code in a request to the token endpoint (6.1), where unknown parameters are ignored.

    Raises ``WalletError``.
    """
    if _essence(media_type) != "application/x-www-form-urlencoded":
        raise WalletError(400, "invalid_request", "expected application/x-www-form-urlencoded")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise WalletError(400, "invalid_request", "expected parameters of a form") from None
    parameters = dict(pairs)
    if len(parameters) != len(pairs):  # RFC 6749 3.2
        raise WalletError(400, "invalid_request", "expected each parameter once")
    if "grant_type" not in parameters:
        raise WalletError(400, "invalid_request", "expected grant_type")
    if parameters["grant_type"] != PRE_AUTHORIZED:
        raise WalletError(400, "unsupported_grant_type", f"expected grant_type {PRE_AUTHORIZED}")
    code = parameters.get("pre-authorized_code")
    if not code:
        raise WalletError(400, "invalid_request", "expected pre-authorized_code")
    if "tx_code" in parameters:  # 6.3
        raise WalletError(400, "invalid_request", "expected no tx_code: no offer asks for one")
    return code


def bearer(header: str | None) -> str:
    """The access token of an Authorization header. Raises ``WalletError``."""
    match = _BEARER.fullmatch((header or "").strip())
    if match is None:
        raise WalletError(401, "invalid_token", "expected Authorization: Bearer with an access token")
    return match["token"]


def credential_request(media_type: str, body: bytes) -> str:
    """The configuration id that a credential request names (8.2). Raises ``WalletError``."""
    if _essence(media_type) != "application/json":
        raise WalletError(400, "invalid_credential_request", "expected application/json")
    try:
        request = read_json(body)
    except ValueError:
        raise WalletError(400, "invalid_credential_request", "expected a JSON object") from None
    if "credential_response_encryption" in request:
        raise WalletError(400, "invalid_encryption_parameters", "answers are not encrypted beyond TLS")
    if "credential_identifier" in request:
        raise WalletError(400, "unknown_credential_identifier", "expected credential_configuration_id")
    wanted = request.get("credential_configuration_id")
    if not isinstance(wanted, str):
        raise WalletError(400, "invalid_credential_request", "expected credential_configuration_id")
    return wanted


def authorised_format(wanted: str, granted: tuple[Format, ...]) -> Format:
    """The format of that configuration, if the token is for it. Raises ``WalletError`` (8.3.1, RFC 6750 3.1)."""
    if wanted not in get_args(Format):
        raise WalletError(400, "unknown_credential_configuration", "expected one of the metadata's configurations")
    chosen = cast(Format, wanted)
    if chosen not in granted:
        raise WalletError(403, "insufficient_scope", "the offer was for another format")
    return chosen


def credential_response(chosen: Format, document: bytes) -> bytes:
    """The response with a document (8.3): JSON as it was signed (A.1.2.4: never re-encoded), tokens as text."""
    credential = document if chosen == "open-badge" else write_json(document.decode())
    return b'{"credentials":[{"credential":%b}]}' % credential


def _essence(media_type: str) -> str:
    return media_type.partition(";")[0].strip().lower()
