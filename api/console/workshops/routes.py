"""The pages of workshops: each reads the record as it is, and files what belongs together as one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

import msgspec
from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.access.sessions import Kind
from api.console.application import console_of, visitor_of
from api.console.certifications.views import past_of
from api.console.commands.views import record_of
from api.console.filed import file_form, filed, key_in, new_key, why_not
from api.console.page import page
from api.console.permissions import RULES
from api.console.routing import ENTRIES, PREFIX, router
from api.console.sheets.reading import with_levels
from api.console.workshops import calling, nominating, selection
from api.console.workshops.nominating import Facts, Nomination
from api.console.workshops.pages import Errors, Id, address, posted, signer, workshop_of, workshop_page
from api.console.workshops.staff import ASSIGNING, staff
from api.console.workshops.standing import FIND, Line, Workshop, finding, lines
from api.console.workshops.waiting import pending
from api.pages import language_of
from api.problems import WrongInput
from api.secretariat.endings import FILING
from api.secretariat.filing import NotTogether, file_together
from api.secretariat.importing.matching import Known
from api.secretariat.proposals import Proposal, proposal
from api.words.record import Record, language_name
from ledger.domain.record import ROLE_LABELS, Role, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError
from ledger.words import Words

workshops = router()
ALIKE = ("scheme_id", "scheme_version", "title_en", "title_fr", "place", "language", "funder")
"""What a workshop is likely to have in common with the one before it."""
NO_REGISTRAR = Words("Choose who signs.", "Choisissez qui signe.")


@workshops.get("/workshops", name="workshops.list")
def listed(request: Request) -> Response:
    """Every workshop: when, where, under which version, how far its candidates are, and what is next."""
    ledger = console_of(request).office.ledger
    record, visitor = record_of(console_of(request)), visitor_of(request)
    ids = ledger.ids_of("session")
    found = lines(ids, with_levels(ledger, ids), ledger.now().date())
    is_member = Role.SELECTION_PANEL in visitor.roles
    opens = RULES["workshops.one"].allows(visitor.roles)
    own = {one.nominated.session_id for one in record.read.candidacies_of(visitor.person)}
    return page(
        request,
        "workshops.html",
        workshops=found,
        findings=dict(selection.missing(console_of(request).office, visitor.person)) if is_member else {},
        finding=finding,
        opens=opens,
        own=own,
        plan=_plan(found) if FILING & visitor.roles else "",
        roles=visitor.roles,
        trains=[one.id for one in found if record.read.is_among(visitor.person, one.session.facilitators)],
        scores=[one.id for one in found if record.read.is_among(visitor.person, one.session.assessors)],
        role_labels=ROLE_LABELS,
    )


def _plan(known: Sequence[Line]) -> str:
    """Return where a workshop is planned: with what it may have in common with the latest."""
    plan = known[0].session.planned if known else None
    same = {} if plan is None else {name: getattr(plan, name) for name in ALIKE}
    return f"{PREFIX}/commands/plan-session?{urlencode(same)}"


@workshops.get("/workshops/{session_id}", name="workshops.one")
def one(request: Request, session_id: Id) -> Response:
    """One workshop: its plan, its people, where each candidate stands, what waits for whom, and its history."""
    return _one(request, session_id, {})


@workshops.post("/workshops/{session_id}/staff", name="workshops.assign")
async def assign(request: Request, session_id: Id) -> Response:
    """Assign a facilitator or an assessor."""
    return await posted(request, _assign, session_id)


def _assign(request: Request, form: FormData, session_id: str) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    role, _, person = str(form.get("assign", "")).partition(":")
    if role not in ASSIGNING:
        raise WrongInput("assign", "expected somebody of the list", "une personne de la liste est attendue")
    manager = signer(request, Role.PROGRAMME_MANAGER, workshop)

    def make() -> list[Proposal]:
        return [proposal(ASSIGNING[Role(role)], manager, session_id=session_id, person_id=person)]

    try:
        return filed(request, file_form(request, form, make), address(session_id))
    except NotTogether as refused:
        return _one(request, session_id, {person: refused.refusals[0]})


def _one(request: Request, session_id: str, refused: Mapping[str, Refused | LedgerError]) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = workshop_of(request, session_id, record)
    # The ranking says what candidates achieved, and a certificate that waits says that it was granted.
    sees_results = RULES["workshops.ranking"].allows(visitor.roles)
    waiting = pending(console.office.inbox, workshop, record, visitor.person)
    to_find = selection.to_find(console.office, visitor, session_id)
    return workshop_page(
        request,
        "workshop.html",
        workshop,
        {person: why_not(error, workshop.names) for person, error in refused.items()},
        language_name=language_name(workshop.session.planned.language),
        steps=(*finding(len(to_find)), *workshop.steps()),
        step_of={one.id: FIND if one.id in to_find else workshop.step_of(one) for one in workshop.candidates},
        staff=staff(workshop, record, console.office.ledger.now()),
        pending=[item for item in waiting if sees_results or item.is_open],
        past=past_of(console, record, Stream("session", session_id), language_of(request), workshop.names)
        if sees_results
        else (),
        key=new_key(),
    )


@workshops.get("/workshops/{session_id}/nominate", name="workshops.nominate")
def nominate(request: Request, session_id: Id) -> Response:
    """The form on which somebody is nominated."""
    record = record_of(console_of(request))
    workshop = workshop_of(request, session_id, record)
    nomination = Nomination(dict(request.query_params), workshop, record, visitor_of(request).person)
    return _nomination_page(request, workshop, nomination, new_key())


@workshops.post("/workshops/{session_id}/nominate", name="workshops.nominated")
async def nominated(request: Request, session_id: Id) -> Response:
    """Nominate somebody, once it is known who they are."""
    return await posted(request, _nominate, session_id)


@workshops.post("/workshops/{session_id}/call", name="workshops.call")
async def call(request: Request, session_id: Id) -> Response:
    """Write to contact points, who nominate on their own page."""
    return await posted(request, _call, session_id)


def _call(request: Request, form: FormData, session_id: str) -> Response:
    ledger, record = console_of(request).office.ledger, record_of(console_of(request))
    workshop, day = workshop_of(request, session_id, record), str(form.get("until", ""))
    known = {one.person for one in calling.contacts(ledger, record, session_id)}
    chosen = [one for one in map(str, form.getlist("called")) if one in known]
    if errors := calling.wrong(workshop, day, chosen):
        nomination = Nomination({}, workshop, record, visitor_of(request).person)
        return _nomination_page(request, workshop, nomination, new_key(), errors, until=day, ticked=chosen)
    numbers = _state_call(request, workshop, record, day, chosen)
    calling.call(ledger, session_id, day, chosen)
    return filed(request, numbers, f"{address(session_id)}/nominate#call")


def _state_call(request: Request, workshop: Workshop, record: Record, day: str, chosen: Sequence[str]) -> list[int]:
    """File the statement on a call, for a programme manager to sign, unless it was made or waits."""
    office = console_of(request).office
    waiting = [item.proposal.command for item in office.inbox.waiting()]
    administrations = calling.stated(workshop, record, waiting, day, chosen)
    if not administrations:
        return []
    manager = signer(request, Role.PROGRAMME_MANAGER, workshop)
    made = proposal(
        "issue-call-for-nominations",
        manager,
        session_id=workshop.id,
        administrations=administrations,
        until=date.fromisoformat(day),
    )
    asked = msgspec.json.encode([workshop.id, day, administrations])
    try:
        return file_together(office.inbox, office.ledger, visitor_of(request).officer, lambda: [made], new_key(), asked)
    except NotTogether as refused:
        raise next(iter(refused.refusals.values())) from None


def _nominate(request: Request, form: FormData, session_id: str) -> Response:
    console, record = console_of(request), record_of(console_of(request))
    workshop, key = workshop_of(request, session_id, record), key_in(form)
    texts = {name: str(text) for name, text in form.multi_items()}
    nomination = Nomination(texts, workshop, record, visitor_of(request).person)
    is_right = nomination.check()
    if not nomination.registrar or not is_right:
        wrong = {path: words for form in nomination.forms for path, words in form.errors.items()}
        missing = {} if nomination.registrar else {"registrar": NO_REGISTRAR}
        return _nomination_page(request, workshop, nomination, key, wrong | missing)
    found = nominating.alike(nomination, workshop, console.office.ledger, console.office.inbox.waiting())
    others = [known for known in found if known.person_id != nomination.made["person_id"]]
    who = texts.get("who", "") if others else nominating.NEW
    if who not in (nominating.NEW, *(known.person_id for known in others)):
        return _nomination_page(request, workshop, nomination, key, others=others)
    try:
        return filed(request, file_form(request, form, lambda: nomination.proposals(who)), address(session_id))
    except NotTogether as refused:
        error = why_not(next(iter(refused.refusals.values())), workshop.names)
    except (Refused, Conflict) as failed:
        error = why_not(failed, workshop.names)
    return _nomination_page(request, workshop, nomination, new_key(), {"": error}, others=others, who=who)


def _nomination_page(
    request: Request,
    workshop: Workshop,
    nomination: Nomination,
    key: str,
    errors: Errors | None = None,
    *,
    others: Sequence[Known] = (),
    who: str = "",
    until: str = "",
    ticked: Collection[str] | None = None,
) -> Response:
    row, office = nomination.row, console_of(request).office
    contacts = calling.contacts(office.ledger, record_of(console_of(request)), workshop.id)
    return workshop_page(
        request,
        "workshop-nominate.html",
        workshop,
        errors or {},
        action=f"{address(workshop.id)}/nominate",
        nomination=nomination,
        fields=list(nomination.fields),
        labels={place: calling.LABEL if place in calling.INPUTS else nomination.label(place) for place in errors or ()},
        own=Facts.of(row.identity, (row.administration,)),
        others=[(one.person_id, Facts.of(one.identity, one.administrations, one)) for one in others],
        who=who,
        contacts=contacts if workshop.session.planned.start > workshop.today else [],
        sends_mail=office.sends_mail,
        until=until,
        ticked={one.person for one in contacts if one.until is None} if ticked is None else ticked,
        member_page=f"{office.base_url}{ENTRIES[Kind.MEMBER]}",
        key=key,
    )
