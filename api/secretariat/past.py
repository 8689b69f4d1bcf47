"""The search and the past of people and things over HTTP, for officers who sign their requests: as on the pages."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from api.lists.readers import OFFICERS, PAST
from api.pages import language_of
from api.past.tables import hits, timeline, true_on
from api.secretariat.authentication import FromOfficer, SignedRequest
from api.secretariat.lists import Form, KnownOn, asked, file_of, reader_of, require_any
from api.secretariat.office import OfOffice
from api.strict_requests import STORABLE, StrictRoute

router = APIRouter(
    prefix="/secretariat",
    tags=["lists"],
    route_class=StrictRoute,
    responses={401: {"description": "the request carries no valid signature of an officer (RFC 9421)"}},
)
Kind = Annotated[str, Path(max_length=20, description="`person`, `session`, `certification` and so on.")]
Id = Annotated[str, Path(max_length=200, pattern=STORABLE)]


@router.get("/search", response_class=StreamingResponse)
def search(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    q: Annotated[str, Query(max_length=200, description="A name, code, number, hash, key or type of event.")],
    form: Form = "jsonl",
) -> Response:
    """Return what a text finds: at most 20 of each kind, and nothing of what the officer may not read."""
    require_any(sender, OFFICERS)
    return file_of(hits(office.ledger, q, reader_of(sender)), form, language_of(request))


@router.get("/history/{kind}/{one_id}", response_class=StreamingResponse)
def told(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    kind: Kind,
    one_id: Id,
    form: Form = "jsonl",
    known_on: KnownOn = None,
) -> Response:
    """Return every entry about a person or a thing, in words, with its signatures, each verified now."""
    _require_may_read(sender, kind)
    language, reader = language_of(request), reader_of(sender)
    with asked():
        answer = timeline(office.ledger, kind, one_id, language, known_on=known_on, reader=reader)
    return file_of(answer, form, language)


@router.get("/history/{kind}/{one_id}/facts", response_class=StreamingResponse)
def facts(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    kind: Kind,
    one_id: Id,
    form: Form = "jsonl",
    on: Annotated[date | None, Query(description="The day on which it was true.")] = None,
    known_on: KnownOn = None,
    with_on: Annotated[date | None, Query(description="Compare with what was true on this day.")] = None,
) -> Response:
    """Return what was true of a person or a thing on a day, or what differed on two days."""
    _require_may_read(sender, kind)
    reader = reader_of(sender)
    with asked():
        answer = true_on(office.ledger, kind, one_id, on=on, known_on=known_on, with_on=with_on, reader=reader)
    return file_of(answer, form, language_of(request))


def _require_may_read(sender: SignedRequest, kind: str) -> None:
    require_any(sender, PAST.get(kind, OFFICERS))
