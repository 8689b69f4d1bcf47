"""SD-JWT VC: a certificate for identity wallets, whose holder shows the name and the levels reached only if willing.

RFC 9901 and draft-ietf-oauth-sd-jwt-vc. It is signed once, at issue, and kept byte for byte: so it is bound to no
key of a holder (no ``cnf``), and to present it is to hand over the token less some disclosures.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from secrets import token_bytes
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ledger.errors import Unverifiable
from ledger.signing.keys import key_id
from ledger.words import Words
from projections.credentials.facts import (
    STATUS_PURPOSES,
    Achievement,
    CertificateFacts,
    IssuerIdentity,
    StatusIndex,
    StatusPurpose,
)
from projections.credentials.forms.form import Form, Material, Statement, Verified, text_of
from projections.credentials.keys.enrolled import EnrolledKey, IssuerKeys
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.keys.seal_chain import MAX_CERTIFICATES, validity, verify_chain, without_root
from projections.credentials.proofs.disclosures import DIGESTS, HASH, SALT_BYTES, SHA_256, conceal, reveal
from projections.credentials.proofs.jws import (
    COMPACT,
    MAX_TOKEN_CHARACTERS,
    parse,
    read_json,
    require_type,
    sign_token,
    unverified_claims,
    write_json,
)

TYPE = "dc+sd-jwt"
TYPE_PATH = "/types/pca-advisor"
SEPARATOR = "~"
MAX_CHARACTERS = MAX_TOKEN_CHARACTERS + 65_536  # the disclosures are a few hundred each
SECONDS_A_DAY = 86_400  # in UTC there is no other
# The claims that a person reads, by path, in English and in French.
CLAIM_LABELS: tuple[tuple[list[str | None], str, str], ...] = (
    (["name"], "Name", "Nom"),
    (["certificate_number"], "Certificate number", "Numéro du certificat"),
    (["title_en"], "Title (English)", "Titre (anglais)"),
    (["title_fr"], "Title (French)", "Titre (français)"),
    (["issuing_body_en"], "Issued by (English)", "Organisme de certification (anglais)"),
    (["issuing_body_fr"], "Issued by (French)", "Organisme de certification (français)"),
    (["scheme"], "Scheme", "Programme de certification"),
    (["scheme_version"], "Version of the scheme", "Version du programme"),
    (["scheme_in_force"], "Scheme in force from", "Programme en vigueur depuis le"),
    (["scope", None, "name_en"], "Competency (English)", "Compétence (anglais)"),
    (["scope", None, "name_fr"], "Competency (French)", "Compétence (français)"),
    (["scope", None, "required_level"], "Required level", "Niveau requis"),
    (["scope", None, "achieved_level"], "Level reached", "Niveau atteint"),
    (["language"], "Language of the workshop", "Langue de l’atelier"),
    (["place"], "Place of the workshop", "Lieu de l’atelier"),
    (["training_start"], "First day of the workshop", "Premier jour de l’atelier"),
    (["training_end"], "Last day of the workshop", "Dernier jour de l’atelier"),
    (["valid_from"], "Valid from", "Date d’effet"),
    (["valid_until"], "Valid until (inclusive)", "Échéance (jour inclus)"),
)


class ScopeClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A competency of the scope; ``achieved_level`` is there where the holder agreed and disclosed it."""

    id: str
    name_en: str
    name_fr: str
    required_level: int
    achieved_level: int | UnsetType = UNSET


class StatusClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of a W3C bitstring status list, in its own words (Bitstring Status List 1.0, 2.1)."""

    id: str
    type: str
    statusPurpose: str  # noqa: N815 - the names on the wire
    statusListIndex: str  # noqa: N815
    statusListCredential: str  # noqa: N815


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every claim of such a token: NumericDates are seconds in UTC, days are YYYY-MM-DD and inclusive."""

    iss: str
    vct: str
    jti: str
    iat: int
    nbf: int
    certificate_number: str
    issuing_body_en: str
    issuing_body_fr: str
    scheme: str
    scheme_version: str
    scheme_in_force: date
    title_en: str
    title_fr: str
    scope: tuple[ScopeClaim, ...]
    language: str
    place: str
    training_start: date
    training_end: date
    valid_from: date
    credentialStatus: tuple[StatusClaim, ...]  # noqa: N815
    exp: int | UnsetType = UNSET
    valid_until: date | UnsetType = UNSET
    name: str | UnsetType = UNSET


def credential_type(issuer: IssuerIdentity) -> str:
    """The ``vct``: an address at which ``type_metadata`` is served."""
    return issuer.url + TYPE_PATH


def issue(
    facts: CertificateFacts,
    issuer: IssuerIdentity,
    status: StatusIndex,
    key: IssuerKey,
    chain_der: Sequence[bytes],
    draw: Callable[[int], bytes] = token_bytes,
) -> str:
    """The token with all its disclosures; ``draw`` gives that many random bytes, for salts.

    ``chain_der`` begins with the certificate of ``key``. Raises ValueError when the key is not one for ES256.
    """
    disclosures: list[str] = []

    def conceal_in(claims: dict[str, Any], name: str) -> None:
        if name in claims:
            disclosure, digest = conceal(draw(SALT_BYTES), name, claims.pop(name))
            disclosures.append(disclosure)
            claims[DIGESTS] = [digest]

    claims = claims_of(facts, issuer, status)
    for one in claims["scope"]:
        conceal_in(one, "achieved_level")
    conceal_in(claims, "name")
    claims[HASH] = SHA_256
    # RFC 7515 4.1.6 wants base64 here, not base64url. Who verifies has the root (OpenID4VC HAIP 1.0, 6.1.1).
    x5c = [b64encode(der).decode() for der in without_root(chain_der)]
    token = sign_token({"typ": TYPE, "kid": key.key_id, "x5c": x5c}, write_json(claims), key)
    return SEPARATOR.join([token, *disclosures, ""])


def claims_of(facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> dict[str, Any]:
    """What the token says to who is shown everything: the claims of ``Claims``, as ``verify_sd_jwt`` returns them."""
    claims: dict[str, Any] = {
        "iss": issuer.url,
        "vct": credential_type(issuer),
        "jti": issuer.certificate(facts.number),
        "iat": int(facts.issued.timestamp()),
        "nbf": _midnight(facts.effective_from),
        "certificate_number": facts.number,
        "issuing_body_en": facts.body_en,
        "issuing_body_fr": facts.body_fr,
        "scheme": facts.scheme_id,
        "scheme_version": facts.scheme_version,
        "scheme_in_force": facts.scheme_in_force.isoformat(),
        "title_en": facts.title_en,
        "title_fr": facts.title_fr,
        "scope": [_scope_claim(achievement) for achievement in facts.scope],
        "language": facts.language,
        "place": facts.place,
        "training_start": facts.start.isoformat(),
        "training_end": facts.end.isoformat(),
        "valid_from": facts.effective_from.isoformat(),
        "credentialStatus": [_status_claim(issuer, status, purpose) for purpose in STATUS_PURPOSES],
        "name": facts.holder,
    }
    if facts.expires_on is not None:
        claims["valid_until"] = facts.expires_on.isoformat()
        # RFC 7519 4.1.4: not accepted on or after exp; the last day is a day of validity.
        claims["exp"] = _midnight(facts.expires_on) + SECONDS_A_DAY
    return claims


def verify_sd_jwt(token: str, trusted: Callable[[tuple[bytes, ...]], bytes | None]) -> dict[str, Any]:
    """The claims that are signed or disclosed, those of ``Claims`` and no others. Raises ``Unverifiable``.

    ``trusted`` answers a chain in DER, leaf first, with the leaf's key as a compressed P-256 point, or None. It is
    left to the caller that the leaf may speak for ``iss``, and what dates and status mean today.

    1. The token ends with its disclosures: what follows them would be a proof by a key that it is not bound to.
    2. The header says ES256, dc+sd-jwt, a chain that is trusted and the id of its key.
    3. The signature holds over these bytes, which are decoded only then.
    4. Each disclosure belongs to exactly one digest, and no claim is there twice.
    5. The claims are those of this type, each of its kind, and dates agree with each other.
    """
    # 1
    if len(token) > MAX_CHARACTERS:
        raise Unverifiable("jws-too-large", f"a token has at most {MAX_CHARACTERS} characters, not {len(token)}")
    signed, *disclosures = token.split(SEPARATOR)
    if not disclosures or disclosures.pop() != "":
        raise Unverifiable("sd-jwt-key-binding", "expected a token that ends with ~, bound to no key")
    # 2
    jws = parse(signed, "typ", "kid", "x5c")
    require_type(jws, TYPE)
    public = trusted(_chain(jws.header.get("x5c")))
    if public is None:
        raise Unverifiable("sd-jwt-key-unknown", "the chain of certificates leads to nobody who is trusted")
    if jws.header.get("kid") != key_id(public):
        raise Unverifiable("sd-jwt-key-differs", "kid does not name the key that is certified")
    # 3
    try:
        payload = read_json(jws.verified_by(public))
    except ValueError as error:
        raise Unverifiable("sd-jwt-malformed", f"not claims: {error}") from None
    # 4
    claims = reveal(payload, disclosures)
    # 5
    try:
        found = msgspec.convert(claims, Claims)
    except msgspec.ValidationError as error:
        raise Unverifiable("sd-jwt-claims", f"not the claims of this type: {error}") from None
    if found.vct != found.iss + TYPE_PATH:
        raise Unverifiable("sd-jwt-type", f"expected a vct {TYPE_PATH} of its own issuer")
    until = UNSET if found.valid_until is UNSET else _midnight(found.valid_until) + SECONDS_A_DAY
    if found.nbf != _midnight(found.valid_from) or found.exp != until:
        raise Unverifiable("sd-jwt-dates", "the days of validity and nbf, exp contradict each other")
    return claims


def type_metadata(issuer: IssuerIdentity, titles: tuple[str, str]) -> dict[str, Any]:
    """What is served at the ``vct``: names of the type and of its claims; ``titles`` are English and French."""
    return {
        "vct": credential_type(issuer),
        "name": titles[0],
        "description": f"{titles[0]}, certified by {issuer.name_en}",
        "display": [
            {"locale": "en", "name": titles[0], "description": f"Certified by {issuer.name_en}"},
            {"locale": "fr", "name": titles[1], "description": f"Certification : {issuer.name_fr}"},
        ],
        "claims": [
            {
                "path": path,
                "sd": "always" if path[-1] in ("name", "achieved_level") else "never",
                "display": [{"locale": "en", "label": english}, {"locale": "fr", "label": french}],
            }
            for path, english, french in CLAIM_LABELS
        ],
    }


def _scope_claim(achievement: Achievement) -> dict[str, Any]:
    claim: dict[str, Any] = {
        "id": achievement.id,
        "name_en": achievement.name_en,
        "name_fr": achievement.name_fr,
        "required_level": achievement.required,
    }
    return claim if achievement.achieved is None else claim | {"achieved_level": achievement.achieved}


def _status_claim(issuer: IssuerIdentity, status: StatusIndex, purpose: StatusPurpose) -> dict[str, str]:
    """Our lists are bitstring status lists, and are named so: ``status`` would promise a Token Status List."""
    address = issuer.status_list(purpose, status.number)
    return {
        "id": f"{address}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(status.index),
        "statusListCredential": address,
    }


def _chain(x5c: Any) -> tuple[bytes, ...]:
    """The certificates of a header. Raises ``Unverifiable``."""
    if not isinstance(x5c, list) or not 1 <= len(x5c) <= MAX_CERTIFICATES:
        raise Unverifiable("sd-jwt-chain", f"expected x5c with 1 to {MAX_CERTIFICATES} certificates")
    try:
        chain = tuple(b64decode(text, validate=True) for text in x5c)
    except (TypeError, ValueError, Base64Error):
        chain = ()
    if [b64encode(der).decode() for der in chain] != x5c:
        raise Unverifiable("sd-jwt-chain", "expected certificates in base64 with padding, its unused bits zero")
    return chain


def _midnight(day: date) -> int:
    """Its beginning in UTC, in seconds since 1970."""
    return int(datetime.combine(day, time.min, UTC).timestamp())


class VerifiedClaims(msgspec.Struct, frozen=True):
    """The claims of a token that a certified key of the body signed."""

    key: EnrolledKey
    claims: dict[str, Any]

    @property
    def by_chain(self) -> bool:
        return True

    def statement(self) -> Statement:
        until = self.claims.get("valid_until")
        return Statement(
            number=self.claims["certificate_number"],
            holder=self.claims.get("name"),
            valid_from=date.fromisoformat(self.claims["valid_from"]),
            valid_until=None if until is None else date.fromisoformat(until),
            signed_at=datetime.fromtimestamp(self.claims["iat"], UTC),
        )

    def agrees(self, facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> bool:
        expected = claims_of(facts, issuer, status)
        for one, stated in zip(expected["scope"], self.claims["scope"], strict=False):
            if "achieved_level" not in stated:
                one.pop("achieved_level", None)
        return self.claims == expected


def _make(material: Material) -> bytes:
    signers = material.signers
    return issue(material.facts, material.issuer, material.status, signers.p256, signers.chain).encode()


def _recognise(data: bytes) -> str | None:
    text = text_of(data)
    is_one = text is not None and SEPARATOR in text and COMPACT.fullmatch(text.partition(SEPARATOR)[0])
    return text if is_one else None


def _issuer_named(token: str) -> str:
    return str(unverified_claims(token.partition(SEPARATOR)[0], "typ", "kid", "x5c").get("iss", ""))


def _verify(token: str, keys: IssuerKeys) -> Verified:
    """The dates of the chain are left to the caller, who knows when the token was made."""

    def trusted(chain: tuple[bytes, ...]) -> bytes | None:
        key = keys.certified(chain[0])
        return None if key is None else verify_chain(chain, key.certificates[-1:], validity(key.certificates)[0])

    claims = verify_sd_jwt(token, trusted)
    key = keys.certified(_chain(parse(token.partition(SEPARATOR)[0], "typ", "kid", "x5c").header["x5c"])[0])
    assert key is not None  # it was verified by this key
    return VerifiedClaims(key, claims)


SD_JWT = Form(
    name="sd-jwt",
    media_types=("application/dc+sd-jwt",),
    label=Words("SD-JWT VC (wallets)", "SD-JWT VC (portefeuilles)"),
    kind=Words("a wallet credential (SD-JWT VC)", "une attestation de portefeuille (SD-JWT VC)"),
    make=_make,
    recognise=_recognise,
    issuer=_issuer_named,
    verify=_verify,
    fixed=lambda document: document.strip().partition(b"~")[0],
)
