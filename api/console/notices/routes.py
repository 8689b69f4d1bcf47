"""The pages of notices. They read the outbox itself, and decide as the commands do."""

from contextlib import suppress
from typing import Annotated, Literal, NamedTuple

from fastapi import Path as InPath
from fastapi import Query, Request
from starlette.responses import RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.names import with_names
from api.console.page import page
from api.console.routing import PREFIX, router
from api.notices import letters
from api.notices.kinds import KINDS, STATES, TO_DECIDE, WAITING, Kind, Notice, State
from api.notices.outbox import Outbox
from api.pages import register_of
from api.strict_requests import STORABLE
from api.words.names import name_of
from ledger.domain.refusal import Refused
from ledger.errors import Unfit
from ledger.reading import Draft
from ledger.words import LANGUAGES, Words

notices = router()
HOME = f"{PREFIX}/notices"
SHOWN: dict[str, tuple[State, ...]] = {
    "decide": tuple(TO_DECIDE),
    "waiting": (State.SENDING, *WAITING),
    "all": tuple(State),
}
DECIDED = Words(
    "Nothing was changed: there is no such notice, or it needs no decision any more.",
    "Rien n’a changé : cet avis n’existe pas, ou n’appelle plus de décision.",
)
Id = Annotated[str, InPath(max_length=64, pattern=STORABLE)]


class Line(NamedTuple):
    """A notice, by the name of who gets it."""

    notice: Notice
    name: str
    kind: Words
    state: Words
    is_to_decide: bool


@notices.get("/notices", name="notices.list")
def listed(request: Request, show: Annotated[Literal["decide", "waiting", "all"], Query()] = "decide") -> Response:
    """What was not sent, what waits, or everything."""
    return _list(request, show)


@notices.get("/notices/preview/{kind}", name="notices.preview")
def preview(request: Request, kind: Kind) -> Response:
    """What a notice of a kind says, in both languages, to somebody who is made up."""
    register = register_of(request)
    made = [letters.preview(register, kind, language) for language in LANGUAGES]
    return page(request, "notice.html", kind=kind, title=KINDS[kind], letters=made)


@notices.post("/notices/{notice}/resend", name="notices.resend")
def resend(request: Request, notice: Id) -> Response:
    """Send a notice again, of which it is not known that it arrived."""
    ledger = console_of(request).office.ledger
    _require_not_own(request, notice)
    try:
        Outbox(ledger).resend(notice, ledger.now())
    except Unfit:
        return _list(request, "decide", DECIDED)
    return RedirectResponse(f"{HOME}?show=waiting", 303)


@notices.post("/notices/{notice}/close", name="notices.close")
def close(request: Request, notice: Id) -> Response:
    """Do nothing more about a notice."""
    ledger = console_of(request).office.ledger
    _require_not_own(request, notice)
    try:
        Outbox(ledger).close(notice, ledger.now())
    except Unfit:
        return _list(request, "decide", DECIDED)
    return RedirectResponse(HOME, 303)


def _list(request: Request, show: str, wrong: Words | None = None) -> Response:
    ledger = console_of(request).office.ledger
    outbox = Outbox(ledger)
    found = outbox.listed(SHOWN[show])
    read = with_names(ledger, {one.person_id for one in found})
    own = _own_case(visitor_of(request).person, read)
    lines = [
        Line(one, name_of(one.person_id, read) or one.person_id, KINDS[one.kind], STATES[one.state],
             one.state in TO_DECIDE)
        for one in found
        if not read.is_among(one.person_id, own)
    ]  # fmt: skip
    counts = {name: outbox.count(states) for name, states in SHOWN.items()}
    status = 200 if wrong is None else 422
    left_out = len(found) - len(lines)
    return page(
        request,
        "notices.html",
        status=status,
        show=show,
        lines=lines,
        counts=counts,
        kinds=KINDS,
        wrong=wrong,
        left_out=left_out,
    )


def _own_case(person: str, read: Draft) -> set[str]:
    """Return a person, and everybody who was nominated for a workshop with them."""
    workshops = {own.nominated.session_id for own in read.candidacies_of(person)}
    return {person} | {one.nominated.person_id for each in workshops for one in read.candidacies_in(each)}


def _require_not_own(request: Request, notice_id: str) -> None:
    """Refuse whoever would decide whether they, or those who competed with them, are told a result."""
    ledger, person = console_of(request).office.ledger, visitor_of(request).person
    read = ledger.read()
    with suppress(Unfit):  # there is none
        if read.is_among(Outbox(ledger).get(notice_id).person_id, _own_case(person, read)):
            raise Refused("own-case", person=person)
