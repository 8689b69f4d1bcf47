"""The pages of workshops: each reads the record as it is, and files what belongs together as one."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

from fastapi import Path, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.certifications.views import past_of
from api.console.commands.views import record_of
from api.console.forms.record import Record, language_name, term_labels
from api.console.forms.typed import MAX_TEXTS
from api.console.page import page
from api.console.permissions import RULES
from api.console.routing import PREFIX, router
from api.console.workshops import memo, nominating, results, selection
from api.console.workshops.filed import file_form, filed, key_in, new_key, why_not
from api.console.workshops.nominating import Facts, Nomination
from api.console.workshops.staff import ASSIGNING, staff
from api.console.workshops.standing import Stage, Workshop, lines
from api.console.workshops.waiting import of_candidates, pending
from api.pages import language_of
from api.problems import WrongInput
from api.secretariat.endings import FILING
from api.secretariat.filing import NotTogether
from api.secretariat.importing.matching import Known
from api.secretariat.proposals import Proposal, proposal
from api.words.vocabulary import CODES, DETAILS
from ledger.domain.decisions import require
from ledger.domain.record import ROLE_LABELS, Role, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, LedgerError
from ledger.words import Words

workshops = router()
Id = Annotated[str, Path(max_length=64)]
Errors = Mapping[str, Words]
"""What is wrong, by candidacy; under the empty text what concerns the whole."""
TABS = (
    ("workshops.one", "", Words("Overview", "Vue d’ensemble")),
    ("workshops.nominate", "/nominate", Words("Nominate", "Désigner")),
    ("workshops.selection", "/selection", Words("Selection", "Sélection")),
    ("workshops.ranking", "/ranking", Words("Results and ranking", "Résultats et classement")),
    ("workshops.memo", "/memo", Words("Decision memo", "Note de décision")),
)
"""The pages of a workshop: the route that decides who opens it, its address, and its label."""
NOBODY_CHOSEN = Words("Choose one candidate or more.", "Choisissez au moins une personne candidate.")
NO_SECOND = Words("Choose who signs with you.", "Choisissez qui signe avec vous.")
NO_REGISTRAR = Words("Choose who signs.", "Choisissez qui signe.")
NO_DAY = Words("Enter the day from which it counts.", "Indiquez la date d’effet.")


@workshops.get("/workshops", name="workshops.list")
def listed(request: Request) -> Response:
    """Every workshop: when, where, under which version, how far its candidates are, and what is next."""
    ledger = console_of(request).office.ledger
    record, visitor = record_of(console_of(request)), visitor_of(request)
    found = lines(ledger.ids_of("session"), record.read, ledger.now().date())
    opens = RULES["workshops.one"].allows(visitor.roles)
    own = {one.nominated.session_id for one in record.read.candidacies_of(visitor.person)}
    return page(
        request,
        "workshops.html",
        workshops=found,
        opens=opens,
        own=own,
        plans=bool(FILING & visitor.roles),
        roles=visitor.roles,
        role_labels=ROLE_LABELS,
    )


@workshops.get("/workshops/{session_id}", name="workshops.one")
def one(request: Request, session_id: Id) -> Response:
    """One workshop: its plan, its people, where each candidate stands, what waits for whom, and its history."""
    return _one(request, session_id, {})


@workshops.post("/workshops/{session_id}/staff", name="workshops.assign")
async def assign(request: Request, session_id: Id) -> Response:
    """Assign a facilitator or an assessor."""
    return await _posted(request, _assign, session_id)


def _assign(request: Request, form: FormData, session_id: str) -> Response:
    role, _, person = str(form.get("assign", "")).partition(":")
    if role not in ASSIGNING:
        raise WrongInput("assign", "expected somebody of the list", "une personne de la liste est attendue")
    manager = _signer(request, Role.PROGRAMME_MANAGER)

    def make() -> list[Proposal]:
        return [proposal(ASSIGNING[Role(role)], manager, session_id=session_id, person_id=person)]

    try:
        return filed(request, file_form(request, form, make), _address(session_id))
    except NotTogether as refused:
        return _one(request, session_id, {person: refused.refusals[0]})


def _one(request: Request, session_id: str, refused: Mapping[str, Refused | LedgerError]) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = _workshop(request, session_id, record)
    return _page(
        request,
        "workshop.html",
        workshop,
        {person: why_not(error, workshop.names) for person, error in refused.items()},
        language_name=language_name(workshop.session.planned.language),
        staff=staff(workshop, record),
        pending=pending(console.office.inbox, workshop, visitor.person),
        past=past_of(console, record, Stream("session", session_id), language_of(request)),
        key=new_key(),
    )


@workshops.get("/workshops/{session_id}/nominate", name="workshops.nominate")
def nominate(request: Request, session_id: Id) -> Response:
    """The form on which somebody is nominated."""
    record = record_of(console_of(request))
    workshop = _workshop(request, session_id, record)
    nomination = Nomination(dict(request.query_params), workshop, record, visitor_of(request).person)
    return _nomination_page(request, workshop, nomination, new_key())


@workshops.post("/workshops/{session_id}/nominate", name="workshops.nominated")
async def nominated(request: Request, session_id: Id) -> Response:
    """Nominate somebody, once it is known who they are."""
    return await _posted(request, _nominate, session_id)


def _nominate(request: Request, form: FormData, session_id: str) -> Response:
    console, record = console_of(request), record_of(console_of(request))
    workshop, key = _workshop(request, session_id, record), key_in(form)
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
        return filed(request, file_form(request, form, lambda: nomination.proposals(who)), _address(session_id))
    except NotTogether as refused:
        error = why_not(next(iter(refused.refusals.values())), workshop.names)
    except Refused as refusal:
        error = why_not(refusal, workshop.names)
    return _nomination_page(request, workshop, nomination, key, {"": error}, others=others, who=who)


def _nomination_page(
    request: Request,
    workshop: Workshop,
    nomination: Nomination,
    key: str,
    errors: Errors | None = None,
    *,
    others: Sequence[Known] = (),
    who: str = "",
) -> Response:
    row = nomination.row
    return _page(
        request,
        "workshop-nominate.html",
        workshop,
        errors or {},
        nomination=nomination,
        own=Facts.of(row.identity, (row.administration,)),
        others=[(one.person_id, Facts.of(one.identity, one.administrations, one)) for one in others],
        who=who,
        key=key,
    )


@workshops.get("/workshops/{session_id}/selection", name="workshops.selection")
def select(request: Request, session_id: Id) -> Response:
    """The selection as a grid of candidates and criteria."""
    return _selection_page(request, session_id, {}, {}, new_key())


@workshops.post("/workshops/{session_id}/selection", name="workshops.selected")
async def selected(request: Request, session_id: Id) -> Response:
    """File the findings of one panel member, for a second one to sign."""
    return await _posted(request, _select, session_id)


def _select(request: Request, form: FormData, session_id: str) -> Response:
    workshop = _workshop(request, session_id, record_of(console_of(request)))
    texts = {name: str(text) for name, text in form.multi_items()}
    findings, errors = selection.entered(texts, workshop)
    second = texts.get("second", "")
    errors |= {"": NOBODY_CHOSEN} if not findings else {} if second else {"": NO_SECOND}
    people = (visitor_of(request).person, second)
    chosen = list(findings)
    return _filed_for(
        request,
        form,
        workshop,
        chosen,
        errors,
        lambda: selection.proposals(findings, people),
        f"{_address(session_id)}/selection",
        lambda wrong: _selection_page(request, session_id, texts, wrong, key_in(form)),
    )


def _selection_page(
    request: Request, session_id: str, entered: Mapping[str, str], errors: Errors, key: str
) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = _workshop(request, session_id, record)
    rows = selection.grid(workshop, console.office.inbox, console.office.ledger.vault, visitor.person)
    decides = Role.SELECTION_PANEL in visitor.roles
    return _page(
        request,
        "workshop-selection.html",
        workshop,
        errors,
        to_decide=[row for row in rows if row.candidate.stage is Stage.NOMINATED and row.number is None],
        waiting=[row for row in rows if row.number is not None],
        decided=[row for row in rows if row.candidate.stage is not Stage.NOMINATED],
        criteria=term_labels(workshop.version.criteria),
        detail_labels=DETAILS,
        seconds=_others(record, Role.SELECTION_PANEL, workshop, visitor.person) if decides else {},
        decides=decides,
        entered=entered,
        key=key,
    )


@workshops.get("/workshops/{session_id}/ranking", name="workshops.ranking")
def ranking(request: Request, session_id: Id) -> Response:
    """Outcomes and ranking, with the trace of the rule: why each is what it is."""
    return _ranking_page(request, session_id, {}, new_key())


@workshops.post("/workshops/{session_id}/close", name="workshops.close")
async def close(request: Request, session_id: Id) -> Response:
    """Close the workshop."""
    return await _posted(request, _close, session_id)


def _close(request: Request, form: FormData, session_id: str) -> Response:
    workshop = _workshop(request, session_id, record_of(console_of(request)))
    manager = _signer(request, Role.PROGRAMME_MANAGER)
    return _filed_for(
        request,
        form,
        workshop,
        [""],
        {},
        lambda: [proposal("close-session", manager, session_id=session_id)],
        f"{_address(session_id)}/ranking",
        lambda wrong: _ranking_page(request, session_id, wrong, key_in(form)),
    )


@workshops.post("/workshops/{session_id}/ranking", name="workshops.compute")
async def compute(request: Request, session_id: Id) -> Response:
    """Compute the outcome of each candidate, and the ranking on top."""
    return await _posted(request, _compute, session_id)


def _compute(request: Request, form: FormData, session_id: str) -> Response:
    workshop = _workshop(request, session_id, record_of(console_of(request)))
    registrar = _signer(request, Role.REGISTRAR)
    missing = [one.id for one in workshop.attending if one.candidacy.outcome is None]
    return _filed_for(
        request,
        form,
        workshop,
        [*missing, ""],
        {},
        lambda: [
            *(proposal("compute-outcome", registrar, candidacy_id=one) for one in missing),
            proposal("compute-ranking", registrar, session_id=session_id),
        ],
        f"{_address(session_id)}/ranking",
        lambda wrong: _ranking_page(request, session_id, wrong, key_in(form)),
    )


def _ranking_page(request: Request, session_id: str, errors: Errors, key: str) -> Response:
    ledger, record = console_of(request).office.ledger, record_of(console_of(request))
    workshop = _workshop(request, session_id, record)
    found = results.ranking_of(ledger, session_id)
    return _page(
        request,
        "workshop-ranking.html",
        workshop,
        errors,
        ranking=found,
        results=results.results(workshop, found),
        rule=CODES[workshop.version.decision_rule],
        sealed=[one for one in workshop.attending if any(s.levels is None for s in one.candidacy.live_sheets)],
        key=key,
    )


@workshops.get("/workshops/{session_id}/memo", name="workshops.memo")
def decision_memo(request: Request, session_id: Id) -> Response:
    """What the decision authority decides on, on one page to be printed."""
    return _memo_page(request, session_id, {}, {}, new_key())


@workshops.post("/workshops/{session_id}/memo", name="workshops.decide")
async def decide(request: Request, session_id: Id) -> Response:
    """File decisions on certification, for two of the decision authority to sign."""
    return await _posted(request, _decide, session_id)


def _decide(request: Request, form: FormData, session_id: str) -> Response:
    workshop = _workshop(request, session_id, record_of(console_of(request)))
    texts = {name: str(text) for name, text in form.multi_items()}
    offered = {one.id for one in memo.undecided(workshop)}
    chosen = [one for one in map(str, form.getlist("candidacy")) if one in offered]
    second, day = texts.get("second", ""), texts.get("effective_from", "")
    whole = [NOBODY_CHOSEN] * (not chosen) + [NO_SECOND] * (not second) + [NO_DAY] * (not day)
    people = (visitor_of(request).person, second)
    return _filed_for(
        request,
        form,
        workshop,
        chosen,
        {"": whole[0]} if whole else {},
        lambda: memo.proposals(chosen, day, people),
        f"{_address(session_id)}/memo",
        lambda wrong: _memo_page(request, session_id, texts | dict.fromkeys(chosen, "on"), wrong, key_in(form)),
    )


@workshops.post("/workshops/{session_id}/certificates", name="workshops.issue")
async def issue(request: Request, session_id: Id) -> Response:
    """Issue the certificates of all who were granted the certification."""
    return await _posted(request, _issue, session_id)


def _issue(request: Request, form: FormData, session_id: str) -> Response:
    workshop = _workshop(request, session_id, record_of(console_of(request)))
    registrar = _signer(request, Role.REGISTRAR)
    granted = [one.id for one in workshop.at(Stage.GRANTED)]
    return _filed_for(
        request,
        form,
        workshop,
        granted,
        {},
        lambda: [proposal("issue-certificate", registrar, certification_id=one) for one in granted],
        f"{_address(session_id)}/memo",
        lambda wrong: _memo_page(request, session_id, {}, wrong, key_in(form)),
    )


def _memo_page(request: Request, session_id: str, entered: Mapping[str, str], errors: Errors, key: str) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = _workshop(request, session_id, record)
    ledger = console.office.ledger
    found = results.results(workshop, results.ranking_of(ledger, session_id))
    inbox = console.office.inbox
    decisions = memo.decisions(workshop, found, inbox, visitor.person)
    decides, files = Role.DECISION_AUTHORITY in visitor.roles, bool(FILING & visitor.roles)
    issuing = of_candidates(inbox, workshop, "issue-certificate")
    return _page(
        request,
        "workshop-memo.html",
        workshop,
        errors,
        results=found,
        decisions=decisions,
        trainers=sorted(workshop.names[one] for one in workshop.session.facilitators),
        separation=memo.separation(workshop),
        deciders=memo.deciders(workshop, record, ledger.now()),
        to_file=[d.result.candidate for d in decisions if d.number is None and d.result.candidate.stage is Stage.RANKED]
        if decides
        else [],
        to_sign=[item.number for item in issuing.values() if visitor.person in item.people],
        to_issue=[one for one in workshop.at(Stage.GRANTED) if one.id not in issuing] if files else [],
        seconds=_others(record, Role.DECISION_AUTHORITY, workshop, visitor.person),
        entered=entered,
        key=key,
    )


def _page(request: Request, template: str, workshop: Workshop, errors: Errors, **context: Any) -> Response:
    """Return a page of a workshop, with the others that the visitor can open."""
    roles = visitor_of(request).roles
    tabs = [(label, _address(workshop.id) + path) for route, path, label in TABS if RULES[route].allows(roles)]
    return page(
        request,
        template,
        status=422 if errors else 200,
        workshop=workshop,
        errors=errors,
        called={one.id: one.name for one in workshop.candidates},
        roles=roles,
        role_labels=ROLE_LABELS,
        files=bool(FILING & roles),
        tabs=tabs,
        **context,
    )


async def _posted(request: Request, handle: Callable[[Request, FormData, str], Response], session_id: str) -> Response:
    form = await request.form(max_fields=MAX_TEXTS, max_files=0)
    return await run_in_threadpool(handle, request, form, session_id)


def _filed_for(
    request: Request,
    form: FormData,
    workshop: Workshop,
    places: list[str],
    errors: Errors,
    make: Callable[[], list[Proposal]],
    otherwise: str,
    again: Callable[[Errors], Response],
) -> Response:
    """File a statement for each place, or show the page ``again`` with what is wrong: at which place, in words."""
    if errors:
        return again(errors)
    try:
        return filed(request, file_form(request, form, make), otherwise)
    except NotTogether as refused:
        return again({places[n]: why_not(error, workshop.names) for n, error in refused.refusals.items()})
    except (Refused, Conflict) as error:
        return again({"": why_not(error, workshop.names)})


def _workshop(request: Request, session_id: str, record: Record) -> Workshop:
    """Return a workshop. Raises ``Refused`` when there is none, and for its candidates, who see nothing of it."""
    require.session(session_id, record.read)
    require.no_candidate(visitor_of(request).person, session_id, record.read)
    return Workshop.of(session_id, record, console_of(request).office.ledger.now().date())


def _signer(request: Request, role: Role) -> str:
    """Return who signs in a role: the visitor if they hold it, or the first officer who does. Raises ``Refused``."""
    visitor = visitor_of(request)
    if role in visitor.roles:
        return visitor.person
    holders = console_of(request).office.ledger.holders(role)
    if not holders:
        raise Refused("role-not-held", person=visitor.person, role=role)
    return holders[0]


def _others(record: Record, role: Role, workshop: Workshop, person: str) -> dict[str, str]:
    """Return who else holds a role, by name."""
    holders = [one for one in record.holders(role) if not record.read.is_among(one, [person])]
    return {one: workshop.names[one] for one in sorted(holders, key=lambda one: workshop.names[one].casefold())}


def _address(session_id: str) -> str:
    return f"{PREFIX}/workshops/{session_id}"
