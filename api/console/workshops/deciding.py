"""The pages on which is decided: the selection, the results with their ranking, and the certifications."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date

from fastapi import Request
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import console_of, visitor_of
from api.console.commands.views import record_of
from api.console.filed import new_key
from api.console.routing import router
from api.console.workshops import memo, results, selection
from api.console.workshops.pages import (
    Errors,
    Id,
    address,
    filed_for,
    others_in,
    posted,
    signer,
    workshop_of,
    workshop_page,
)
from api.console.workshops.standing import Stage
from api.console.workshops.waiting import of_candidates
from api.secretariat.endings import FILING
from api.secretariat.proposals import proposal
from api.words.record import language_name, term_labels
from api.words.vocabulary import CODES, DETAILS
from ledger.domain.record import Role
from ledger.words import Words

decisions = router()
NOBODY_CHOSEN = Words("Choose one candidate or more.", "Choisissez au moins une personne candidate.")
NO_SECOND = Words("Choose who signs with you.", "Choisissez qui signe avec vous.")
NO_DAY = Words("Enter the day from which it counts.", "Indiquez la date d’effet.")


@decisions.get("/workshops/{session_id}/selection", name="workshops.selection")
def select(request: Request, session_id: Id) -> Response:
    """The selection as a grid of candidates and criteria."""
    return _selection_page(request, session_id, {}, {})


@decisions.post("/workshops/{session_id}/selection", name="workshops.selected")
async def selected(request: Request, session_id: Id) -> Response:
    """File decisions, for two members of the panel to sign."""
    return await posted(request, _select, session_id)


def _select(request: Request, form: FormData, session_id: str) -> Response:
    second = str(form.get("second", ""))
    return _file_selection(request, form, session_id, selection.DECIDE, (second,), {} if second else {"": NO_SECOND})


@decisions.post("/workshops/{session_id}/findings", name="workshops.found")
async def found(request: Request, session_id: Id) -> Response:
    """File the findings of one member of the panel, for that member to sign."""
    return await posted(request, _find, session_id)


def _find(request: Request, form: FormData, session_id: str) -> Response:
    return _file_selection(request, form, session_id, selection.RECORD, (), {})


def _file_selection(
    request: Request, form: FormData, session_id: str, command: str, others: tuple[str, ...], wrong: Errors
) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    texts = {name: str(text) for name, text in form.multi_items()}
    arguments, errors = selection.entered(texts, workshop, command)
    people = (visitor_of(request).person, *others)
    return filed_for(
        request,
        form,
        workshop,
        list(arguments),
        {**errors, **wrong} if arguments else {"": NOBODY_CHOSEN},
        lambda: selection.proposals(command, arguments, people),
        f"{address(session_id)}/selection",
        lambda wrong: _selection_page(request, session_id, texts, wrong, command),
    )


def _selection_page(
    request: Request, session_id: str, entered: Mapping[str, str], errors: Errors, wrong_in: str = ""
) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = workshop_of(request, session_id, record)
    rows = selection.grid(workshop, record, console.office, visitor)
    is_member = Role.SELECTION_PANEL in visitor.roles
    return workshop_page(
        request,
        "workshop-selection.html",
        workshop,
        errors,
        rows=rows,
        decided=[row for row in rows if row.candidate.stage is not Stage.NOMINATED],
        criteria=term_labels(workshop.version.criteria),
        detail_labels=DETAILS,
        language_name=language_name,
        seconds=others_in(record, Role.SELECTION_PANEL, workshop, visitor.person) if is_member else {},
        is_member=is_member,
        entered=entered,
        wrong_in=wrong_in,
        new_key=new_key,
    )


@decisions.get("/workshops/{session_id}/ranking", name="workshops.ranking")
def ranking(request: Request, session_id: Id) -> Response:
    """Outcomes and ranking, with the trace of the rule: why each is what it is."""
    return _ranking_page(request, session_id, {}, new_key())


@decisions.post("/workshops/{session_id}/close", name="workshops.close")
async def close(request: Request, session_id: Id) -> Response:
    """Close the workshop."""
    return await posted(request, _close, session_id)


def _close(request: Request, form: FormData, session_id: str) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    manager = signer(request, Role.PROGRAMME_MANAGER, workshop)
    return filed_for(
        request,
        form,
        workshop,
        [""],
        {},
        lambda: [proposal("close-session", manager, session_id=session_id)],
        f"{address(session_id)}/ranking",
        lambda wrong: _ranking_page(request, session_id, wrong, new_key()),
    )


@decisions.post("/workshops/{session_id}/ranking", name="workshops.compute")
async def compute(request: Request, session_id: Id) -> Response:
    """Compute the outcome of each candidate, and the ranking on top."""
    return await posted(request, _compute, session_id)


def _compute(request: Request, form: FormData, session_id: str) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    registrar = signer(request, Role.REGISTRAR, workshop)
    missing = [one.id for one in workshop.attending if one.candidacy.outcome is None]
    return filed_for(
        request,
        form,
        workshop,
        [*missing, ""],
        {},
        lambda: [
            *(proposal("compute-outcome", registrar, candidacy_id=one) for one in missing),
            proposal("compute-ranking", registrar, session_id=session_id),
        ],
        f"{address(session_id)}/ranking",
        lambda wrong: _ranking_page(request, session_id, wrong, new_key()),
    )


def _ranking_page(request: Request, session_id: str, errors: Errors, key: str) -> Response:
    ledger, record = console_of(request).office.ledger, record_of(console_of(request))
    workshop = workshop_of(request, session_id, record)
    found = results.ranking_of(ledger, session_id)
    return workshop_page(
        request,
        "workshop-ranking.html",
        workshop,
        errors,
        ranking=found,
        results=results.results(workshop, found),
        rule=CODES[workshop.version.decision_rule],
        undecided=[one for one in workshop.candidates if one.candidacy.undecided],
        sealed=[one for one in workshop.attending if any(s.levels is None for s in one.candidacy.live_sheets)],
        key=key,
    )


@decisions.get("/workshops/{session_id}/memo", name="workshops.memo")
def decision_memo(request: Request, session_id: Id) -> Response:
    """What the decision authority decides on, on one page to be printed."""
    return _memo_page(request, session_id, {}, {}, new_key())


@decisions.post("/workshops/{session_id}/memo", name="workshops.decide")
async def decide(request: Request, session_id: Id) -> Response:
    """File decisions on certification, for two of the decision authority to sign."""
    return await posted(request, _decide, session_id)


def _decide(request: Request, form: FormData, session_id: str) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    texts = {name: str(text) for name, text in form.multi_items()}
    offered = {one.id for one in memo.undecided(workshop)}
    chosen = [one for one in map(str, form.getlist("candidacy")) if one in offered]
    second, day = texts.get("second", ""), texts.get("effective_from", "")
    whole = [NOBODY_CHOSEN] * (not chosen) + [NO_SECOND] * (not second) + [NO_DAY] * (not _is_day(day))
    people = (visitor_of(request).person, second)
    return filed_for(
        request,
        form,
        workshop,
        chosen,
        {"": whole[0]} if whole else {},
        lambda: memo.proposals(chosen, day, people),
        f"{address(session_id)}/memo",
        lambda wrong: _memo_page(request, session_id, texts | dict.fromkeys(chosen, "on"), wrong, new_key()),
    )


def _is_day(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


@decisions.post("/workshops/{session_id}/certificates", name="workshops.issue")
async def issue(request: Request, session_id: Id) -> Response:
    """Issue the certificates of all who were granted the certification."""
    return await posted(request, _issue, session_id)


def _issue(request: Request, form: FormData, session_id: str) -> Response:
    workshop = workshop_of(request, session_id, record_of(console_of(request)))
    registrar = signer(request, Role.REGISTRAR, workshop)
    granted = [one.id for one in workshop.at(Stage.GRANTED)]
    return filed_for(
        request,
        form,
        workshop,
        granted,
        {},
        lambda: [proposal("issue-certificate", registrar, certification_id=one) for one in granted],
        f"{address(session_id)}/memo",
        lambda wrong: _memo_page(request, session_id, {}, wrong, new_key()),
    )


def _memo_page(request: Request, session_id: str, entered: Mapping[str, str], errors: Errors, key: str) -> Response:
    console, visitor, record = console_of(request), visitor_of(request), record_of(console_of(request))
    workshop = workshop_of(request, session_id, record)
    ledger = console.office.ledger
    found = results.results(workshop, results.ranking_of(ledger, session_id))
    inbox = console.office.inbox
    rows = memo.decisions(workshop, found, inbox, visitor.person)
    decides, files = Role.DECISION_AUTHORITY in visitor.roles, bool(FILING & visitor.roles)
    issuing = of_candidates(inbox, workshop, "issue-certificate")
    return workshop_page(
        request,
        "workshop-memo.html",
        workshop,
        errors,
        results=found,
        decisions=rows,
        trainers=sorted(workshop.names[one] for one in workshop.session.facilitators),
        separation=memo.separation(workshop),
        deciders=memo.deciders(workshop, record, ledger.now()),
        to_file=[d.result.candidate for d in rows if d.is_open] if decides else [],
        to_sign=[item.number for item in issuing.values() if visitor.person in item.people],
        to_issue=[one for one in workshop.at(Stage.GRANTED) if one.id not in issuing] if files else [],
        seconds=others_in(record, Role.DECISION_AUTHORITY, workshop, visitor.person),
        entered=entered,
        key=key,
    )
