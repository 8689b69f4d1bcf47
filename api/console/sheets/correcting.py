"""Correcting a signed sheet: its assessor hands in another one with the reason, and a moderator countersigns it."""

from collections.abc import Mapping
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Annotated, get_args

import msgspec
from fastapi import Path as InPath
from fastapi import Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from api.console.application import Console, console_of, visitor_of
from api.console.page import page
from api.console.routing import router
from api.console.sheets.own import Cell, Own, Sheet, own_sheets
from api.console.sheets.reading import reading
from api.console.sheets.sent import FIELDS, key_in, levels_in, text_in, to_review
from api.pages import language_of
from api.secretariat.filing import file
from api.secretariat.proposals import new_id, proposal
from api.words.names import name_of
from api.words.vocabulary import CODES
from ledger.domain.decisions.assessment import CorrectionReason, SupersedeScoreSheet, may_not_moderate
from ledger.domain.record import Role
from ledger.domain.refusal import Refused

corrections = router()
Session = Annotated[str, InPath(max_length=64)]
Id = Annotated[str, Query(max_length=64)]


@corrections.get("/workshops/{session}/sheets/correct", name="sheets.correct")
def correct(request: Request, session: Session, candidacy: Id, activity: Id) -> Response:
    """The signed sheet as it is, and a form for another one in its place."""
    own, sheet = _signed(request, session, (candidacy, activity))
    return _page(request, session, own, sheet)


@corrections.post("/workshops/{session}/sheets/correct", name="sheets.corrected")
async def corrected(request: Request, session: Session) -> Response:
    """File the new sheet, and lead to where it is signed."""
    form = await request.form(max_fields=FIELDS, max_files=0)
    return await run_in_threadpool(_file, request, session, form)


def _file(request: Request, session: str, form: FormData) -> Response:
    cell = text_in(form, "candidacy"), text_in(form, "activity")
    own, sheet = _signed(request, session, cell)
    levels, key, officer = levels_in(form), key_in(form), visitor_of(request).officer
    entered = {name: text_in(form, name) for name in ("reason_code", "reason", "moderator")}
    inbox = console_of(request).office.inbox
    try:
        wanted = proposal(
            "supersede-score-sheet",
            officer.person_id,
            entered["moderator"],
            candidacy_id=sheet.candidacy,
            old_sheet_id=sheet.signed,
            sheet_id=new_id(),
            commitment={"name": "levels", "value": levels},
            reason_code=entered["reason_code"],
            reason={"name": "reason", "value": entered["reason"]} if entered["reason"] else None,
        )
        item, _ = file(inbox, officer, wanted, key, msgspec.json.encode([cell, sorted(levels.items()), entered]))
    except Refused as refused:
        return _page(request, session, own, sheet, sheet.with_levels(levels), refused, entered)
    inbox.sync()
    return to_review([item.number])


def _signed(request: Request, session: str, cell: Cell) -> tuple[Own, Sheet]:
    """Return the visitor's own sheets, with the signed one of a cell. Raises ``Refused``."""
    console, language = console_of(request), language_of(request)
    own = own_sheets(console, session, visitor_of(request).person, language, "candidate")
    sheet = own.sheet(cell)
    if sheet is None or sheet.signed is None:
        raise Refused("unknown", kind="score sheet", id="/".join(cell)[:64])
    return own, sheet


def _page(
    request: Request,
    session: str,
    own: Own,
    signed: Sheet,
    shown: Sheet | None = None,
    refused: Refused | None = None,
    entered: Mapping[str, str] = MappingProxyType({}),
) -> Response:
    console, language = console_of(request), language_of(request)
    return page(
        request,
        "sheet-correction.html",
        status=200 if refused is None else 422,
        refused=None if refused is None else refused.words.into(language),
        session=session,
        sheet=shown or signed,
        signed=signed.lines,
        rubric=own.levels,
        waiting=_waiting(console, signed),
        reasons=[(code, CODES[code].into(language)) for code in get_args(CorrectionReason)],
        moderators=_moderators(console, session, signed.candidacy),
        entered=entered,
        key=token_urlsafe(16),
    )


def _waiting(console: Console, signed: Sheet) -> int | None:
    """Return the number of a correction of this sheet that waits for signatures."""
    for item in console.office.inbox.waiting():
        command = item.proposal.command
        if isinstance(command, SupersedeScoreSheet) and command.old_sheet_id == signed.signed:
            return item.number
    return None


def _moderators(console: Console, session: str, candidacy_id: str) -> list[tuple[str, str]]:
    """Return who may countersign, by name."""
    ledger = console.office.ledger
    read = reading(ledger, session)
    candidacy = read.candidacy(candidacy_id)
    found = [one for one in ledger.holders(Role.MODERATOR) if may_not_moderate(one, candidacy, read) is None]
    return sorted(((one, name_of(one, read) or one) for one in found), key=lambda pair: (pair[1], pair[0]))
