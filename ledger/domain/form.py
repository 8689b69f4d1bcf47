"""The form of the values that a statement holds in clear or by digest: ids, texts, days and numbers.

An entry is permanent and may become public. So an id has no room for a name or an address, and the name of a sealed
value is a word. Days and numbers have bounds within which every later calculation has a result. A text is one that a
document can show: on one line, of a length that fits, without characters that hide or reorder others.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import ClassVar, Protocol

import msgspec

from ledger.domain.events.common import Digest
from ledger.domain.reader import Disclosed
from ledger.domain.record import Algorithm, PublicKey
from ledger.domain.refusal import Refused
from ledger.points import is_ed25519, is_p256
from ledger.visible import HIDDEN_CHARACTERS
from ledger.words import Words

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
A_CENTURY = 1200  # in months: no period of a scheme is longer


class Form(Protocol):
    """What a value must be, and how that is said in both languages."""

    @property
    def expected(self) -> Words: ...

    def fits(self, value: object) -> bool: ...


class TextForm(msgspec.Struct, frozen=True):
    """A regular expression that a text matches, and how many characters it has at most, said in both languages."""

    pattern: str
    at_most: int
    en: str
    fr: str

    @property
    def expected(self) -> Words:
        return Words(self.en, self.fr)

    def fits(self, value: object) -> bool:
        return (
            isinstance(value, str)
            and len(value) <= self.at_most
            and _compiled(self.pattern).fullmatch(value) is not None
        )


_compiled = cache(re.compile)  # ``re`` keeps patterns too, but to find one there takes as long as to match most texts


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
_WORKSHOP = TextForm(
    r"[A-Z0-9]+(-[A-Z0-9]+)*",
    40,
    "A-Z and 0-9 joined by hyphens, at most 40 characters",
    "A-Z et 0-9, joints par des traits d’union, 40 caractères au plus",
)
_VERSION = TextForm(
    r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){2}",
    20,
    "MAJOR.MINOR.PATCH, each a number of at most six digits",
    "MAJEURE.MINEURE.CORRECTIF, chacun un nombre de six chiffres au plus",
)
_COUNTRY = TextForm("[A-Z]{2}", 2, "an ISO 3166-1 alpha-2 code", "un code ISO 3166-1 alpha-2")
_KEY = TextForm("[0-9a-f]{32}", 32, "a key's id: 32 hexadecimal digits", "un id de clé : 32 chiffres hexadécimaux")

_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
# The last label begins with a letter: an address of four numbers is no domain, and no browser makes passkeys for it.
_HOST = rf"({_LABEL}\.)*[a-z]([a-z0-9-]{{0,61}}[a-z0-9])?"
_MOST_OF_HOST = 253  # RFC 1035 2.3.4, as text
# As browsers write it, so that what they state can be the same: in lower case, and without the usual port.
_ORIGIN = TextForm(
    rf"(https://{_HOST}(?!:443$)|http://localhost(?!:80$))(:[1-9][0-9]{{0,4}})?",
    _MOST_OF_HOST + len("https://:65535"),
    "https://HOST or https://HOST:PORT in lower case, without the usual port and without a path, or http://localhost",
    "https://HÔTE ou https://HÔTE:PORT en minuscules, sans le port habituel ni chemin, ou http://localhost",
)

_LANGUAGE = TextForm(
    "aa|ab|ae|af|ak|am|an|ar|as|av|ay|az|ba|be|bg|bi|bm|bn|bo|br|bs|ca|ce|ch|co|cr|cs|cu|cv|cy|da|de|dv|dz|"
    "ee|el|en|eo|es|et|eu|fa|ff|fi|fj|fo|fr|fy|ga|gd|gl|gn|gu|gv|ha|he|hi|ho|hr|ht|hu|hy|hz|ia|id|ie|ig|ii|ik|"
    "io|is|it|iu|ja|jv|ka|kg|ki|kj|kk|kl|km|kn|ko|kr|ks|ku|kv|kw|ky|la|lb|lg|li|ln|lo|lt|lu|lv|mg|mh|mi|mk|ml|"
    "mn|mr|ms|mt|my|na|nb|nd|ne|ng|nl|nn|no|nr|nv|ny|oc|oj|om|or|os|pa|pi|pl|ps|pt|qu|rm|rn|ro|ru|rw|sa|sc|sd|"
    "se|sg|si|sk|sl|sm|sn|so|sq|sr|ss|st|su|sv|sw|ta|te|tg|th|ti|tk|tl|tn|to|tr|ts|tt|tw|ty|ug|uk|ur|uz|ve|vi|"
    "vo|wa|wo|xh|yi|yo|za|zh|zu",
    2,
    "an ISO 639-1 code",
    "un code ISO 639-1",
)


def line(at_most: int) -> TextForm:
    """Return the form of a text in one line, for people."""
    return TextForm(
        rf"(?=.*[^\W_])(?!.*\s\s)(?!\s)[^{HIDDEN_CHARACTERS}]+(?<!\s)",
        at_most,
        f"a text of at most {at_most} characters, none of them hidden, without needless spaces",
        f"un texte de {at_most} caractères au plus, sans caractère invisible ni espace superflu",
    )


_TEXT = line(300)

TEXT_FORMS: dict[str, TextForm] = {
    "person_id": _PSEUDONYM,
    "assessor_id": _PSEUDONYM,
    "merged_id": _PSEUDONYM,
    "candidacy_id": _PSEUDONYM,
    "certification_id": _PSEUDONYM,
    "sheet_id": _PSEUDONYM,
    "old_sheet_id": _PSEUDONYM,
    "incident_id": _PSEUDONYM,
    "conflict_id": _PSEUDONYM,
    "counterpart_id": _PSEUDONYM,
    "delegator_id": _PSEUDONYM,
    "risk_id": _PSEUDONYM,
    "calibration_id": _PSEUDONYM,
    "affected": _PSEUDONYM,
    "languages": _LANGUAGE,
    "counterpart_administration": _COUNTRY,
    "use_id": _PSEUDONYM,
    "activity_id": _PSEUDONYM,
    "misuse_id": _PSEUDONYM,
    "model": line(100),
    "model_version": line(100),
    "mission_id": _PSEUDONYM,
    "contact_id": _PSEUDONYM,
    "participant_id": _PSEUDONYM,
    "appeal_id": _PSEUDONYM,
    "complaint_id": _PSEUDONYM,
    "action_id": _PSEUDONYM,
    "answerable_id": _PSEUDONYM,
    "members": _PSEUDONYM,
    "about": TextForm(
        "[A-Za-z0-9]+([-.][A-Za-z0-9]+)*",
        64,
        "an id of letters and digits in parts joined by hyphens or points, at most 64 characters",
        "un identifiant en lettres et chiffres, en parties jointes par des traits d’union ou des points, "
        "64 caractères au plus",
    ),
    "request_id": _PSEUDONYM,
    "hold_id": _PSEUDONYM,
    "transfer_id": _PSEUDONYM,
    "history_id": _PSEUDONYM,
    "source_hash": TextForm(
        "[0-9a-f]{64}", 64, "64 hexadecimal digits (SHA-256)", "64 chiffres hexadécimaux (SHA-256)"
    ),
    "scheme_id": _WORDS,
    "id": _WORDS,  # of a criterion, a competency or an activity
    "version": _VERSION,
    "scheme_version": _VERSION,
    "session_id": _WORKSHOP,
    "sessions": _WORKSHOP,
    "administration_id": _COUNTRY,
    "administrations": _COUNTRY,
    "iso3": TextForm("[A-Z]{3}", 3, "an ISO 3166-1 alpha-3 code", "un code ISO 3166-1 alpha-3"),
    "language": _LANGUAGE,
    "key_id": _KEY,
    "old_key_id": _KEY,
    "lost_key_ids": _KEY,
    "rp_id": TextForm(
        _HOST,
        _MOST_OF_HOST,
        "a host name in lower case, such as register.example.org",
        "un nom d’hôte en minuscules, tel que register.example.org",
    ),
    "origin": _ORIGIN,
    "transports": _WORDS,
    **dict.fromkeys(
        ("title_en", "title_fr", "name_en", "name_fr", "anchor_en", "anchor_fr", "body_en", "body_fr"), _TEXT
    ),
    "terms_hash": TextForm(
        "[0-9a-f]{64}", 64, "a SHA-256: 64 hexadecimal digits", "une empreinte SHA-256 : 64 chiffres hexadécimaux"
    ),
    "budget_line": TextForm(
        r"[A-Z0-9]+([-./][A-Z0-9]+)*",
        40,
        "A-Z and 0-9 joined by hyphens, dots or slashes, at most 40 characters",
        "A-Z et 0-9, joints par des traits d’union, des points ou des barres obliques, 40 caractères au plus",
    ),
    **dict.fromkeys(("place", "funder", "region", "domain", "cited_source"), _TEXT),
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


class WholeNumber(msgspec.Struct, frozen=True):
    """A whole number within bounds, both included."""

    least: int
    most: int

    @property
    def expected(self) -> Words:
        return Words(f"a whole number from {self.least} to {self.most}", f"un entier de {self.least} à {self.most}")

    def fits(self, value: object) -> bool:
        return type(value) is int and self.least <= value <= self.most


class Languages(msgspec.Struct, frozen=True):
    """A list of languages."""

    expected: ClassVar[Words] = Words("a list of ISO 639-1 codes", "une liste de codes ISO 639-1")

    def fits(self, value: object) -> bool:
        return isinstance(value, list | tuple) and 0 < len(value) <= 100 and all(map(_LANGUAGE.fits, value))


class Levels(msgspec.Struct, frozen=True):
    """Levels by competency; which ones, the scheme says."""

    expected: ClassVar[Words] = Words("whole numbers by competency", "des entiers par compétence")

    def fits(self, value: object) -> bool:
        return (
            isinstance(value, dict)
            and len(value) <= 100
            and all(map(_WORDS.fits, value))
            and all(type(level) is int for level in value.values())
        )


def _prose(at_most: int) -> TextForm:
    """Return the form of a text for people, perhaps of several lines."""
    return TextForm(
        rf"(?s)(?=.*[^\W_])([^{HIDDEN_CHARACTERS}]|\n)*",
        at_most,
        f"a text of at most {at_most} characters, none of them hidden",
        f"un texte de {at_most} caractères au plus, sans caractère invisible",
    )


def _codes(*codes: str) -> TextForm:
    """Return the form of one of these codes."""
    named = ", ".join(codes)
    return TextForm("|".join(codes), max(map(len, codes)), f"one of {named}", f"l’un des codes {named}")


SEALED_CODES: dict[str, tuple[str, ...]] = {
    "candidacy_withdrawal_reason": ("other-duties", "health", "personal", "other"),
    "recusal_reason": ("same-administration", "hierarchy", "family", "trained", "funder", "other"),
    "suspension_reason": ("under-review", "no-longer-in-service", "terms-not-met", "other"),
    "withdrawal_reason": ("misconduct", "competence-lost", "terms-breached", "other"),
    "reduction_reason": ("competence-lost", "terms-not-met", "requested-by-holder", "other"),
    "deactivation_reason": ("left-service", "not-released", "requested-by-advisor", "other"),
    "annulment_reason": ("fraud", "error", "appeal"),
    "reissue_reason": ("name-changed", "lost", "renewed", "translation", "scope-changed", "new-format"),
    "declared_relation": ("no-tie", "same-administration", "hierarchy", "family", "trained", "funder", "other"),
    "accommodation_decision": ("granted", "granted-in-part", "refused"),
    "conflict_relation": ("same-administration", "hierarchy", "family", "trained", "funder", "other"),
    "qualification_end_reason": ("competence-lost", "terms-not-met", "at-own-request", "other"),
    "shortlisting_reason": ("no-seat-left", "administration-has-seats", "lower-priority", "other"),
    "capability_change": ("new-post", "health", "sanction", "other"),
    "surveillance_result": ("in-order", "to-follow-up", "to-decide-on"),
}
"""What a code behind a digest may be, by the digest's name. The salt keeps so few values from being guessed."""

_PROSE = _prose(4000)
RATINGS = ("audit_efficiency", "risk_identification", "resource_allocation", "trade_compliance")
"""How a beneficiary rates a mission in each domain of advice: the names of the sealed numbers."""

SEALED_FORMS: dict[str, Form] = {
    "given_name": line(100),
    "family_name": line(100),
    "email": TextForm(
        rf"[^\s@{HIDDEN_CHARACTERS}]+@[^\s@.{HIDDEN_CHARACTERS}]+(\.[^\s@.{HIDDEN_CHARACTERS}]+)+",
        254,  # RFC 5321 4.5.3.1.3, without the angle brackets
        "an e-mail address such as awa@example.org, at most 254 characters",
        "une adresse électronique telle que awa@example.org, 254 caractères au plus",
    ),
    "years_of_pca": WholeNumber(0, 80),
    "languages": Languages(),
    "letter": _PROSE,
    "evidence": _PROSE,
    "reason": _PROSE,
    "rationale": _PROSE,
    "levels": Levels(),
    "cv": _PROSE,
    "technical_areas": _PROSE,
    "prior_missions": _PROSE,
    "need": _PROSE,
    "measures": _PROSE,
    "account": _PROSE,
    "grounds": _PROSE,
    "conclusions": _PROSE,
    "issuing_country": _COUNTRY,
    "report": _PROSE,
    **dict.fromkeys(RATINGS, WholeNumber(1, 5)),
    "title": line(300),
    "seen": _PROSE,
    **{name: _codes(*codes) for name, codes in SEALED_CODES.items()},
}
"""Of every value behind a digest, by its name. No other name is taken."""

SEALED_NAMES: dict[str, tuple[str, ...]] = {
    "details": ("given_name", "family_name", "email"),
    "commitment": ("levels",),
    **{name: (name,) for name in ("evidence", "reason", "rationale", "need", "measures", "account")},
    "report": ("report",),
    "ratings": RATINGS,
    **{name: (name,) for name in ("evidence", "reason", "rationale")},
    **{
        name: (name,)
        for name in ("evidence", "reason", "rationale", "need", "measures", "account", "grounds", "conclusions")
    },
    **{name: (name,) for name in ("evidence", "reason", "rationale", "need", "measures", "account", "title", "seen")},
}
"""What the digest in a field is called, unless the command says otherwise (``sealed_codes``, ``sealed_names``)."""

BOUNDS: dict[str, tuple[int, int]] = {
    "level": (0, 100),
    "cut": (0, 100),
    "assessors_per_cell": (1, 100),
    "seats": (1, 1000),
    "validity_months": (1, A_CENTURY),
    "renewal_window_months": (0, A_CENTURY),
    "separation_months": (0, A_CENTURY),
    "field_phase_months": (1, A_CENTURY),
    "renewal_hours": (0, 10_000),
    "renewal_missions": (0, 100),
    "renewal_refreshers": (0, 100),
    "surveillance_months": (1, A_CENTURY),
    "appeal_days": (1, 3650),
    "acknowledgement_days": (1, 3650),
    "decision_days": (1, 3650),
    "retention_months": (1, A_CENTURY),
    "recommendations": (0, 1000),
    "recommended": (0, 1000),
    "adopted": (0, 1000),
    "compared": (1, 10_000),
    "agreed": (0, 10_000),
    "required_percent": (1, 100),
    "hours": (1, 1000),
    "accepted_hours": (0, 1000),
}
"""Of whole numbers, both included, by the name of the field, wherever it occurs."""


_IS_POINT: dict[Algorithm, Callable[[bytes], bool]] = {"Ed25519": is_ed25519, "ES256": is_p256}
_KEYS: dict[Algorithm, Words] = {
    "Ed25519": Words(
        "32 bytes that encode a point of Ed25519 in its one form, and not of small order",
        "32 octets qui codent un point d’Ed25519 sous sa forme unique, et qui n’est pas d’ordre faible",
    ),
    "ES256": Words(
        "33 bytes that encode a point of P-256 in its compressed form",
        "33 octets qui codent un point de P-256 sous sa forme compressée",
    ),
}


def is_key(key: PublicKey) -> bool:
    """Whether the bytes are a point of the algorithm's curve in its one encoding, and not of small order."""
    return _IS_POINT[key.algorithm](key.public)


def require_text(field: str, text: str, form: TextForm) -> None:
    """Refuse a text that does not match a form."""
    if not form.fits(text):
        raise Refused("malformed", field=field, expected=form.expected)


def require_key(key: PublicKey, field: str = "public_key") -> None:
    """Refuse bytes that are no public key of the algorithm, or one under which anybody can sign."""
    if not is_key(key):
        raise Refused("malformed", field=field, expected=_KEYS[key.algorithm])


Disclosures = Callable[[str], Disclosed | None]


def require_form(said: msgspec.Struct, disclosure: Disclosures = lambda _: None) -> None:
    """Refuse a field that does not match its form or bounds, at any depth, naming its path.

    ``disclosure`` returns the value behind a digest, which has a form too, or None.
    """
    _require((), "", said, disclosure, names_taken(type(said)))


@cache
def names_taken(said: type[msgspec.Struct]) -> dict[str, tuple[str, ...]]:
    """Return what the digests in the fields of a command or a fact are called, by field."""
    codes = {field: (name,) for field, name in getattr(said, "sealed_codes", {}).items()}
    return SEALED_NAMES | getattr(said, "sealed_names", {}) | codes


_Path = tuple[str, ...]  # to a value: put together only for a refusal


def _require(
    path: _Path, field: str, value: object, disclosure: Disclosures, taken: Mapping[str, tuple[str, ...]]
) -> None:
    match value:
        case str():
            form = TEXT_FORMS.get(field)
            if form is not None and not form.fits(value):
                raise _malformed(path, form.expected)
        case Digest():
            if not _DIGEST.fits(value.digest):
                raise _malformed((*path, ".digest"), _DIGEST.expected)
            if value.name not in taken[field]:
                named = ", ".join(taken[field])
                raise _malformed((*path, ".name"), Words(f"one of {named}", f"l’un de {named}"))
            sealed, expected = disclosure(value.digest), SEALED_FORMS[value.name]
            if sealed is not None and not expected.fits(sealed.value):
                raise _malformed((*path, ".value"), expected.expected)
        case msgspec.Struct():
            for name in value.__struct_fields__:
                item, form = getattr(value, name), TEXT_FORMS.get(name)
                if form is None or not form.fits(item):  # most fields are texts that fit
                    _require((*path, ".", name), name, item, disclosure, taken)
        case tuple():
            for index, item in enumerate(value):
                _require((*path, f"[{index}]"), field, item, disclosure, taken)
        case datetime():
            _require(path, field, value.date(), disclosure, taken)
        case date() if not FIRST_DAY <= value <= LAST_DAY:
            raise _malformed(path, _from_to(FIRST_DAY, LAST_DAY))
        case int() if field in BOUNDS and not BOUNDS[field][0] <= value <= BOUNDS[field][1]:
            raise _malformed(path, _from_to(*BOUNDS[field]))
        case _:
            pass  # as expected, or without a form: a code of a closed set, the bytes of a key, None


def _malformed(path: _Path, expected: Words) -> Refused:
    return Refused("malformed", field="".join(path).removeprefix("."), expected=expected)


def _from_to(least: object, most: object) -> Words:
    return Words(f"from {least} to {most}", f"de {least} à {most}")
