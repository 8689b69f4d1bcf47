"""The form of the values that a statement holds in clear: ids, names of sealed values, days and numbers.

An entry is permanent and may become public. So an id has no room for a name or an address, and the name of a sealed
value is a word. Days and numbers have bounds within which every later calculation has a result.
"""

import re
from datetime import date, datetime

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.record import Algorithm, PublicKey
from ledger.domain.refusal import Refused
from ledger.words import Words

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
A_CENTURY = 1200  # in months: no period of a scheme is longer


class TextForm(msgspec.Struct, frozen=True):
    """A regular expression that a text matches, and how many characters it has at most, said in both languages."""

    pattern: str
    at_most: int
    en: str
    fr: str

    @property
    def expected(self) -> Words:
        return Words(self.en, self.fr)

    def fits(self, text: str) -> bool:
        return len(text) <= self.at_most and re.fullmatch(self.pattern, text) is not None


# This program makes 16 hexadecimal digits; other programs may use numbers or words.
_PSEUDONYM = TextForm(
    r"[a-z0-9]+(-[a-z0-9]+)*",
    64,
    "a pseudonym of a-z and 0-9, in parts joined by hyphens, at most 64 characters",
    "un pseudonyme en a-z et 0-9, en parties jointes par des traits d’union, 64 caractères au plus",
)
_WORDS = TextForm(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*",
    64,
    "lower-case words joined by hyphens, at most 64 characters",
    "des mots en minuscules joints par des traits d’union, 64 caractères au plus",
)
_VERSION = TextForm(
    r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}",
    20,
    "MAJOR.MINOR.PATCH, each a number of at most six digits",
    "MAJEURE.MINEURE.CORRECTIF, chacun un nombre de six chiffres au plus",
)
_KEY = TextForm("[0-9a-f]{32}", 32, "a key's id: 32 hexadecimal digits", "un id de clé : 32 chiffres hexadécimaux")

TEXT_FORMS: dict[str, TextForm] = {
    "person_id": _PSEUDONYM,
    "assessor_id": _PSEUDONYM,
    "candidacy_id": _PSEUDONYM,
    "certification_id": _PSEUDONYM,
    "sheet_id": _PSEUDONYM,
    "old_sheet_id": _PSEUDONYM,
    "scheme_id": _WORDS,
    "id": _WORDS,  # of a criterion, a competency or an activity
    "version": _VERSION,
    "scheme_version": _VERSION,
    "session_id": TextForm(
        r"[A-Z0-9]+(-[A-Z0-9]+)*",
        40,
        "A-Z and 0-9 joined by hyphens, at most 40 characters",
        "A-Z et 0-9, joints par des traits d’union, 40 caractères au plus",
    ),
    "administration_id": TextForm("[A-Z]{2}", 2, "an ISO 3166-1 alpha-2 code", "un code ISO 3166-1 alpha-2"),
    "iso3": TextForm("[A-Z]{3}", 3, "an ISO 3166-1 alpha-3 code", "un code ISO 3166-1 alpha-3"),
    "language": TextForm("[a-z]{2}", 2, "an ISO 639-1 code", "un code ISO 639-1"),
    "key_id": _KEY,
    "old_key_id": _KEY,
}
"""By the name of the field, wherever it occurs."""

NAME_OF_DIGEST = TextForm(
    r"[a-z][a-z0-9_]*",
    40,
    "a name of a-z, 0-9 and _, such as given_name, at most 40 characters",
    "un nom en a-z, 0-9 et _, tel que given_name, 40 caractères au plus",
)
_DIGEST = TextForm(
    "[A-Za-z0-9_-]{43}", 43, "43 characters of base64url", "43 caractères en base64url"
)  # RFC 9901 4.2.4.1

BOUNDS: dict[str, tuple[int, int]] = {
    "level": (0, 100),
    "cut": (0, 100),
    "assessors_per_cell": (1, 100),
    "seats": (1, 1000),
    "validity_months": (1, A_CENTURY),
    "renewal_window_months": (0, A_CENTURY),
    "separation_months": (0, A_CENTURY),
}
"""Of whole numbers, both included, by the name of the field, wherever it occurs."""


KEY_BYTES: dict[Algorithm, int] = {"Ed25519": 32, "ES256": 33}


def require_key(key: PublicKey) -> None:
    """Refuse a public key whose length is not that of its algorithm."""
    number = KEY_BYTES[key.algorithm]
    if len(key.public) != number:
        expected = Words(f"{number} bytes ({key.algorithm})", f"{number} octets ({key.algorithm})")
        raise Refused("malformed", field="public_key", expected=expected)


def require_text(field: str, text: str, form: TextForm) -> None:
    """Refuse a text that does not match a form."""
    if not form.fits(text):
        raise Refused("malformed", field=field, expected=form.expected)


def require_form(said: msgspec.Struct) -> None:
    """Refuse a field that does not match its form or bounds, at any depth, naming its path."""
    _require("", "", said)


def _require(path: str, field: str, value: object) -> None:
    match value:
        case str() if field in TEXT_FORMS:
            require_text(path, value, TEXT_FORMS[field])
        case Digest():
            require_text(f"{path}.name", value.name, NAME_OF_DIGEST)
            require_text(f"{path}.digest", value.digest, _DIGEST)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                _require(f"{path}.{name}".lstrip("."), name, getattr(value, name))
        case tuple():
            for index, item in enumerate(value):
                _require(f"{path}[{index}]", field, item)
        case datetime():
            _require(path, field, value.date())
        case date() if not FIRST_DAY <= value <= LAST_DAY:
            raise Refused("malformed", field=path, expected=_from_to(FIRST_DAY, LAST_DAY))
        case int() if field in BOUNDS and not BOUNDS[field][0] <= value <= BOUNDS[field][1]:
            raise Refused("malformed", field=path, expected=_from_to(*BOUNDS[field]))
        case _:
            pass  # as expected, or without a form: a code of a closed set, the bytes of a key, None


def _from_to(least: object, most: object) -> Words:
    return Words(f"from {least} to {most}", f"de {least} à {most}")
