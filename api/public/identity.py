"""Who issues the documents: did:web, keys, profile, what was achieved and by which criteria, and status lists."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar

import msgspec
from fastapi import APIRouter, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from api.negotiation import HTML, JSON, preferred
from api.pages import FRESH, page, register_of, respond
from api.problems import WrongInput
from ledger.domain.refusal import Refused
from ledger.words import Words
from projections.credentials import identity
from projections.credentials.facts import Achievement, IssuerIdentity, Scheme, StatusPurpose
from projections.credentials.forms import open_badge, sd_jwt
from projections.credentials.status.lists import SignedList
from projections.credentials.status.status_list import TTL
from projections.schemes.queries import SchemeVersion

router = APIRouter(tags=["issuer"])
DID, JWK, JWKS = "application/did+json", "application/jwk+json", "application/jwk-set+json"
LD, VC, VC_JWT, JWT = "application/ld+json", "application/vc", "application/vc+jwt", "application/jwt"
PEM = "application/x-pem-file"
STATUS_LIST_JWT = "application/statuslist+jwt"
_DATE_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_SECONDS = re.compile(r"0|[1-9][0-9]{0,10}")  # to the year 5138
CURRENT = f"public, max-age={int(TTL.total_seconds())}, must-revalidate"  # as long as the list itself says
HISTORY = "public, max-age=31536000, immutable"  # what was true and known at a past moment does not change


class ToCome(Refused):
    """A list is asked for as it will be. A time that is not supported is not found (Token Status List, 8.4)."""

    texts: ClassVar = {
        "moment-to-come": Words(
            "{moment} is still to come: no list states the status at that time",
            "{moment} est encore à venir : aucune liste n’indique le statut à ce moment",
        )
    }


def issuer_of(request: Request) -> IssuerIdentity:
    """Returns the body as an issuer. Raises ``Refused`` while it is not one."""
    return register_of(request).documents.keys().issuer


@router.get("/.well-known/did.json", responses={200: {"content": {DID: {}}}})
def did_document(request: Request) -> Response:
    """The DID document of the issuer (did:web): the keys that verify its credentials, including retired ones."""
    return _json(request, identity.did_document(register_of(request).documents.keys()), DID)


@router.get("/.well-known/jwks.json", responses={200: {"content": {JWKS: {}}}})
def jwks(request: Request) -> Response:
    """The issuer's keys as a JWK set (RFC 7517)."""
    return _json(request, identity.jwks(register_of(request).documents.keys()), JWKS)


@router.get("/seal-roots.pem", responses={200: {"content": {PEM: {}}}})
def seal_roots(request: Request) -> Response:
    """The root certificates of the seals over PDFs, for readers of PDF that are told whom to trust."""
    return respond(request, identity.seal_roots(register_of(request).documents.keys()), PEM)


@router.get("/.well-known/jwt-vc-issuer", responses={200: {"content": {JSON: {}}}})
def jwt_vc_issuer(request: Request) -> Response:
    """Metadata of the issuer of SD-JWT VCs."""
    return _json(request, identity.jwt_vc_issuer(register_of(request).documents.keys()), JSON)


@router.get("/keys/{key_id}.jwk", responses={200: {"content": {JWK: {}}}})
def key(request: Request, key_id: Annotated[str, Path(pattern="^[0-9a-f]{32}$")]) -> Response:
    """One key of the issuer. The `kid` of an older JWT is this address; that of a newer one is a DID URL."""
    for enrolled in register_of(request).documents.keys().published:
        if enrolled.key_id == key_id:
            return _json(request, identity.jwk(enrolled), JWK)
    raise Refused("unknown", kind="key", id=key_id)


@router.get("/issuer", responses={200: {"content": {LD: {}}}})
def profile(request: Request) -> Response:
    """The Open Badges profile of the issuer."""
    return _json(request, identity.profile(issuer_of(request)), LD)


@router.get("/achievements/{scheme_id}/{version}", responses={200: {"content": {LD: {}, HTML: {}}}})
def achievement(request: Request, scheme_id: str, version: str, scope: str | None = None) -> Response:
    """The Open Badges achievement behind a certification; for people, its criteria.

    `scope` lists the competencies, separated by commas, of a certification whose scope was reduced.
    """
    issuer, scheme_version = issuer_of(request), _version(request, scheme_id, version)
    if preferred(request.headers.get("accept"), (LD, JSON, HTML)) == HTML:
        return RedirectResponse(f"/achievements/{scheme_id}/{version}/criteria", 303)
    wanted = None if scope is None else scope.split(",")
    for competency in sorted(set(wanted or ()) - {c.id for c in scheme_version.content.competencies}):
        raise Refused("unknown", kind="competency", id=competency[:64])
    scheme = Scheme(
        id=scheme_version.scheme_id,
        version=scheme_version.content.version,
        in_force=scheme_version.effective_from,
        title=Words(scheme_version.title_en, scheme_version.title_fr),
        scope=tuple(
            Achievement(id=c.id, name=Words(c.name_en, c.name_fr), required=c.cut)
            for c in scheme_version.content.competencies
            if wanted is None or c.id in wanted
        ),
        is_part=wanted is not None,
        levels=scheme_version.content.levels,
    )
    contexts = {"@context": open_badge.CONTEXTS}
    return _json(request, contexts | open_badge.achievement(scheme, issuer), LD)


@router.get("/achievements/{scheme_id}/{version}/criteria", response_class=Response)
def criteria(request: Request, scheme_id: str, version: str) -> Response:
    """The criteria for granting the certification."""
    return page(request, "criteria.html", version=_version(request, scheme_id, version))


@router.get("/types/pca-advisor", responses={200: {"content": {JSON: {}}}})
def credential_type(request: Request) -> Response:
    """The type metadata to which an SD-JWT VC refers (vct)."""
    return respond(request, sd_jwt.type_metadata(issuer_of(request)), JSON)


@router.get("/status/tokens/{number}", responses={200: {"content": {STATUS_LIST_JWT: {}}}})
def token_status_list(
    request: Request,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
    time: Annotated[str, Query(max_length=40, description="A moment in the past, in seconds since 1970 in UTC.")] = "",
) -> Response:
    """A signed Token Status List, current or as it was at a past moment (draft-ietf-oauth-status-list-21, 8.4)."""
    register, issuer = register_of(request), issuer_of(request)
    at = _unix_time(time, register.now()) if time else None
    signed = register.documents.status_lists.tokens(issuer, number, at)
    return respond(request, signed.body, STATUS_LIST_JWT, cached=_cached(signed, at))


@router.get("/status/{purpose}/{number}", responses={200: {"content": {LD: {}, VC: {}, VC_JWT: {}, JWT: {}}}})
def status_list(
    request: Request,
    purpose: StatusPurpose,
    number: Annotated[int, Path(ge=0, le=1_000_000)],
    timestamp: Annotated[str, Query(max_length=40, description="A moment in the past (RFC 3339).")] = "",
) -> Response:
    """A signed bitstring status list, current or as it was at a past moment (W3C, 3.3): JSON-LD, or a VC-JWT."""
    register, issuer = register_of(request), issuer_of(request)
    at = _moment(timestamp, register.now()) if timestamp else None
    media_type = preferred(request.headers.get("accept"), (LD, VC, VC_JWT, JWT)) or LD
    as_jwt = media_type in (VC_JWT, JWT)
    signed = register.documents.status_lists.bits(issuer, purpose, number, at, as_jwt=as_jwt)
    return respond(request, signed.body, media_type, cached=_cached(signed, at))


def _cached(signed: SignedList, at: datetime | None) -> str:
    if signed.is_final:
        return HISTORY
    return CURRENT if at is None else FRESH


def _unix_time(text: str, now: datetime) -> datetime:
    """Parses seconds since 1970. Raises ``WrongInput``, or ``ToCome``."""
    if not _SECONDS.fullmatch(text):
        raise WrongInput(
            "time",
            "expected a moment in the past in seconds since 1970, such as 1773144000",
            "moment passé attendu, en secondes depuis 1970, par exemple 1773144000",
        )
    moment = datetime.fromtimestamp(int(text), UTC)
    if moment > now:
        raise ToCome("moment-to-come", moment=moment.isoformat())
    return moment


def _moment(text: str, now: datetime) -> datetime:
    """Parses a date-time of RFC 3339, 5.6, into UTC, without its fraction of a second. Raises ``WrongInput``."""
    parts = _DATE_TIME.fullmatch(text.upper())
    try:
        # Not every text of that form is a date, and not every date has an equivalent in UTC.
        moment = None if parts is None else datetime.fromisoformat(parts[1] + parts[2]).astimezone(UTC)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment > now:
        raise WrongInput(
            "timestamp",
            "expected a moment in the past with its zone, such as 2026-03-10T12:00:00Z",
            "moment passé attendu, avec son fuseau, par exemple 2026-03-10T12:00:00Z",
        )
    return moment


def _version(request: Request, scheme_id: str, version: str) -> SchemeVersion:
    scheme_version = register_of(request).models.schemes.version(scheme_id, version)
    if scheme_version is None:
        raise Refused("unknown", kind="scheme", id=f"{scheme_id[:64]} {version[:32]}")
    return scheme_version


def _json(request: Request, value: Any, media_type: str) -> Response:
    return respond(request, msgspec.json.format(msgspec.json.encode(value), indent=2), media_type)
