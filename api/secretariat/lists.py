"""Lists over HTTP, for officers who sign their requests: the same as ``pca-ledger list`` writes."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from threading import Lock
from typing import Annotated, Any, ClassVar

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel
from starlette.responses import Response, StreamingResponse

from api.lists.catalogue import Answer, ask, differing, listing_of, seen_by
from api.lists.formats import MEDIA_TYPES, Format, Unavailable, chunks
from api.lists.listing import Unasked
from api.lists.readers import Reader
from api.lists.recomputed import CHANGES, STEPS, recomputed, under
from api.pages import POSITION, language_of
from api.problems import WrongInput
from api.secretariat.authentication import FromOfficer, SignedRequest
from api.secretariat.http import InBoth
from api.secretariat.office import OfOffice
from api.strict_requests import StrictRoute
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.words import Language, Words

MOST_FILTERS = 10
IN_PATH = (
    "list",
    "candidacy",
    "scheme",
    "version",
    "kind",
)  # what the address names: nothing is there, rather than wrong
turn = Lock()  # a question reads much of the log, and two at once would need twice the memory


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
KnownOn = Annotated[date | None, Query(description="As known by the end of this day.")]
WithKnownOn = Annotated[date | None, Query(description="Compare with what was known by the end of this day.")]
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
    known_on: KnownOn = None,
    days: Annotated[int | None, Query(description="For the lists that take a number of days.")] = None,
    with_on: Annotated[date | None, Query(description="Compare with the list on this day.")] = None,
    with_known_on: WithKnownOn = None,
) -> Response:
    """Return a list as a file, or the rows that only one of two days has. Only some roles may see it."""
    chosen: dict[str, Any] = {"reader": reader_of(sender), "days": days, "filters": _wanted(filters)}
    with asked():
        require_any(sender, listing_of(name).roles)
        with turn:
            answer = ask(office.ledger, name, on=on, known_on=known_on, **chosen)
            if with_on is not None or with_known_on is not None:
                answer = differing(answer, ask(office.ledger, name, on=with_on, known_on=with_known_on, **chosen))
    return file_of(answer, form, language_of(request))


@router.get("/candidacies/{subject}/recomputed", response_class=StreamingResponse)
def recompute(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    subject: str,
    form: Form = "jsonl",
    known_on: KnownOn = None,
) -> Response:
    """Return the steps to the result of a candidacy, by its id or certificate number, computed again."""
    require_any(sender, STEPS.roles)
    with asked(), turn:
        answer, _ = recomputed(office.ledger, subject, reader_of(sender), known_on)
    return file_of(answer, form, language_of(request))


@router.get("/schemes/{scheme_id}/versions/{number}/what-if", response_class=StreamingResponse)
def what_if(
    request: Request,
    sender: FromOfficer,
    office: OfOffice,
    scheme_id: str,
    number: str,
    form: Form = "jsonl",
    filters: Filters = None,
    known_on: KnownOn = None,
) -> Response:
    """Return what a version of a scheme, a draft too, would have changed in past workshops. Nothing is written."""
    require_any(sender, CHANGES.roles)
    wanted = _wanted(filters)
    with asked(), turn:
        answer = under(office.ledger, scheme_id, number, reader_of(sender), known_on=known_on, filters=wanted)
    return file_of(answer, form, language_of(request))


def reader_of(sender: SignedRequest) -> Reader:
    """Return who asks, with the roles of this moment."""
    return Reader(sender.person, sender.officer.roles)


def require_any(sender: SignedRequest, roles: frozenset[Role]) -> None:
    """Require an officer to hold one of some roles. Raises ``NotListed``."""
    if not roles & sender.officer.roles:
        raise NotListed("role-not-held", person=sender.person, roles=tuple(sorted(roles)))


def _wanted(filters: Iterable[str] | None) -> dict[str, str]:
    found = {}
    for text in filters or ():
        name, mark, value = text.partition("=")
        if not mark or name.strip() in found:
            en, fr = "expected COLUMN=VALUE, once for a column", "COLONNE=VALEUR attendu, une fois par colonne"
            raise WrongInput("filter", en, fr)
        found[name.strip()] = value
    return found


@contextmanager
def asked() -> Iterator[None]:
    """Turn what is no question into a refusal, or into what is wrong with the request."""
    try:
        yield
    except Unasked as error:
        if error.field in IN_PATH:
            raise NotListed("unknown", says=error.words) from None
        raise WrongInput(error.field, *error.words) from None


def file_of(answer: Answer, form: Format, language: Language) -> Response:
    """Return an answer as a file."""
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
