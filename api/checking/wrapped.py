"""Finds the credentials in what wallets and other programs put around them.

A verifiable presentation, a list, the answer of a wallet (OpenID4VP, OpenID4VCI, VC-API), a token around a
presentation, a data URL. Nothing around a credential is verified: it says who showed the credential, not what it says.
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, unquote

import msgspec

from ledger.errors import Unverifiable
from projections.credentials.forms.sd_jwt import SEPARATOR
from projections.credentials.proofs import jws

MAX_DEPTH = 8  # a token in a list in an object in a token has six
MAX_VALUES = 2_000
CREDENTIAL, TYPE = "credentialSubject", "vct"  # what only a credential has, in JSON-LD and JWT, and in SD-JWT VC
DATA_URL = "data:"
WALLET_FIELD = "vp_token"  # OpenID4VP 1.0, 8.1
_JSON = re.compile(r"\{|\[\s*[\[\]{\"\d]")  # a number in brackets is not JSON
DAMAGED = (
    "the JSON is damaged or incomplete: ask for the file as it was issued",
    "le JSON est endommagé ou incomplet : demandez le fichier tel qu’il a été délivré",
)


def credentials_in(text: str) -> list[str]:
    """Returns the different credentials in a text: a single one, unchanged, when the text itself is one.

    Raises ``Unverifiable`` when it is JSON that cannot be read, or holds more than is looked through.
    """
    if _is_answer(text):
        text = parse_qs(text.partition("?")[2] or text, max_num_fields=20).get(WALLET_FIELD, [""])[0].strip()
    search = _Search()
    try:
        return list(dict.fromkeys(search.in_text(text, 0)))
    except (msgspec.DecodeError, RecursionError):
        raise Unverifiable("presented-malformed", *DAMAGED) from None


def may_be_wrapped(text: str) -> bool:
    """Whether it is JSON, a token, a data URL, or the answer of a wallet as a form or address."""
    return _is_json(text) or text.startswith(DATA_URL) or is_token(text) or _is_answer(text)


def is_token(text: str) -> bool:
    """Whether it is a signed token, with or without disclosures."""
    return jws.is_compact(text.partition(SEPARATOR)[0])


def _is_answer(text: str) -> bool:
    return f"{WALLET_FIELD}=" in text and not _is_json(text)


def _is_json(text: str) -> bool:
    return _JSON.match(text) is not None


class _Search:
    """One search, with a budget of values."""

    def __init__(self) -> None:
        self._left = MAX_VALUES

    def in_text(self, text: str, depth: int) -> Iterator[str]:
        text = text.strip()
        if text.startswith(DATA_URL):  # EnvelopedVerifiableCredential (VCDM 2.0, 4.13)
            text = unquote(text.partition(",")[2])
        if _is_json(text):
            yield from self._in_json(msgspec.Raw(text.encode()), depth)
        elif is_token(text):
            token, claims = _without_key_binding(text), _claims(text.partition(SEPARATOR)[0])
            if CREDENTIAL in claims or TYPE in claims:
                yield token
            else:
                yield from self._in_json(msgspec.Raw(json.dumps(claims).encode()), depth + 1)

    def _in_json(self, raw: msgspec.Raw, depth: int) -> Iterator[str]:
        self._left -= 1
        if self._left < 0 or depth > MAX_DEPTH:
            raise Unverifiable(
                "presented-too-deep",
                f"expected at most {MAX_VALUES} values around a credential, {MAX_DEPTH} deep",
                f"attendu : au plus {MAX_VALUES} valeurs autour d’une attestation, sur {MAX_DEPTH} niveaux",
            )
        match bytes(raw).lstrip()[:1]:
            case b"{":
                members = msgspec.json.decode(raw, type=dict[str, msgspec.Raw])
                if CREDENTIAL in members:
                    yield bytes(raw).decode()
                    return
                for value in members.values():
                    yield from self._in_json(value, depth + 1)
            case b"[":
                for value in msgspec.json.decode(raw, type=list[msgspec.Raw]):
                    yield from self._in_json(value, depth + 1)
            case b'"':
                yield from self.in_text(msgspec.json.decode(raw, type=str), depth + 1)


def _claims(token: str) -> dict[str, object]:
    """Returns the payload of a token as JSON, not verified; empty when it is none."""
    try:
        decoded = json.loads(jws.decode(token.split(".")[1]))
    except (ValueError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _without_key_binding(token: str) -> str:
    """Returns an SD-JWT up to its last disclosure (RFC 9901, 4.3): the rest proves who showed it, and to whom."""
    issued, separator, binding = token.rpartition(SEPARATOR)
    return issued + separator if separator and is_token(binding) else token
