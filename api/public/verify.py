"""Checking what somebody presents: a file, a picture of a QR code, a number, or many numbers at once.

Size, time and the number of checks at once are bounded. No address in what is presented is ever fetched; a peer's
register may be asked (:mod:`api.checking.peers`).
"""

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.checking import many, peers
from api.checking.peers import AttributedReport
from api.checking.presented import MAX_BYTES
from api.clients.asking import HOPS
from api.negotiation import JSON
from api.pages import language_of, page, pages_of, register_of, wants_html
from api.problems import WrongInput
from api.public.as_of import When
from api.public.slots import Slots
from ledger.domain.certificate_status import CertificateStatus
from ledger.verdict import RESULTS, Read, Verdict
from ledger.words import Language, Words

MAX_BODY_BYTES = MAX_BYTES + 64 * 1024  # with the other fields of a form and their separators
MAX_FIELDS = 8
router = APIRouter(
    tags=["verification"],
    max_body_size=MAX_BODY_BYTES,
    responses={
        413: {"description": f"more than {MAX_BODY_BYTES} bytes"},
        503: {"description": "too much is being checked, or it took too long: ask again after `Retry-After` seconds"},
    },
)
AT_ONCE, MANY_AT_ONCE = 4, 2  # a table takes none of the places of single checks
SECONDS, SECONDS_FOR_MANY = 15, 120
SECONDS_IN_LINE = 10  # until one of the running checks is done
CSV = "text/csv"
NOTHING = Words("a file, a picture, a text or a number", "un fichier, une image, un texte ou un numéro")
NO_FORM = Words(
    f"expected a complete form with one file and {MAX_FIELDS} fields at most",
    f"attendu : un formulaire complet, avec au plus un fichier et {MAX_FIELDS} champs",
)
_slots, _slots_for_many = Slots(AT_ONCE), Slots(MANY_AT_ONCE)


class CheckView(BaseModel, frozen=True):
    """One numbered check: ``result`` is passed, failed or unknown."""

    number: int
    code: str
    title_en: str
    title_fr: str
    result: str
    detail_en: str
    detail_fr: str


class ReportView(BaseModel, frozen=True):
    """What all checks say together, and each of them."""

    verdict: Verdict
    verdict_en: str
    verdict_fr: str
    sentence_en: str = Field(description="what it means and what to do")
    sentence_fr: str
    read: Read | None = Field(
        description="what was presented: of a number alone only what the register says of it was looked up, whatever "
        "paper it is on; null when it is nothing known"
    )
    number: str | None
    holder: str | None = Field(description="of a number alone, only with the holder's consent to be listed")
    status: CertificateStatus | None
    since: date | None = Field(description="the first day of that status")
    until: date | None = Field(description="its last day, where one is known")
    superseded_by: str | None
    day: date
    answered_by: str | None = Field(description="another body's register that was asked")
    checks: list[CheckView]


@router.get("/verify", response_class=Response)
async def form(
    request: Request,
    when: When,
    number: Annotated[
        str, Query(max_length=200, description="A certificate number, or the address of a certificate.")
    ] = "",
) -> Response:
    """The verification form; with a number, the result of its verification."""
    if number.strip():
        return await _answered(request, number.encode(), when.on)
    if wants_html(request):
        return page(request, "verify.html", report=None, translated=None)
    raise WrongInput("number", f"expected {NOTHING.en}", f"attendu : {NOTHING.fr}")


@router.post(
    "/verify",
    responses={200: {"model": ReportView, "content": {"text/html": {}, CSV: {}}}},
    openapi_extra={
        "requestBody": {
            "description": "A PDF, PNG, SVG, JSON, JWT or bundle of a certificate, a picture of its QR code, its "
            "number as text/plain; or many numbers as text/csv, which comes back with the results.",
            "content": {"application/octet-stream": {}, "multipart/form-data": {}, CSV: {}},
        }
    },
)
async def verify(request: Request, when: When) -> Response:
    """Verify a document sent as the body, or in the form fields `file` or `text`."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        data, media_type = await _from_form(request)
    else:
        data = await request.body()
    if not data.strip():
        raise WrongInput("file", f"expected {NOTHING.en}", f"attendu : {NOTHING.fr}")
    if media_type == CSV:
        register = register_of(request)
        results = await _slots_for_many.run(
            lambda patience: many.results(data, register, when.on, patience),
            waiting=SECONDS_IN_LINE,
            working=SECONDS_FOR_MANY,
        )
        headers = {"Cache-Control": "no-store", "Content-Disposition": 'attachment; filename="results.csv"'}
        return Response(results, headers=headers, media_type=CSV)
    return await _answered(request, data, when.on)


async def _answered(request: Request, data: bytes, day: date) -> Response:
    register = register_of(request)
    may_ask = request.headers.get(HOPS, "1") != "0"
    answer = await _slots.run(
        lambda patience: peers.check_or_ask(data, register, day, patience, may_ask=may_ask),
        waiting=SECONDS_IN_LINE,
        working=SECONDS,
    )
    view = _report_view(answer)
    if wants_html(request):
        # The file is not kept, so the same page holds the report in the other language too.
        translated = _translated(request, view) if request.method == "POST" else None
        response = page(request, "verify.html", report=view, results=RESULTS, translated=translated)
    else:
        response = Response(msgspec.json.encode(view.model_dump(mode="json")), media_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language_of(request)
    return response


def _translated(request: Request, report: ReportView) -> str:
    other: Language = "fr" if language_of(request) == "en" else "en"
    return pages_of(request).render("report.html", request, other, report=report, results=RESULTS).decode()


async def _from_form(request: Request) -> tuple[bytes, str]:
    """Returns the contents of the form and their media type; a file takes precedence over a text."""
    try:
        async with request.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=MAX_BYTES) as sent:
            file, text = sent.get("file"), sent.get("text")
            if isinstance(file, UploadFile) and file.size:
                is_csv = (file.filename or "").lower().endswith(".csv")
                return await file.read(), CSV if is_csv else ""
            return (text.encode() if isinstance(text, str) else b""), ""
    except HTTPException as error:
        if error.status_code != 400:  # 400: the form cannot be read, which Starlette explains in English only
            raise
        raise WrongInput("form", *NO_FORM) from None


def _report_view(answer: AttributedReport) -> ReportView:
    report = answer.report
    standing = report.standing
    return ReportView(
        verdict=report.verdict,
        verdict_en=report.label.en,
        verdict_fr=report.label.fr,
        sentence_en=report.sentence.en,
        sentence_fr=report.sentence.fr,
        read=report.read,
        number=report.number,
        holder=report.holder,
        status=report.status,
        since=None if standing is None else standing.since,
        until=None if standing is None else standing.until,
        superseded_by=None if standing is None else standing.superseded_by,
        day=report.day,
        answered_by=answer.register,
        checks=[
            CheckView(
                number=c.number,
                code=c.code,
                title_en=c.title.en,
                title_fr=c.title.fr,
                result=c.result,
                detail_en=c.detail.en,
                detail_fr=c.detail.fr,
            )
            for c in report.checks
        ],
    )
