"""SD-JWT VC: a certificate for identity wallets. The holder chooses whether to disclose the name and the levels.

RFC 9901 and draft-ietf-oauth-sd-jwt-vc. The token is signed once, at issue, and kept byte for byte. So it is not bound
to a key of the holder (no ``cnf``): the holder presents the token itself, without some disclosures.
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from hashlib import sha256
from secrets import token_bytes
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from ledger.domain.events.issuer import IssuerKeyEnrolled
from ledger.errors import Unverifiable
from ledger.signing.keys import key_id
from ledger.store.documents import StatusIndex
from ledger.words import LANGUAGES, Words
from projections.credentials.facts import STATUS_PURPOSES, CertificateFacts, IssuerIdentity
from projections.credentials.forms.form import Form, Material, Statement, Verified, text_of
from projections.credentials.keys.enrolled import IssuerKeys
from projections.credentials.keys.issuer_key import IssuerKey
from projections.credentials.keys.seal_chain import MAX_CERTIFICATES, validity, verify_chain
from projections.credentials.proofs import jws
from projections.credentials.proofs.disclosures import DIGESTS, HASH, SALT_BYTES, SHA_256, conceal, reveal

TYPE = "dc+sd-jwt"
TYPE_PATH = "/types/pca-advisor"
SEPARATOR = "~"
MAX_CHARACTERS = jws.MAX_TOKEN_CHARACTERS + 65_536  # a disclosure has a few hundred
LAST_SECOND = 253_402_300_799  # of the year 9999
SECONDS_A_DAY = 86_400  # of every day in UTC
TYPE_NAME = Words("Certified PCA advisor", "Certification de conseil en contrôle a posteriori")
TYPE_DESCRIPTION = Words(
    "Certification of a person as an advisor in post-clearance audit",
    "Certification d’une personne pour le conseil en contrôle a posteriori",
)
CONCEALED_CLAIMS, OPTIONAL_CLAIMS = ("name", "achieved_level"), ("achieved_level", "valid_until")
# The labels of the claims that people read: path, English, French.
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
    (["valid_from"], "Valid from", "Valable à partir du"),
    (["valid_until"], "Valid until (inclusive)", "Valable jusqu’au (inclus)"),
)


class ScopeClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A competency of the scope; ``achieved_level`` is set if the holder agreed to it and disclosed it."""

    id: str
    name_en: str
    name_fr: str
    required_level: int
    achieved_level: int | UnsetType = UNSET


class TokenPlace(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The place in a Token Status List (draft-ietf-oauth-status-list-21, 6.2)."""

    idx: int
    uri: str


class TokenStatus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How to read the status of a token: the only way that wallets know."""

    status_list: TokenPlace


class StatusClaim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An entry of a W3C bitstring status list, with the names of that standard (1.0, 2.1)."""

    id: str
    type: str
    statusPurpose: str  # noqa: N815 - the names on the wire
    statusListIndex: str  # noqa: N815
    statusListCredential: str  # noqa: N815


class Claims(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The claims of a token. NumericDates are seconds in UTC; days are YYYY-MM-DD and inclusive."""

    iss: str
    vct: str
    jti: str
    iat: Annotated[int, msgspec.Meta(ge=0, le=LAST_SECOND)]
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
    vct_integrity: str | UnsetType = msgspec.field(default=UNSET, name="vct#integrity")
    status: TokenStatus | UnsetType = UNSET
    credentialStatus: tuple[StatusClaim, ...] | UnsetType = UNSET  # noqa: N815 - of older tokens, in place of ``status``
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
    """The token with all its disclosures; ``draw`` returns that many random bytes, for salts.

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
    header = {"typ": TYPE, "kid": key.key_id, "x5c": jws.x5c(chain_der)}
    token = jws.sign_token(header, jws.write_json(claims), key)
    return SEPARATOR.join([token, *disclosures, ""])


def claims_of(facts: CertificateFacts, issuer: IssuerIdentity, status: StatusIndex) -> dict[str, Any]:
    """The claims of a token with every disclosure, as ``verify_sd_jwt`` returns them."""
    scheme, last_day = facts.scheme, facts.expires_on
    claims = Claims(
        iss=issuer.url,
        vct=credential_type(issuer),
        jti=issuer.certificate(facts.number),
        iat=int(facts.issued.timestamp()),
        nbf=_midnight(facts.effective_from),
        certificate_number=facts.number,
        issuing_body_en=facts.body.en,
        issuing_body_fr=facts.body.fr,
        scheme=scheme.id,
        scheme_version=scheme.version,
        scheme_in_force=scheme.in_force,
        title_en=scheme.title.en,
        title_fr=scheme.title.fr,
        scope=tuple(
            ScopeClaim(one.id, one.name.en, one.name.fr, one.required, UNSET if one.achieved is None else one.achieved)
            for one in scheme.scope
        ),
        language=facts.language,
        place=facts.place,
        training_start=facts.start,
        training_end=facts.end,
        valid_from=facts.effective_from,
        vct_integrity=type_integrity(issuer),
        status=TokenStatus(TokenPlace(status.index, issuer.token_status_list(status.number))),
        # RFC 7519 4.1.4: not accepted on or after exp; the last day is a day of validity.
        exp=UNSET if last_day is None else _midnight(last_day) + SECONDS_A_DAY,
        valid_until=UNSET if last_day is None else last_day,
        name=facts.holder,
    )
    built: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(claims))
    return built


def verify_sd_jwt(token: str, trusted: Callable[[tuple[bytes, ...]], bytes | None]) -> dict[str, Any]:
    """The signed and the disclosed claims: those of ``Claims``, and no others. Raises ``Unverifiable``.

    ``trusted`` takes a chain in DER, leaf first, and returns the leaf's key as a compressed P-256 point, or None. The
    caller decides whether that key may speak for ``iss``, and what dates and status mean today.

    1. The token ends with its disclosures. A key binding would follow them, and the token is bound to no key.
    2. The header says ES256, dc+sd-jwt, a chain that is trusted and the id of its key.
    3. The signature over these bytes is valid; only then are they decoded.
    4. Each disclosure belongs to exactly one digest, and no claim occurs twice.
    5. The claims are those of this type, with values of their types. One of them says where the status is, and the
       dates agree with each other.
    """
    # 1
    if len(token) > MAX_CHARACTERS:
        raise Unverifiable("jws-too-large", f"a token has at most {MAX_CHARACTERS} characters, not {len(token)}")
    signed, *disclosures = token.split(SEPARATOR)
    if not disclosures or disclosures.pop() != "":
        raise Unverifiable("sd-jwt-key-binding", "expected a token that ends with ~, bound to no key")
    # 2
    parsed = jws.parse(signed, "typ", "kid", "x5c")
    jws.require_type(parsed, TYPE)
    public = trusted(_chain(parsed.header.get("x5c")))
    if public is None:
        raise Unverifiable("sd-jwt-key-unknown", "the chain of certificates is not trusted")
    if parsed.header.get("kid") != key_id(public):
        raise Unverifiable("sd-jwt-key-differs", "kid does not name the certified key")
    # 3
    try:
        payload = jws.read_json(parsed.verified_by(public))
    except ValueError as error:
        raise Unverifiable("sd-jwt-malformed", f"not claims: {error}") from None
    # 4
    claims = reveal(payload, disclosures)
    # 5
    try:
        stated = msgspec.convert(claims, Claims)
    except msgspec.ValidationError as error:
        raise Unverifiable("sd-jwt-claims", f"not the claims of this type: {error}") from None
    if (stated.status is UNSET) == (stated.credentialStatus is UNSET):
        raise Unverifiable("sd-jwt-claims", "not the claims of this type: expected one of status, credentialStatus")
    if stated.vct != stated.iss + TYPE_PATH:
        raise Unverifiable("sd-jwt-type", f"expected a vct {TYPE_PATH} of its own issuer")
    until = UNSET if stated.valid_until is UNSET else _midnight(stated.valid_until) + SECONDS_A_DAY
    if stated.nbf != _midnight(stated.valid_from) or stated.exp != until:
        raise Unverifiable("sd-jwt-dates", "the days of validity and nbf, exp contradict each other")
    return claims


def type_metadata(issuer: IssuerIdentity) -> bytes:
    """The document at the ``vct``, with the names of the type and of its claims (SD-JWT VC, 5).

    Tokens state its digest, so its bytes never change for one address: another document needs another ``TYPE_PATH``.
    """
    document = {
        "vct": credential_type(issuer),
        "name": TYPE_NAME.en,
        "description": TYPE_DESCRIPTION.en,
        "display": [
            {"locale": language, "name": TYPE_NAME.into(language), "description": TYPE_DESCRIPTION.into(language)}
            for language in LANGUAGES
        ],
        "claims": [
            {
                "path": path,
                "display": [{"locale": "en", "label": english}, {"locale": "fr", "label": french}],
                "mandatory": path[-1] not in OPTIONAL_CLAIMS,
                "sd": "always" if path[-1] in CONCEALED_CLAIMS else "never",
            }
            for path, english, french in CLAIM_LABELS
        ],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def type_integrity(issuer: IssuerIdentity) -> str:
    """The ``vct#integrity`` of a token (SD-JWT VC, 6): the digest of ``type_metadata``."""
    return f"sha256-{b64encode(sha256(type_metadata(issuer)).digest()).decode()}"


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
    """The beginning of a day in UTC, in seconds since 1970."""
    return int(datetime.combine(day, time.min, UTC).timestamp())


class VerifiedClaims(msgspec.Struct, frozen=True):
    """The claims of a token that a certified key of the body signed."""

    key: IssuerKeyEnrolled
    claims: dict[str, Any]
    by_chain: bool = True

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
        if "credentialStatus" in self.claims:
            del expected["status"], expected["vct#integrity"]
            expected["credentialStatus"] = [issuer.status_entry(purpose, status) for purpose in STATUS_PURPOSES]
        for one, stated in zip(expected["scope"], self.claims["scope"], strict=False):
            if "achieved_level" not in stated:
                one.pop("achieved_level", None)
        return self.claims == expected


def _make(material: Material, _: bytes) -> bytes:
    signers = material.signers
    return issue(material.facts, material.issuer, material.status, signers.p256, signers.chain).encode()


def _recognise(data: bytes) -> str | None:
    text = text_of(data)
    is_one = text is not None and SEPARATOR in text and jws.is_compact(text.partition(SEPARATOR)[0])
    return text if is_one else None


def _issuer_named(token: str) -> str:
    return str(jws.unverified_claims(token.partition(SEPARATOR)[0], "typ", "kid", "x5c").get("iss", ""))


def _verify(token: str, keys: IssuerKeys) -> Verified:
    """The caller checks the dates of the chain: it knows when the token was made."""

    def trusted(chain: tuple[bytes, ...]) -> bytes | None:
        key = keys.certified(chain[0])
        return None if key is None else verify_chain(chain, key.certificates[-1:], validity(key.certificates)[0])

    claims = verify_sd_jwt(token, trusted)
    key = keys.certified(_chain(jws.parse(token.partition(SEPARATOR)[0], "typ", "kid", "x5c").header["x5c"])[0])
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
