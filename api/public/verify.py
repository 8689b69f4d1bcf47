"""Checking what somebody presents: a file, a picture of a QR code, a number, or many numbers at once.

Size, time and the number of checks at once are bounded. No address in what is presented is ever fetched; a peer's
register may be asked (:mod:`api.checking.peers`).
"""

from datetime import date
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.checking import many, peers
from api.checking.peers import AttributedReport
from api.checking.presented import MAX_BYTES
from api.clients.asking import HOPS
from api.doors.guard import SECURITY_HEADERS
from api.negotiation import JSON
from api.pages import language_of, page, pages_of, register_of, wants_html
from api.problems import WrongInput
from api.public.as_of import When
from api.public.numbers import certificate_row
from api.public.slots import Slots
from api.public.views import private_because
from api.register import Register
from ledger.domain.certificate_status import CertificateStatus
from ledger.verdict import RESULTS, Read, Verdict
from ledger.words import Language, Words
from projections.credentials.forms import diploma

MAX_BODY_BYTES = MAX_BYTES + 64 * 1024  # with the other fields of a form and their separators
MAX_FIELDS = 8
router = APIRouter(
    tags=["verification"],
    dependencies=[Depends(register_of)],  # in a thread: it may wait
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
FILES = ("file", "photo")  # the fields of the form that hold one
NOTHING = Words("a file, a picture, a text or a number", "un fichier, une image, un texte ou un numéro")
CHOOSE = Words("Choose a file, or enter a number.", "Choisissez un fichier, ou saisissez un numéro.")
NO_FORM = Words(
    f"expected a complete form with {len(FILES)} files and {MAX_FIELDS} fields at most",
    f"attendu : un formulaire complet, avec au plus {len(FILES)} fichiers et {MAX_FIELDS} champs",
)
POLICY = "Content-Security-Policy"
MAX_NAME = 200  # characters
NO_NAME = Words(
    f"expected the whole name as it is on the paper, {MAX_NAME} characters at most",
    f"attendu : le nom complet tel qu’il figure sur le document, en {MAX_NAME} caractères au plus",
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


class NameView(BaseModel, frozen=True):
    """Whether the name on a paper is that of the holder of a number; null once the certified name is erased."""

    number: str
    matches: bool | None


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
        return await _answered(request, number.encode(), when.on, typed=number)
    if wants_html(request):
        return _form_page(request)
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
    typed = ""
    if media_type in ("multipart/form-data", "application/x-www-form-urlencoded"):
        data, media_type, typed = await _from_form(request)
        if not data.strip() and wants_html(request):
            return _form_page(request, "", CHOOSE, 400)
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
    return await _answered(request, data, when.on, typed=typed)


@router.post(
    "/verify/name",
    responses={200: {"model": NameView, "content": {"text/html": {}}}},
    openapi_extra={
        "requestBody": {
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {
                        "type": "object",
                        "properties": {"number": {"type": "string"}, "name": {"type": "string", "maxLength": MAX_NAME}},
                        "required": ["number", "name"],
                    }
                }
            }
        }
    },
)
async def compare(request: Request, when: When) -> Response:
    """Compare the name on a paper with the certified one, whole and in any spelling, without showing the latter.

    The form fields are `number` and `name`.
    """
    sent = await _fields(request)
    row = certificate_row(request, sent.get("number", ""))
    name = sent.get("name", "").strip()
    if not 0 < len(name) <= MAX_NAME:
        raise WrongInput("name", *NO_NAME)
    view = NameView(number=row.number, matches=register_of(request).is_holder(row, name))
    if wants_html(request):
        return await _answered(request, row.number.encode(), when.on, compared=view, name=name)
    return Response(msgspec.json.encode(view.model_dump()), media_type=JSON, headers={"Cache-Control": "no-store"})


async def _answered(
    request: Request, data: bytes, day: date, typed: str = "", compared: NameView | None = None, name: str = ""
) -> Response:
    """The report; for a text that a person typed and that is nothing known, the form again, with the reason."""
    register = register_of(request)
    may_ask = request.headers.get(HOPS, "1") != "0"
    answer = await _slots.run(
        lambda patience: peers.check_or_ask(data, register, day, patience, may_ask=may_ask),
        waiting=SECONDS_IN_LINE,
        working=SECONDS,
    )
    view = _report_view(answer)
    if wants_html(request) and typed and view.read is None:
        response = _form_page(request, typed, Words(view.sentence_en, view.sentence_fr))
    elif wants_html(request):
        # The file is not kept, so the same page holds the report in the other language too.
        shown = {
            "report": view,
            "results": RESULTS,
            "picture": _picture(register, view),
            "on": None if day == register.now().date() else day,
            "compared": compared,
            "name": name,
        }
        translated = _translated(request, **shown) if request.method == "POST" else None
        response = page(request, "verify.html", translated=translated, problem=None, **shown)
    else:
        response = Response(msgspec.json.encode(view.model_dump(mode="json")), media_type=JSON)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language_of(request)
    return response


def _translated(request: Request, **shown: object) -> str:
    other: Language = "fr" if language_of(request) == "en" else "en"
    return pages_of(request).render("report.html", request, other, **shown).decode()


def _picture(register: Register, view: ReportView) -> str | None:
    """The address of the diploma as it was issued, to compare with a paper; None where it is not public."""
    row = None if view.answered_by else register.models.certificates.by_number(view.number or "")
    made = None if row is None else register.documents.set_of(row.number)
    if row is None or made is None or diploma.PDF.name not in made.forms:
        return None
    holder = register.models.roster.person(row.person_id)
    return None if private_because(made, holder) else f"/certificates/{row.number}/diploma.png"


async def _fields(request: Request) -> dict[str, str]:
    """Returns the text fields of a form."""
    try:
        async with request.form(max_files=0, max_fields=MAX_FIELDS) as sent:
            return {name: value for name, value in sent.items() if isinstance(value, str)}
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise WrongInput("form", *NO_FORM) from None


async def _from_form(request: Request) -> tuple[bytes, str, str]:
    """Returns the contents of the form, their media type, and what was typed; a file takes precedence over a text."""
    try:
        async with request.form(max_files=len(FILES), max_fields=MAX_FIELDS, max_part_size=MAX_BYTES) as sent:
            for file in map(sent.get, FILES):
                if isinstance(file, UploadFile) and file.size:
                    is_csv = (file.filename or "").lower().endswith(".csv")
                    return await file.read(), CSV if is_csv else "", ""
            text = sent.get("text")
            typed = text if isinstance(text, str) else ""
            return typed.encode(), "", typed
    except HTTPException as error:
        if error.status_code != 400:  # 400: the form cannot be read, which Starlette explains in English only
            raise
        raise WrongInput("form", *NO_FORM) from None


def _form_page(request: Request, typed: str = "", problem: Words | None = None, status: int = 200) -> Response:
    response = page(request, "verify.html", report=None, translated=None, typed=typed, problem=problem)
    response.status_code = status
    response.headers[POLICY] = f"{SECURITY_HEADERS[POLICY]}; script-src 'self'"  # for dropping and pasting
    return response


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
