"""A certificate as an Open Badge 3.0 credential (1EdTech, specification 1.3): as JSON-LD with a proof, and as a JWT.

The properties of the standard take no language map, so each text is English, then French. The items of
ISO/IEC 17024 9.4.8 are marked (a) to (f).
"""

from datetime import UTC, date, datetime, time
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.domain.record import Moment
from ledger.errors import Unverifiable
from ledger.store.documents import StatusIndex
from ledger.words import LANGUAGES, Words
from projections.credentials.facts import Achievement, CertificateFacts, IssuerIdentity, Scheme
from projections.credentials.forms.form import Form, Material, Statement, Verified, text_of
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.proofs import data_integrity, jws, vc_jwt
from projections.credentials.proofs.data_integrity import timestamp
from projections.credentials.proofs.data_model import require_credential
from projections.credentials.proofs.json_ld import CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS

SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
CONTEXTS = [CREDENTIALS, OPEN_BADGES, OPEN_BADGES_EXTENSIONS]
LAST_SECOND = time(23, 59, 59)


def document(facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> dict[str, Any]:
    """The unsigned credential. Raises ValueError when an item of 9.4.8 is missing."""
    _require_complete(facts)
    credential: dict[str, Any] = {
        "@context": CONTEXTS,
        "id": issuer.certificate(facts.number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": _both(facts.scheme.title),
        "description": _description(facts),
        # (c) the certification body, as the record names it
        "issuer": {
            "id": issuer.did,
            "type": ["Profile"],
            "name": _both(facts.body),
            "url": issuer.url,
        },
        "awardedDate": timestamp(facts.issued),
        "validFrom": _first_second(facts.effective_from),  # (f)
    }
    if facts.expires_on is not None:
        credential["validUntil"] = timestamp(datetime.combine(facts.expires_on, LAST_SECOND, UTC))  # (f)
    credential["credentialSubject"] = _subject(facts, issuer)
    # The schema takes one object, so the list of revocations also holds suspensions (docs/decisions/0036).
    credential["credentialStatus"] = issuer.status_entry("revocation", status)
    credential["credentialSchema"] = [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]
    return credential


def signed(material: Material) -> bytes:
    """The credential with its proof, as JSON-LD in UTF-8. Raises ValueError when an item of 9.4.8 is missing."""
    facts, issuer, key = material.facts, material.issuer, material.signers.ed25519
    unsigned = document(facts, issuer, material.status)
    require_credential(unsigned)
    proved = data_integrity.sign(unsigned, key, issuer.verification_method(key.key_id), facts.issued)
    return msgspec.json.encode(proved)


def issuer_named(text: str) -> str:
    """The issuer that a credential names, in JSON or as a JWT; empty when none. Raises ``Unverifiable``."""
    if not text.startswith("{"):
        return str(jws.unverified_claims(text, "typ", "kid").get("iss", ""))
    issuer = _parsed(text).get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else ""


def verify(text: str, keys: IssuerKeys) -> Verified:
    """The credential that a key of the body signed, in JSON or as a JWT. Raises ``Unverifiable``."""
    if text.startswith("{"):
        credential = _parsed(text)
        named = data_integrity.verify_proof(credential, keys.public)
        signed_at = data_integrity.proofs_of(credential)[0].get("created")
        credential = {name: value for name, value in credential.items() if name != "proof"}
    else:
        credential = vc_jwt.verify_vc_jwt(text, keys.public)
        named, signed_at = jws.parse(text, "typ", "kid").header["kid"], credential.get("awardedDate")
    require_credential(credential)
    key = keys.named(named)
    assert key is not None  # it was verified by this key
    return VerifiedBadge(key, credential, signed_at)


class _Identity(msgspec.Struct, frozen=True):
    hashed: bool
    identityHash: str  # noqa: N815 - the names on the wire


class _Subject(msgspec.Struct, frozen=True):
    licenseNumber: str  # noqa: N815
    identifier: tuple[_Identity, ...]


class _Stated(msgspec.Struct, frozen=True):
    """What is read of a credential. In a signed graph a text and a list of only that text are the same; here not."""

    credentialSubject: _Subject  # noqa: N815
    validFrom: Moment  # noqa: N815
    validUntil: Moment | UnsetType = UNSET  # noqa: N815


class VerifiedBadge(msgspec.Struct, frozen=True):
    """A credential that a key of the body signed, without its proof. The credential states ``signed_at`` itself."""

    key: IssuerKeyEnrolled
    credential: dict[str, Any]
    signed_at: Any
    by_chain: bool = False

    def statement(self) -> Statement:
        try:
            stated = msgspec.convert(self.credential, _Stated)
            signed_at = msgspec.convert(self.signed_at, Moment)
        except msgspec.ValidationError as error:
            raise Unverifiable("credential-other", f"signed, but no certificate of this kind: {error}") from None
        names = [one.identityHash for one in stated.credentialSubject.identifier if not one.hashed]
        return Statement(
            number=stated.credentialSubject.licenseNumber,
            holder=names[0] if names else None,
            valid_from=stated.validFrom.date(),
            valid_until=None if stated.validUntil is UNSET else stated.validUntil.date(),
            signed_at=signed_at,
        )

    def agrees(self, facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> bool:
        try:
            subject = dict(self.credential["credentialSubject"])
            salt, results = subject["identifier"][0]["salt"], subject.pop("result", [])
            expected = document(msgspec.structs.replace(facts, salt=salt), issuer, status)
            reached = expected["credentialSubject"].pop("result", [])
            stated = self.credential | {"credentialSubject": subject}
            return bool(stated == expected) and all(result in reached for result in results)
        except (LookupError, TypeError, ValueError):
            return False  # the body signed something else than a certificate


def identity_hash(identity: str, salt: str) -> str:
    """The IdentityHash: SHA-256 of the identity and then the salt, both in UTF-8."""
    return f"sha256${sha256((identity + salt).encode()).hexdigest()}"


def achievement(scheme: Scheme, issuer: IssuerIdentity) -> dict[str, Any]:
    """The achievement: the same for everyone certified with this scope under this version of the scheme."""
    url = issuer.achievement(scheme.id, scheme.version)
    return {
        # A reduced scope is another achievement, with the same result descriptions.
        "id": f"{url}?scope={','.join(one.id for one in scheme.scope)}" if scheme.is_part else url,
        "type": ["Achievement"],
        "achievementType": "Certification",
        "name": _both(scheme.title),
        "description": _both(_scope(scheme)),
        "criteria": {"id": issuer.criteria(scheme.id, scheme.version)},
        "humanCode": scheme.id,  # (d) the scheme and its version
        "version": scheme.version,
        "resultDescription": [_result_description(one, scheme, url) for one in scheme.scope],  # (e)
    }


def _parsed(text: str) -> dict[str, Any]:
    try:
        return jws.read_json(text.encode())
    except ValueError as error:
        raise Unverifiable("credential-malformed", f"not JSON that can be signed: {error}") from None


def _subject(facts: CertificateFacts, issuer: IssuerIdentity) -> dict[str, Any]:
    url = issuer.achievement(facts.scheme.id, facts.scheme.version)
    subject: dict[str, Any] = {
        "type": ["AchievementSubject"],
        # (a) The name twice: hashed, for hosts of badges, and readable. IdentityObject is closed, but its
        # identityHash is "either the IdentityHash of the identity or the plaintext value".
        "identifier": [
            {
                "type": "IdentityObject",
                "hashed": True,
                "identityHash": identity_hash(facts.holder, facts.salt),
                "identityType": "name",
                "salt": facts.salt,
            },
            {"type": "IdentityObject", "hashed": False, "identityHash": facts.holder, "identityType": "name"},
        ],
        "licenseNumber": facts.number,  # (b)
        "activityStartDate": _first_second(facts.start),
        "activityEndDate": timestamp(datetime.combine(facts.end, LAST_SECOND, UTC)),
        "achievement": achievement(facts.scheme, issuer) | {"inLanguage": facts.language},
    }
    results = [
        {
            "type": ["Result"],
            "resultDescription": _place(url, one),
            "achievedLevel": _level(url, one, one.achieved),
        }
        for one in facts.scheme.scope
        if one.achieved is not None
    ]
    return subject | {"result": results} if results else subject


def _result_description(one: Achievement, scheme: Scheme, achievement: str) -> dict[str, Any]:
    return {
        "id": _place(achievement, one),
        "type": ["ResultDescription"],
        "name": _both(one.name),
        "resultType": "RubricCriterionLevel",
        "requiredLevel": _level(achievement, one, one.required),
        "rubricCriterionLevel": [
            {
                "id": _level(achievement, one, level.level),
                "type": ["RubricCriterionLevel"],
                "name": _both(Words(level.anchor_en, level.anchor_fr)),
                "level": str(level.level),
            }
            for level in scheme.levels
        ],
    }


def _require_complete(facts: CertificateFacts) -> None:
    """Require the items of ISO/IEC 17024 9.4.8. The type requires the dates of (f)."""
    items = {
        "name of the certified person": facts.holder,
        "number of the certificate": facts.number,
        "name of the certification body": all(facts.body),
        "certification scheme": facts.scheme.id and facts.scheme.version and all(facts.scheme.title),
        "scope of the certification": facts.scheme.scope and facts.scheme.levels,
    }
    if missing := [item for item, value in items.items() if not value]:
        raise ValueError(f"no certificate without: {', '.join(missing)}")
    levels = {level.level for level in facts.scheme.levels}
    for one in facts.scheme.scope:
        if not {one.required, one.required if one.achieved is None else one.achieved} <= levels:
            raise ValueError(f"{one.id}: a level that is not in the rubric")


def _description(facts: CertificateFacts) -> str:
    scope = _scope(facts.scheme)
    days = f"{facts.start.isoformat()}/{facts.end.isoformat()}, {facts.place}"
    return _both(Words(f"{scope.en} Workshop: {days}.", f"{scope.fr} Atelier : {days}."))


def _scope(scheme: Scheme) -> Words:
    english, french = (", ".join(one.name.into(language) for one in scheme.scope) for language in LANGUAGES)
    return Words(
        f"{scheme.title.en}, scheme {scheme.id}, version {scheme.version}, in force from {scheme.in_force}. "
        f"Scope: {english}.",
        f"{scheme.title.fr}, programme {scheme.id}, version {scheme.version}, en vigueur depuis le {scheme.in_force}. "
        f"Portée : {french}.",
    )


def _both(words: Words) -> str:
    return words.en if words.en == words.fr else " / ".join(words)


def _place(achievement: str, one: Achievement) -> str:
    return f"{achievement}#{one.id}"


def _level(achievement: str, one: Achievement, level: int) -> str:
    return f"{_place(achievement, one)}/{level}"


def _first_second(day: date) -> str:
    return timestamp(datetime.combine(day, time(), UTC))


def _make_jwt(material: Material, _: bytes) -> bytes:
    unsigned, key = document(material.facts, material.issuer, material.status), material.signers.p256
    return vc_jwt.sign(unsigned, key, material.issuer.verification_method(key.key_id)).encode()


def _recognise_json(data: bytes) -> str | None:
    text = text_of(data)
    if text is None or not text.startswith("{"):
        return None
    _parsed(text)
    return text


def _recognise_jwt(data: bytes) -> str | None:
    text = text_of(data)
    return text if text is not None and jws.is_compact(text) else None


JSON_LD = Form(
    name="jsonld",
    media_types=("application/vc+ld+json", "application/vc", "application/ld+json"),
    label=Words("Open Badge 3.0 (JSON-LD)", "Open Badge 3.0 (JSON-LD)"),
    kind=Words("an Open Badge (JSON-LD)", "un Open Badge (JSON-LD)"),
    make=lambda _, credential: credential,
    recognise=_recognise_json,
    issuer=issuer_named,
    verify=verify,
)
JWT = Form(
    name="jwt",
    media_types=("application/jwt", "application/vc+jwt"),
    label=Words("Open Badge 3.0 (JWT)", "Open Badge 3.0 (JWT)"),
    kind=Words("an Open Badge (JWT)", "un Open Badge (JWT)"),
    make=_make_jwt,
    recognise=_recognise_jwt,
    issuer=issuer_named,
    verify=verify,
)
