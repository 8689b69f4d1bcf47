"""Requests to a register to check a document in any form, or a table of numbers."""

from contextlib import closing
from datetime import date

import msgspec

from api.clients.fetching import Exchanges
from ledger import strict_json
from ledger.domain.certificate_status import CertificateStatus
from ledger.errors import Unreachable
from ledger.status_on import StatusOn
from ledger.verdict import Check, CheckResult, Read, Verdict, VerificationReport
from ledger.words import Words

JSON, CSV = "application/json", "text/csv"
MOST_ASKED = 4 * 1024 * 1024  # of a response: a table of a thousand numbers, and more
MOST_SHOWN = 300  # characters of another's text
HOPS = "Max-Forwards"  # RFC 9110, 7.6.2: with 0 a register forwards to no other


def table(register: str, data: bytes, day: date) -> bytes:
    """Returns the table of numbers with the results. Raises OSError when there is none."""
    return _answer(register, data, day, {"Content-Type": CSV, "Accept": CSV})


def report(register: str, data: bytes, day: date, hops: int = 1) -> VerificationReport:
    """Returns the report of the register at an address on one document. Raises OSError when it gives none.

    ``hops`` is how many more registers may be asked in turn.
    """
    headers = {"Content-Type": "application/octet-stream", "Accept": JSON, HOPS: str(hops)}
    try:
        reply = strict_json.decode(_answer(register, data, day, headers), _ReportReply)
    except ValueError as error:
        raise Unreachable(
            f"{register}: it answers no report ({error})", f"{register} : la réponse n’est pas un rapport ({error})"
        ) from None
    checks = tuple(
        Check(
            number=c.number,
            code=c.code,
            title=Words(c.title_en, c.title_fr),
            result=c.result,
            detail=Words(c.detail_en, c.detail_fr),
        )
        for c in reply.checks
    )
    standing = (
        None
        if reply.status is None
        else StatusOn(
            status=reply.status,
            day=reply.day,
            since=reply.since,
            until=reply.until,
            superseded_by=reply.superseded_by,
        )
    )
    return VerificationReport(
        verdict=reply.verdict,
        sentence=Words(reply.sentence_en, reply.sentence_fr),
        checks=checks,
        read=reply.read,
        number=reply.number,
        holder=reply.holder,
        standing=standing,
        day=reply.day,
        stated=None,
    )


def _answer(register: str, data: bytes, day: date, headers: dict[str, str]) -> bytes:
    url = f"{register.rstrip('/')}/verify?on={day}"
    with closing(Exchanges(most=MOST_ASKED)) as exchanges:
        status, body = exchanges.send(exchanges.request("POST", url, content=data, headers=headers))
    if status != 200:
        raise Unreachable(
            f"{register} answers {status}{_detail(body)}", f"{register} : réponse {status}{_detail(body)}"
        )
    return body


def _detail(body: bytes) -> str:
    """Returns what a problem document says, fit to be shown; nothing of any other text."""
    try:
        detail = msgspec.json.decode(body, type=_ProblemReply).detail
    except msgspec.DecodeError:
        return ""
    return ": " + "".join(character for character in detail if character.isprintable())[:MOST_SHOWN]


class _ProblemReply(msgspec.Struct, frozen=True):
    detail: str


class _CheckReply(msgspec.Struct, frozen=True):
    number: int
    code: str
    title_en: str
    title_fr: str
    result: CheckResult
    detail_en: str
    detail_fr: str


class _ReportReply(msgspec.Struct, frozen=True):
    verdict: Verdict
    sentence_en: str
    sentence_fr: str
    checks: list[_CheckReply]
    read: Read | None
    number: str | None
    holder: str | None
    status: CertificateStatus | None
    since: date | None
    until: date | None
    superseded_by: str | None
    day: date
