"""The pages on what comes before and beside the assessment: the steps of candidates, an application, attendance."""

from contextlib import suppress
from datetime import date
from typing import Annotated

from fastapi import Path, Query, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import may_file, record_of
from api.console.filed import new_key
from api.console.routing import router
from api.console.workshops import preparing
from api.console.workshops.pages import Errors, Id, address, filed_for, posted, workshop_of, workshop_page
from api.console.workshops.preparing import link
from api.console.workshops.standing import Workshop
from api.lists.labels import CODES
from api.words.record import language_name, term_labels
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.words import Words

preparation = router()
NOTHING_NEW = Words(
    "Say of one candidate or more whether they were there, where it differs from what is recorded.",
    "Indiquez la présence d’au moins une personne candidate, si elle diffère de ce qui est enregistré.",
)


@preparation.get("/workshops/{session_id}/preparation", name="workshops.preparation")
def prepare(request: Request, session_id: Id) -> Response:
    """The steps of each candidate: done, missing, by when; the incidents, and the use of artificial intelligence."""
    visitor = visitor_of(request)
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    offered = ("report-incident", "declare-ai-use", "close-call-for-nominations")
    return workshop_page(
        request,
        "workshop-preparation.html",
        workshop,
        {},
        rows=preparing.prepared(workshop, visitor),
        uses=preparing.uses(workshop),
        code_labels=CODES,
        forms=[
            link(name, session_id=session_id)
            for name in offered
            if may_file(BY_COMMAND_NAME[name], visitor.officer)
            and (name != "close-call-for-nominations" or _call_is_open(workshop))
            and (name != "declare-ai-use" or not workshop.session.closed)
        ],
    )


def _call_is_open(workshop: Workshop) -> bool:
    session = workshop.session
    return session.call is not None and not session.call_closed and session.call.until < workshop.today


@preparation.get("/workshops/{session_id}/preparation/{candidacy_id}", name="workshops.application")
def application(request: Request, session_id: Id, candidacy_id: Annotated[str, Path(max_length=64)]) -> Response:
    """What one candidate handed in."""
    console, visitor = console_of(request), visitor_of(request)
    workshop = workshop_of(request, session_id, record_of(console))
    row = next((one for one in preparing.prepared(workshop, visitor) if one.candidate.id == candidacy_id), None)
    if row is None:
        raise Refused("unknown", kind="candidacy", id=candidacy_id)
    return workshop_page(
        request,
        "workshop-application.html",
        workshop,
        {},
        row=row,
        items=preparing.items(row.candidate, console.office.ledger.vault),
        returned=row.candidate.candidacy.preparation.returned,
        code_labels=CODES,
        language_name=language_name,
    )


@preparation.get("/workshops/{session_id}/attendance", name="workshops.attendance")
def attendance(
    request: Request,
    session_id: Id,
    day: Annotated[str, Query(max_length=10)] = "",
    activity: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """Who was there, on a day or in one activity of it."""
    return _attendance_page(request, session_id, day, activity, {}, {})


@preparation.post("/workshops/{session_id}/attendance", name="workshops.attended")
async def attended(request: Request, session_id: Id) -> Response:
    """File the attendance of many, for a facilitator to sign together."""
    return await posted(request, _attend, session_id)


def _attend(request: Request, form: FormData, session_id: str) -> Response:
    texts = {name: str(text) for name, text in form.multi_items()}
    day, activity = texts.get("day", ""), texts.get("activity", "")
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    chosen, part = _chosen(workshop, day, activity)
    entered = {name.removeprefix("at."): text for name, text in texts.items() if name.startswith("at.")}
    facilitator = _facilitator(request, workshop)
    rows = [] if chosen is None else preparing.sheet(workshop, chosen, part)
    made = [] if chosen is None else preparing.attendances(rows, entered, facilitator, chosen, part)
    return filed_for(
        request,
        form,
        workshop,
        [one.command.subject.id for one in made],
        {} if made else {"": NOTHING_NEW},
        lambda: made,
        f"{address(session_id)}/attendance?day={chosen}&activity={part or ''}",
        lambda wrong: _attendance_page(request, session_id, day, activity, entered, wrong),
    )


def _attendance_page(
    request: Request, session_id: str, day: str, activity: str, entered: dict[str, str], errors: Errors
) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    chosen, part = _chosen(workshop, day, activity)
    return workshop_page(
        request,
        "workshop-attendance.html",
        workshop,
        errors,
        days=preparing.days_of(workshop),
        day=chosen,
        part=part or "",
        activities=term_labels(workshop.version.activities),
        rows=[] if chosen is None else preparing.sheet(workshop, chosen, part),
        entered=entered,
        key=new_key(),
    )


def _chosen(workshop: Workshop, day: str, activity: str) -> tuple[date | None, str | None]:
    """Return the day and the activity that are asked for: the last day so far, and the whole of it."""
    days, known = preparing.days_of(workshop), {one.id for one in workshop.version.activities}
    chosen = days[-1] if days else None
    with suppress(ValueError):
        asked = date.fromisoformat(day)
        chosen = asked if asked in days else chosen
    return chosen, activity if activity in known else None


def _facilitator(request: Request, workshop: Workshop) -> str:
    """Return who signs: the visitor if they train in the workshop, or another who does. Raises ``Refused``."""
    person, read = visitor_of(request).person, workshop.read
    trains = sorted(workshop.session.facilitators)
    if read.is_among(person, trains):
        return person
    able = [one for one in trains if Role.FACILITATOR in read.officer(one).roles and read.officer(one).keys]
    if not able:
        raise Refused("facilitator-not-assigned", person=person, session=workshop.id)
    return able[0]
