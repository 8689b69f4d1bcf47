"""The page of a contact point about missions: to ask for one, to answer a release, to rate what was received."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import Form, Request
from starlette.responses import RedirectResponse, Response

from api.console.access.sessions import Kind
from api.console.application import Console, console_of, visitor_of
from api.console.commands.views import record_of
from api.console.filed import new_key
from api.console.holders.views import asked_by
from api.console.members import missions, views
from api.console.page import page
from api.console.routing import ENTRIES, router
from api.secretariat.filing import NotTogether, file_once
from api.secretariat.proposals import Proposal
from api.words.of_missions import DOMAINS
from api.words.record import Record
from ledger.domain.events.advisor import AdviceDomain, MissionMode

member_missions = router()
HOME = f"{ENTRIES[Kind.MEMBER]}/missions"
Id = Annotated[str, Form(max_length=64)]
Key = Annotated[str, Form(max_length=64)]
Rating = Annotated[Literal["", "1", "2", "3", "4", "5"], Form()]


@member_missions.get("/member/missions", name="members.missions")
def home(request: Request) -> Response:
    """The missions of one's administration, and the releases that it has to answer."""
    console, person = console_of(request), visitor_of(request).person
    return page(
        request,
        "member-missions.html",
        own=missions.own(console, record_of(console), person),
        asked=asked_by(console, views.filer(person)),
        domains=DOMAINS.items(),
        languages=missions.LANGUAGES_ASKED,
        modes=missions.MODES,
        rated=missions.RATED,
        key=new_key(),
    )


@member_missions.post("/member/missions/request", name="members.request-mission")
def request_mission(
    request: Request,
    administration_id: Id,
    topic: Annotated[AdviceDomain, Form()],
    start: Annotated[date, Form()],
    end: Annotated[date, Form()],
    language: Annotated[str, Form(max_length=2)],
    mode: Annotated[MissionMode, Form()],
    key: Key,
) -> Response:
    """File a request for a mission; sent twice, it waits once."""
    given = {"topic": topic, "start": start, "end": end, "language": language, "mode": mode}
    return _file(
        request,
        lambda office, record, who: missions.request(office, record, who, administration_id, given),
        key,
        [administration_id, given],
    )


@member_missions.post("/member/missions/release", name="members.release")
def answer_release(
    request: Request, mission_id: Id, person_id: Id, said: Annotated[Literal["granted", "refused"], Form()], key: Key
) -> Response:
    """File the answer on a release."""
    granted = said == "granted"
    return _file(
        request,
        lambda office, record, who: missions.release(office, record, who, mission_id, person_id, granted=granted),
        key,
        [mission_id, person_id, said],
    )


@member_missions.post("/member/missions/feedback", name="members.feedback")
def give_feedback(
    request: Request,
    mission_id: Id,
    key: Key,
    audit_efficiency: Rating = "",
    risk_identification: Rating = "",
    resource_allocation: Rating = "",
    trade_compliance: Rating = "",
) -> Response:
    """File the ratings of a mission that was received."""
    given = (audit_efficiency, risk_identification, resource_allocation, trade_compliance)
    ratings = {name: int(rating) for (name, _), rating in zip(missions.RATED, given, strict=True) if rating}
    return _file(
        request,
        lambda office, record, who: missions.feedback(office, record, who, mission_id, ratings),
        key,
        [mission_id, ratings],
    )


def _file(request: Request, make: Callable[[Console, Record, str], Proposal], key: str, said: Any) -> Response:
    """File what a contact point says for a registrar to sign. Raises ``Refused``, as the rules do."""
    console, person = console_of(request), visitor_of(request).person
    inbox, ledger = console.office.inbox, console.office.ledger
    proposals = lambda: [make(console, record_of(console), person)]  # noqa: E731 - it is made once the key is new
    try:
        file_once(inbox, ledger, views.filer(person), proposals, key, repr([request.url.path, said]).encode())
    except NotTogether as error:
        raise error.refusals[0] from None
    inbox.sync()
    return RedirectResponse(f"{HOME}#asked", 303)
