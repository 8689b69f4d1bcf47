"""The page of a contact point, the form on which they nominate, and what becomes of it."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

import msgspec
from fastapi import Form, Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.console.access.entering import add_entry
from api.console.access.sessions import Kind
from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.filed import key_in, new_key, why_not
from api.console.holders.routes import withdraw_own
from api.console.holders.views import asked_by, registrar_for
from api.console.members import views
from api.console.page import page
from api.console.refusals import ConsoleRefusal
from api.console.routing import ENTRIES, router
from api.console.workshops import calling, nominating
from api.console.workshops.nominating import Nomination
from api.console.workshops.standing import Workshop
from api.secretariat.filing import NotTogether, file_once
from api.secretariat.importing.matching import Known
from api.secretariat.proposals import Proposal
from api.words.record import territory
from ledger.domain.decisions.invitation import RecordAnswer
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.words import Words, day_in_words

members = router()
HOME = f"{ENTRIES[Kind.MEMBER]}/me"
Code = Annotated[str, Path(max_length=8)]
Id = Annotated[str, Path(max_length=64)]
SETTLED_ELSEWHERE = Words(
    "the secretariat must settle first who this is: write to them, with the name and the address",
    "le Secrétariat doit d’abord établir de qui il s’agit : écrivez-lui, avec le nom et l’adresse",
)
add_entry(members, Kind.MEMBER, "members")


@members.get("/member/me", name="members.home")
def home(request: Request) -> Response:
    """The people of one's administration, and what one filed."""
    console, person = console_of(request), visitor_of(request).person
    own = views.own(console, record_of(console), person)
    deadlines, asked = calling.deadlines(console.office.ledger, person), asked_by(console, views.filer(person))
    today = console.office.ledger.now().date()
    return page(request, "member.html", own=own, deadlines=deadlines, today=today, asked=asked)


@members.post("/member/withdraw", name="members.withdraw")
def withdraw(request: Request, number: Annotated[int, Form(ge=1, le=2**53)]) -> Response:
    """Withdraw what one filed, while it waits."""
    withdraw_own(request, views.filer(visitor_of(request).person), number)
    return RedirectResponse(f"{HOME}#asked", 303)


@members.post("/member/answer", name="members.answer")
def answer(
    request: Request,
    candidacy_id: Annotated[str, Form(max_length=64)],
    said: Annotated[Literal["accepted", "declined"], Form()],
) -> Response:
    """File the answer to an invitation for a registrar to sign; given twice, it waits once."""
    console, person = console_of(request), visitor_of(request).person
    office, filer = console.office, views.filer(person)

    def make() -> list[Proposal]:
        waiting = [item.proposal.command for item in office.inbox.waiting()]
        if any(isinstance(one, RecordAnswer) and one.candidacy_id == candidacy_id for one in waiting):
            return []
        return [views.answer(console, record_of(console), person, candidacy_id, said == "accepted")]

    try:
        file_once(office.inbox, office.ledger, filer, make, new_key(), f"{candidacy_id}/{said}".encode())
    except NotTogether as error:
        raise error.refusals[0] from None
    office.inbox.sync()
    return RedirectResponse(f"{HOME}#asked", 303)


@members.get("/member/nominate/{administration_id}/{session_id}", name="members.nominate")
def nominate(request: Request, administration_id: Code, session_id: Id) -> Response:
    """The form on which one's administration nominates somebody."""
    workshop, nomination = _nomination(request, administration_id, session_id, {})
    return _page(request, administration_id, workshop, nomination, new_key())


@members.post("/member/nominate/{administration_id}/{session_id}", name="members.nominated")
async def nominated(request: Request, administration_id: Code, session_id: Id) -> Response:
    """File a nomination for a registrar to sign."""
    async with request.form(max_files=0, max_fields=50) as form:
        return await run_in_threadpool(_nominate, request, administration_id, session_id, form)


def _nominate(request: Request, administration_id: str, session_id: str, form: FormData) -> Response:
    office, person, key = console_of(request).office, visitor_of(request).person, key_in(form)
    texts = {name: str(text) for name, text in form.multi_items()}
    workshop, nomination = _nomination(request, administration_id, session_id, texts)
    if not nomination.check():
        wrong = {path: words for each in nomination.forms for path, words in each.errors.items()}
        return _page(request, administration_id, workshop, nomination, key, wrong)
    found = nominating.alike(nomination, workshop, office.ledger, office.inbox.waiting())
    others = [known for known in found if known.person_id != nomination.made["person_id"]]
    if any(administration_id not in known.administrations for known in others):  # of whom nothing is shown here
        return _page(request, administration_id, workshop, nomination, key, {"": SETTLED_ELSEWHERE})
    who = texts.get("who", "") if others else nominating.NEW
    if who not in (nominating.NEW, *(known.person_id for known in others)):
        return _page(request, administration_id, workshop, nomination, key, others=others)
    asked = msgspec.json.encode([request.url.path, sorted(texts.items())])
    try:
        make = lambda: nomination.proposals(who)  # noqa: E731 - it is made once the key is known to be new
        file_once(office.inbox, office.ledger, views.filer(person), make, key, asked)
    except NotTogether as refused:
        error = why_not(next(iter(refused.refusals.values())), {})
    except (Refused, Conflict) as failed:
        error = why_not(failed, {})
    else:
        office.inbox.sync()
        return RedirectResponse(f"{HOME}#asked", 303)
    return _page(request, administration_id, workshop, nomination, new_key(), {"": error}, others=others, who=who)


def _nomination(
    request: Request, administration_id: str, session_id: str, texts: Mapping[str, str]
) -> tuple[Workshop, Nomination]:
    console, person = console_of(request), visitor_of(request).person
    record, ledger = record_of(console), console.office.ledger
    views.require_own(console, record, person, administration_id, session_id)
    until = calling.deadlines(ledger, person).get(session_id)
    if until is not None and until < ledger.now().date():
        raise ConsoleRefusal("call-over", day=day_in_words(until))
    workshop = Workshop.of(session_id, record, record.read, ledger.now().date())
    fixed = {"administration_id": administration_id, "registrar": registrar_for(ledger, person)}
    return workshop, Nomination({**texts, **fixed}, workshop, record, person)


def _page(
    request: Request,
    administration_id: str,
    workshop: Workshop,
    nomination: Nomination,
    key: str,
    errors: Mapping[str, Words] | None = None,
    *,
    others: Sequence[Known] = (),
    who: str = "",
) -> Response:
    known = [(one.person_id, ", ".join([*one.identity.names[:1], *one.identity.emails[:1]])) for one in others]
    return page(
        request,
        "member-nominate.html",
        status=422 if errors else 200,
        administration=territory(administration_id),
        action=f"{ENTRIES[Kind.MEMBER]}/nominate/{administration_id}/{workshop.id}",
        workshop=workshop,
        nomination=nomination,
        fields=[field for field in nomination.fields if field[2] != "administration_id"],
        errors=errors or {},
        labels={place: nomination.label(place) for place in errors or ()},
        others=known,
        who=who,
        key=key,
    )
