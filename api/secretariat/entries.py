"""Entry bundles (c2sp.org/tlog-tiles), for auditors only: entries hold pseudonyms and scores."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages import respond
from api.public.log import BYTES, tile_at
from api.secretariat.authentication import FromOfficer
from api.secretariat.office import OfOffice
from ledger.domain.record import Role
from ledger.domain.refusal import Refused

router = APIRouter(tags=["auditors"])


@router.get("/tile/entries/{index:path}", responses={200: {"content": {BYTES: {}}}})
def entries(request: Request, index: str, sender: FromOfficer, office: OfOffice) -> Response:
    """Return 256 entries of the published log, or as many as it has. An auditor's key signs the request."""
    if Role.AUDITOR not in sender.officer.roles:
        raise Refused("role-not-held", person=sender.person, role=Role.AUDITOR)
    wanted = tile_at(request)
    try:
        bundle = office.ledger.tile(wanted)
    except LookupError:
        raise Refused("unknown", kind="tile", id=str(wanted)) from None
    return respond(request, bundle, BYTES, cached="no-store")
