"""The pages of score sheets: the assessor's own, and what registrars and moderators do once all are in."""

from collections.abc import Mapping
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Annotated

from fastapi import Form, Query, Request
from fastapi import Path as InPath
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

from api.console.application import console_of, visitor_of
from api.console.page import page
from api.console.permissions import RULES
from api.console.routing import PREFIX, router
from api.console.sheets import moderating, progress
from api.console.sheets.copies import WORKER_POLICY, let_copies_be_shown
from api.console.sheets.own import Order, own_sheets
from api.console.sheets.saving import Saved, recuse, save
from api.console.sheets.sent import FIELDS, key_in, levels_in, number_in, text_in, to_review
from api.pages import language_of, pages_of, wants_html
from api.secretariat.proposals import Proposal
from api.words.vocabulary import CODES
from ledger.domain.decisions import require
from ledger.domain.form import SEALED_CODES
from ledger.domain.record import Role
from ledger.domain.refusal import Refused

sheets = router()
Session = Annotated[str, InPath(max_length=64)]
OrderAsked = Annotated[Order, Query()]
Key = Annotated[str, Form(pattern=r"^[A-Za-z0-9_-]{16,64}$")]


@sheets.get("/workshops/{session}/sheets", name="sheets.queue")
def queue(request: Request, session: Session, order: OrderAsked = "candidate") -> Response:
    """All sheets that an assessor has to fill in, as forms of one page: it goes on working without a connection.

    Others are led to what they do about sheets.
    """
    console, visitor = console_of(request), visitor_of(request)
    read = console.office.ledger.read()
    is_assessor = read.is_among(visitor.person, require.session(session, read).assessors)
    if RULES["sheets.moderation"].allows(visitor.roles) and not (is_assessor and Role.ASSESSOR in visitor.roles):
        return RedirectResponse(f"{PREFIX}/workshops/{session}/moderation", 303)
    response = _queue(request, session, order)
    let_copies_be_shown(response, visitor.session, console.office.ledger.now())
    return response


def _queue(
    request: Request,
    session: str,
    order: Order,
    refused: Refused | None = None,
    declared: Mapping[str, str] = MappingProxyType({}),
    filled_in: Saved | None = None,
) -> Response:
    language, person = language_of(request), visitor_of(request).person
    own = own_sheets(console_of(request), session, person, language, order)
    if filled_in is not None:
        own = own.filled_in(filled_in.cell, filled_in.levels)
    return page(
        request,
        "sheets.html",
        status=200 if refused is None else 422,
        refused=None if refused is None else refused.words.into(language),
        session=session,
        person=person,
        order=order,
        own=own,
        declared=declared,
        filled_in=filled_in,
        next_of={sheet.anchor: own.sheets[(n + 1) % len(own.sheets)].anchor for n, sheet in enumerate(own.sheets)},
        reasons=[(code, CODES[code].into(language)) for code in SEALED_CODES["recusal_reason"]],
        new_key=lambda: token_urlsafe(16),
    )


@sheets.get("/sheets-worker.js", name="sheets.worker")
def worker(request: Request) -> Response:
    """The program that keeps a copy of the sheets, at an address above theirs: a browser asks here for a newer one."""
    found = pages_of(request).static.response("sheets-worker.js")
    assert found is not None
    found.headers["Content-Security-Policy"] = WORKER_POLICY
    return found


@sheets.post("/workshops/{session}/sheets", name="sheets.save")
async def save_sheet(request: Request, session: Session, order: OrderAsked = "candidate") -> Response:
    """File a sheet. A page that keeps sheets while the connection is away asks for JSON, others are led to the next."""
    form = await request.form(max_fields=FIELDS, max_files=0)
    return await run_in_threadpool(_save, request, session, order, form)


def _save(request: Request, session: str, order: Order, form: FormData) -> Response:
    sheet, key, visitor = _sheet_in(form), key_in(form), visitor_of(request)
    try:
        number = save(console_of(request), visitor.officer, sheet, key)
    except Refused as refused:
        if wants_html(request):
            return _queue(request, session, order, refused, filled_in=sheet)
        raise
    if not wants_html(request):
        response = JSONResponse({"number": number})
        let_copies_be_shown(response, visitor.session, console_of(request).office.ledger.now())
        return response
    own = own_sheets(console_of(request), session, visitor.person, language_of(request), order)
    following = own.following(sheet.cell)
    return _to_queue(session, order, "" if following is None else following.anchor)


@sheets.get("/workshops/{session}/sheets/sign", name="sheets.sign")
def sign(request: Request, session: Session) -> Response:
    """Lead to the review of what this assessor saved in the workshop, to be signed with one gesture."""
    own = own_sheets(console_of(request), session, visitor_of(request).person, language_of(request), "candidate")
    return to_review(own.waiting) if own.waiting else _to_queue(session, "candidate")


@sheets.post("/workshops/{session}/recuse", name="sheets.recuse")
def declare(
    request: Request,
    session: Session,
    candidacy: Annotated[str, Form(max_length=64)],
    reason_code: Annotated[str, Form(max_length=64)],
    key: Key,
    reason: Annotated[str, Form(max_length=4000)] = "",
) -> Response:
    """File the declaration of a conflict of interest, and lead to where it is signed."""
    officer = visitor_of(request).officer
    try:
        number = recuse(console_of(request), officer, candidacy, reason_code, reason.replace("\r\n", "\n").strip(), key)
    except Refused as refused:
        declared = {"candidacy": candidacy, "reason_code": reason_code, "reason": reason}
        return _queue(request, session, "candidate", refused, declared)
    return to_review([number])


@sheets.get("/workshops/{session}/moderation", name="sheets.moderation")
def moderation(request: Request, session: Session, cells: Annotated[str, Query(pattern="^(all|)$")] = "") -> Response:
    """What is missing before sheets are revealed; then the levels of revealed sheets beside each other."""
    return _moderation(request, session, all_cells=cells == "all")


def _moderation(
    request: Request,
    session: str,
    *,
    all_cells: bool,
    refused: str = "",
    entered: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    console, language = console_of(request), language_of(request)
    read, visitor = console.office.ledger.read(), visitor_of(request)
    version = read.scheme_version(require.session(session, read))
    require.no_candidate(visitor.person, session, read)
    cases = moderating.cases_of(console, session, language, all_cells=all_cells)
    moderates = Role.MODERATOR in visitor.roles
    return page(
        request,
        "moderation.html",
        status=422 if refused else 200,
        refused=refused,
        entered=entered,
        session=session,
        progress=progress.progress_of(console, session, language),
        required=version.assessors_per_cell,
        is_closed=read.session(session).closed,
        cases=cases,
        all_cells=all_cells,
        levels=[row.level for row in version.levels],
        reveals=Role.REGISTRAR in visitor.roles,
        moderates=moderates,
        bars=moderating.bars(cases, visitor.person, read) if moderates else {},
    )


@sheets.post("/workshops/{session}/reveal", name="sheets.reveal")
def reveal(request: Request, session: Session) -> Response:
    """File the reveal of every sheet that may be revealed, all or none, and lead to where they are signed together."""
    console, person = console_of(request), visitor_of(request).person
    read = console.office.ledger.read()
    require.session(session, read)
    require.no_candidate(person, session, read)
    inbox = console.office.inbox
    with inbox.desk.transaction():
        new, waiting = progress.reveals(console, session, person)
        numbers = [*waiting, *inbox.file(new, f"officer {person}", by=person)]
    return to_review(numbers) if numbers else RedirectResponse(f"{PREFIX}/workshops/{session}/moderation", 303)


@sheets.post("/workshops/{session}/moderation", name="sheets.moderate")
async def moderate(request: Request, session: Session) -> Response:
    """Show what moderated levels change; once that is confirmed, file them all or none, to be signed together."""
    form = await request.form(max_fields=FIELDS, max_files=0)
    return await run_in_threadpool(_moderate, request, session, form)


def _moderate(request: Request, session: str, form: FormData) -> Response:
    console, person, language = console_of(request), visitor_of(request).person, language_of(request)
    require.no_candidate(person, session, console.office.ledger.read())
    candidacy = text_in(form, "candidacy")
    cases = moderating.cases_of(console, session, language, all_cells=True)
    case = next((case for case in cases if case.candidacy == candidacy), None)
    if case is None:
        raise Refused("unknown", kind="candidacy", id=candidacy[:64])
    try:
        settled = _settled_in(form, case)
        proposals = moderating.moderations(candidacy, settled, person, language)
        read = console.office.ledger.read([d for one in proposals for d in one.disclosures])
        _require_allowed(request, proposals)
    except Refused as refused:
        entered = {name: str(text) for name, text in form.multi_items()}
        return _moderation(request, session, all_cells=True, refused=refused.words.into(language), entered=entered)
    if not settled:
        return RedirectResponse(f"{PREFIX}/workshops/{session}/moderation", 303)
    if "confirmed" not in form:
        effect = moderating.effect_of(read, candidacy, settled, language)
        titles = {(cell.activity, cell.competency): cell for cell in case.cells}
        return page(
            request,
            "moderation-effect.html",
            session=session,
            case=case,
            settled=[(titles[one.activity, one.competency], one) for one in settled],
            effect=effect,
            outcomes=[CODES[one].into(language) for one in effect.outcomes],
        )
    inbox = console.office.inbox
    with inbox.desk.transaction():
        again = moderating.cases_of(console, session, language, all_cells=True)
        open_cells = {cell.key for one in again if one.candidacy == candidacy for cell in one.cells if not cell.waiting}
        if not {f"{one.activity}.{one.competency}" for one in settled} <= open_cells:
            return RedirectResponse(f"{PREFIX}/workshops/{session}/moderation", 303)
        numbers = inbox.file(proposals, f"officer {person}", by=person)
    return to_review(numbers)


def _require_allowed(request: Request, proposals: list[Proposal]) -> None:
    """Ask the rules whether each could be recorded now. Raises ``Refused``."""
    ledger = console_of(request).office.ledger
    for one in proposals:
        ledger.prepare(one.command, one.signers, one.disclosures)


def _settled_in(form: FormData, case: moderating.Case) -> list[moderating.Settled]:
    settled = []
    for cell in case.cells:
        rationale, dissent = (text_in(form, f"{name}.{cell.key}") for name in ("rationale", "dissent"))
        level = number_in(form, f"level.{cell.key}")
        if level is not None:
            settled.append(moderating.Settled(cell.activity, cell.competency, level, rationale, dissent))
        elif rationale or dissent:
            raise moderating.NotSettled("level-missing", cell=cell.title)
    return settled


def _sheet_in(form: FormData) -> Saved:
    who, candidacy, activity = (text_in(form, name) for name in ("assessor", "candidacy", "activity"))
    return Saved(who, candidacy, activity, levels_in(form), number_in(form, "instead_of"))


def _to_queue(session: str, order: Order, anchor: str = "") -> Response:
    query = "" if order == "candidate" else f"?order={order}"
    return RedirectResponse(f"{PREFIX}/workshops/{session}/sheets{query}{'#' + anchor if anchor else ''}", 303)
