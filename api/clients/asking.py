"""Asking a register, over HTTP, what it says of something presented: a document in any form, or a table of numbers."""

from __future__ import annotations

from contextlib import closing
from datetime import date

import msgspec

from api.clients.fetching import Exchanges
from ledger.domain.standing import Status
from ledger.verdict import Check, CheckResult, Verdict, VerificationReport
from ledger.words import Words

JSON, CSV = "application/json", "text/csv"
MOST_ASKED = 4 * 1024 * 1024  # of an answer: a table of a thousand numbers, with room
HOPS = "Max-Forwards"  # RFC 9110, 7.6.2: a register that is asked with 0 asks no other


def table(register: str, data: bytes, day: date) -> bytes:
    """The table of numbers that comes back with the results. Raises OSError when none does."""
    return _answer(register, data, day, {"Content-Type": CSV, "Accept": CSV})


def report(register: str, data: bytes, day: date, hops: int = 1) -> VerificationReport:
    """What the register at an address says of one document. Raises OSError when it says nothing.

    ``hops`` is how many registers after it may be asked in turn.
    """
    headers = {"Content-Type": "application/octet-stream", "Accept": JSON, HOPS: str(hops)}
    try:
        found = msgspec.json.decode(_answer(register, data, day, headers), type=_Told)
    except msgspec.DecodeError as error:
        raise OSError(f"{register}: it answers no report ({error})") from None
    checks = (
        Check(
            number=c.number,
            code=c.code,
            title=Words(c.title_en, c.title_fr),
            result=c.result,
            detail=Words(c.detail_en, c.detail_fr),
        )
        for c in found.checks
    )
    return VerificationReport(
        verdict=found.verdict,
        checks=tuple(checks),
        number=found.number,
        holder=found.holder,
        status=found.status,
        day=found.day,
        stated=None,
    )


def _answer(register: str, data: bytes, day: date, headers: dict[str, str]) -> bytes:
    url = f"{register.rstrip('/')}/verify?on={day}"
    with closing(Exchanges(most=MOST_ASKED)) as exchanges:
        status, body = exchanges.send(exchanges.request("POST", url, content=data, headers=headers))
    if status != 200:
        raise OSError(f"{register} answers {status}: {body.decode(errors='replace')[:300]}")
    return body


class _ToldCheck(msgspec.Struct, frozen=True):
    number: int
    code: str
    title_en: str
    title_fr: str
    result: CheckResult
    detail_en: str
    detail_fr: str


class _Told(msgspec.Struct, frozen=True):
    verdict: Verdict
    checks: list[_ToldCheck]
    number: str | None
    holder: str | None
    status: Status | None
    day: date
