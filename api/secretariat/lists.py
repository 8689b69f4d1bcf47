"""Lists over HTTP, for officers who sign their requests: the same as ``pca-ledger list`` writes."""

from collections.abc import Iterable
from datetime import date
from threading import Lock
from typing import Annotated, ClassVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from api.lists.catalogue import Answer, ask, listing_of, seen_by
from api.lists.formats import MEDIA_TYPES, Format, Unavailable, chunks
from api.lists.listing import Table, Unasked, filtered
from api.lists.own_case import without_own
from api.lists.recomputed import CHANGES, STEPS, recomputed, under
from api.pages import POSITION, language_of
from api.problems import WrongInput
from api.secretariat.authentication import FromOfficer, SignedRequest
from api.secretariat.http import InBoth
from api.secretariat.office import OfOffice
from api.strict_requests import StrictRoute
from ledger.domain.refusal import Refused
from ledger.words import Language, Words

MOST_FILTERS = 10
IN_PATH = ("list", "candidacy", "scheme", "version")  # what the address names: nothing is there, rather than wrong
_turn = Lock()  # a question reads much of the log, and two at once would need twice the memory


class NotListed(Refused):
    """Refusals to answer a question."""

    texts: ClassVar = {
        "role-not-held": Words(
            "{person} holds none of the roles that may see this: {roles}",
            "{person} n’exerce aucune des fonctions qui y donnent accès\u00a0: {roles}",
        ),
        "unknown": Words("{says}", "{says}"),
    }


class ColumnOfList(BaseModel, frozen=True):
    """A column: its name in files, its label for people, and what its cells hold."""

    name: str
    label: InBoth
    kind: str


class ListOfRegister(BaseModel, frozen=True):
    """A list that the officer may see; ``days`` is the number that it takes, null if it takes none."""

    name: str
    title: InBoth
    about: InBoth
    columns: list[ColumnOfList]
    days: int | None


class Lists(BaseModel, frozen=True):
    """Every list that the officer may see."""

    lists: list[ListOfRegister]


Form = Annotated[Format, Query(alias="format", description="The form of the file.")]
Filters = Annotated[
    list[str] | None,
    Query(alias="filter", max_length=MOST_FILTERS, description="`COLUMN=VALUE`: only rows with this value."),
]
router = APIRouter(
    prefix="/secretariat",
    tags=["lists"],
    route_class=StrictRoute,
    responses={401: {"description": "the request carries no valid signature of an officer (RFC 9421)"}},
)


@router.get("/lists")
def lists(sender: FromOfficer) -> Lists:
    """Return the lists that the officer may see, with their columns."""
    return Lists(
        lists=[
            ListOfRegister(
                name=listing.name,
                title=listing.title,
                about=listing.about,
                columns=[ColumnOfList(name=c.name, label=c.label, kind=c.kind) for c in listing.columns],
                days=listing.days,
            )
            for listing in seen_by(sender.officer.roles)
        ]
    )


@router.get("/lists/{name}", response_class=StreamingResponse)
def list_of(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    name: str,
    form: Form = "jsonl",
    filters: Filters = None,
    on: Annotated[date | None, Query(description="The day that the list is about.")] = None,
    known_on: Annotated[date | None, Query(description="As known by the end of this day.")] = None,
    days: Annotated[int | None, Query(description="For the lists that take a number of days.")] = None,
) -> Response:
    """Return a list as a file. What it says is confidential: only some roles may see it."""
    try:
        _require_may_see(sender, listing_of(name))
        with _turn:
            answer = ask(office.ledger, name, on=on, known_on=known_on, days=days, filters=_wanted(filters))
    except Unasked as error:
        raise _wrong(error) from None
    return _file(without_own(answer, sender.person, office.ledger.read()), form, language_of(request))


@router.get("/candidacies/{subject}/recomputed", response_class=StreamingResponse)
def recompute(request: Request, sender: FromOfficer, office: OfOffice, subject: str, form: Form = "jsonl") -> Response:
    """Return the steps to the result of a candidacy, by its id or certificate number, computed again."""
    _require_may_see(sender, STEPS)
    try:
        with _turn:
            answer, _ = recomputed(office.ledger, subject, sender.person)
    except Unasked as error:
        raise _wrong(error) from None
    return _file(answer, form, language_of(request))


@router.get("/schemes/{scheme_id}/versions/{number}/what-if", response_class=StreamingResponse)
def what_if(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    scheme_id: str,
    number: str,
    form: Form = "jsonl",
    filters: Filters = None,
) -> Response:
    """Return what a version of a scheme, a draft too, would have changed in past workshops. Nothing is written."""
    _require_may_see(sender, CHANGES)
    try:
        with _turn:
            found = under(office.ledger, scheme_id, number)
        answer = Answer(found.table, filtered(found.rows, found.table, _wanted(filters)), found.position)
        answer = without_own(answer, sender.person, office.ledger.read())
    except Unasked as error:
        raise _wrong(error) from None
    return _file(answer, form, language_of(request))


def _require_may_see(sender: SignedRequest, table: Table) -> None:
    if not table.roles & sender.officer.roles:
        raise NotListed("role-not-held", person=sender.person, roles=tuple(sorted(table.roles)))


def _wanted(filters: Iterable[str] | None) -> dict[str, str]:
    found = {}
    for text in filters or ():
        name, mark, value = text.partition("=")
        if not mark or name.strip() in found:
            en, fr = "expected COLUMN=VALUE, once for a column", "COLONNE=VALEUR attendu, une fois par colonne"
            raise WrongInput("filter", en, fr)
        found[name.strip()] = value
    return found


def _wrong(error: Unasked) -> Exception:
    if error.field in IN_PATH:
        return NotListed("unknown", says=error.words)
    return WrongInput(error.field, *error.words)


def _file(answer: Answer, form: Format, language: Language) -> Response:
    try:
        parts = chunks(answer, form, language)
    except Unavailable as error:
        raise WrongInput("format", *error.words) from None
    headers = {
        POSITION: str(answer.position),
        "Ledger-Left-Out": str(answer.left_out),
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{answer.table.name}.{form}"',
    }
    return StreamingResponse(parts, 200, headers, MEDIA_TYPES[form])
