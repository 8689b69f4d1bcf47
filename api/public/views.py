"""Views of advisors and certificates: the same facts for a page and for a program."""

from datetime import date, datetime
from typing import Any, ClassVar, Literal
from urllib.parse import quote, urlencode

import msgspec
from pydantic import BaseModel, Field

from api.public.as_of import AsOf
from api.public.sentences import Case, sentence
from api.register import Register
from ledger.domain.certificate_status import (
    CERTIFICATION_LABELS,
    CertificateStatus,
    certificate_status,
    status_label,
)
from ledger.domain.refusal import Refused
from ledger.domain.standing import Status
from ledger.store.documents import DocumentSet
from ledger.words import Words
from projections.certificates import CertificateRow
from projections.credentials.forms import catalogue
from projections.roster import PAGE, RANK, Administration, Person
from projections.spans import Timeline

ANY = "any"  # the status of a search among everyone who is found
WhyPrivate = Literal["holder-not-listed", "levels-not-shown"]


class Withheld(Refused):
    """A document of a certificate that is not, or no longer, there for everyone."""

    texts: ClassVar = {
        "document-missing": Words(
            "the documents of this certificate have not been made yet",
            "les documents de ce certificat ne sont pas encore établis",
        ),
        "document-erased": Words(
            "the documents of this certificate have been erased with the holder's personal data",
            "les documents de ce certificat ont été effacés avec les données personnelles de la personne titulaire",
        ),
        "holder-not-listed": Words(
            "the holder has not consented to publication; they can download this document from their private address",
            "la personne titulaire n’a pas consenti à la publication ; elle obtient ce document à son adresse privée",
        ),
        "levels-not-shown": Words(
            "the document states levels that the holder no longer makes public; they can download it from their "
            "private address",
            "le document indique des niveaux que la personne titulaire ne rend plus publics ; elle l’obtient à son "
            "adresse privée",
        ),
    }


class AdministrationView(BaseModel, frozen=True):
    """A Member administration; ``id`` is its ISO 3166-1 alpha-2 code."""

    id: str
    name_en: str
    name_fr: str


class Period(BaseModel, frozen=True):
    """A status over days, both included; ``last_day`` null has no end."""

    first_day: date
    last_day: date | None
    status: Status
    is_forecast: bool = Field(description="whether it begins after known_on: decisions until then may change it")


class RosterLine(BaseModel, frozen=True):
    """An advisor; ``name`` is null without the holder's consent to be listed.

    ``since`` and ``until`` are the days, both included, over which the status holds.
    """

    id: str
    name: str | None
    administration: AdministrationView
    status: Status
    status_en: str
    status_fr: str
    since: date
    until: date | None
    url: str


class RosterView(BaseModel, frozen=True):
    """Who was a certified advisor on a day, as known on a day; or whom a search found, with their status."""

    on: date
    known_on: date
    is_forecast: bool = Field(
        description="whether the day comes after known_on: it says what has been decided until then"
    )
    search: str
    status: Status | None = Field(description="the status that was asked for; null for any")
    total: int = Field(description="how many there are on every page")
    counts: dict[Status, int] = Field(description="how many were found by status, of every status")
    page: int
    pages: int
    advisors: list[RosterLine]
    prev: str | None = Field(description="the address of the page before; null on the first")
    next: str | None = Field(
        description="the address of the next page, which begins after the last advisor here even if others came or "
        "went meanwhile; null on the last"
    )
    suggestions: list[str] = Field(
        description="where nobody was found: texts that differ in one letter and find somebody"
    )


class StatusView(BaseModel, frozen=True):
    """The status on the day asked, in words and in a sentence. Of a forecast, only the sentence says what is known."""

    status_en: str
    status_fr: str
    sentence_en: str
    sentence_fr: str
    is_forecast: bool = Field(
        description="whether the day asked comes after known_on: the status is what has been decided until then"
    )


class CertificationView(StatusView, frozen=True):
    """One certification: its status on the day asked, and every period known then."""

    scheme_id: str
    scheme_version: str
    title_en: str
    title_fr: str
    language: str
    status: Status
    period: Period | None = Field(description="the period around the day asked; null before the first one")
    periods: list[Period]
    certificates: list[str] = Field(description="numbers, the one in force last")


class AdvisorView(BaseModel, frozen=True):
    """A person who was certified or pre-accredited. ``status`` is the best of their certifications on the day asked."""

    id: str
    name: str | None
    erased: bool
    administration: AdministrationView
    on: date
    known_on: date
    status: Status
    certifications: list[CertificationView]
    url: str


class NamedTerm(BaseModel, frozen=True):
    """A term of the scheme in both languages."""

    id: str
    name_en: str
    name_fr: str


class DocumentView(BaseModel, frozen=True):
    """A form in which the certificate is kept, signed once, and where it is."""

    form: str
    media_type: str
    label_en: str
    label_fr: str
    url: str


class CertificateView(StatusView, frozen=True):
    """What a certificate states (ISO/IEC 17024 9.4.8), and the status of the certification behind it."""

    number: str
    holder: str | None
    advisor: str
    erased: bool
    body_en: str
    body_fr: str
    scheme_id: str
    scheme_version: str
    title_en: str
    title_fr: str
    scope: list[NamedTerm]
    scope_on_day: list[NamedTerm] = Field(
        description="what is certified on the day asked, as known then: another scope than the document states "
        "where that changed since; empty where no grant was known"
    )
    language: str
    effective_from: date
    expires_on: date | None
    issued: datetime
    superseded_by: str | None
    on: date
    known_on: date
    status: CertificateStatus = Field(
        description="of the certificate: superseded, or scope-reduced, even while the certification is valid"
    )
    certification_status: Status = Field(description="of the certification behind it")
    period: Period | None
    periods: list[Period]
    url: str
    documents: list[DocumentView] = Field(description="empty where they are not made, or are the holder's to show")
    documents_private_because: WhyPrivate | None = Field(
        description="why they are the holder's to show: without consent to be listed, or with levels that they no "
        "longer show; null where everyone may have them"
    )
    bundle_url: str
    bundle: dict[str, Any] | None = Field(
        description="in JSON only: the signed award, its proof of inclusion and the signed checkpoint, as in bundle_url"
    )


def roster(register: Register, search: str, as_of: AsOf, asked: str = "", page: int = 1, after: str = "") -> RosterView:
    """Returns a page of the roster, or of the advisors whom a search finds; ``asked`` is a status, or ``ANY``.

    ``after`` is the id of the last person on the page before.
    """
    model = register.models.roster
    status = Status(asked or Status.VALID) if asked != ANY and (asked or not search.strip()) else None
    found = model.find(search, as_of.on, as_of.known, status, page, PAGE, after)
    lines = [
        RosterLine(
            id=a.person_id,
            name=a.name,
            administration=_administration_view(a.administration),
            status=a.status,
            status_en=CERTIFICATION_LABELS[a.status].en,
            status_fr=CERTIFICATION_LABELS[a.status].fr,
            since=a.since,
            until=a.until,
            url=advisor_url(register, a.person_id),
        )
        for a in found.advisors
    ]

    def address(**place: Any) -> str:
        query = {"q": search, "status": asked, **as_of.given, **place}
        return f"{register.settings.base_url}/advisors?{urlencode({n: value for n, value in query.items() if value})}"

    return RosterView(
        on=as_of.on,
        known_on=as_of.known_on,
        is_forecast=as_of.is_forecast,
        search=search,
        status=status,
        total=found.total,
        counts={status: found.counts[status] for status in RANK if found.counts.get(status)},
        page=found.page,
        pages=found.pages,
        advisors=lines,
        prev=address(page=max(1, found.page - 1)) if found.start else None,
        # Without lines, a request reads a moment in which nobody on this page was there yet.
        next=address(page=found.page + 1, after=lines[-1].id if lines else "") if found.page < found.pages else None,
        suggestions=[] if found.counts else model.suggestions(search, as_of.on, as_of.known),
    )


def advisor(register: Register, person_id: str, as_of: AsOf, *, to_themselves: bool = False) -> AdvisorView | None:
    """Returns a person who was ever certified, or pre-accredited; None for anyone else, candidates included.

    The id of the view is the one that counts, as known then: another where ``person_id`` was merged into it.
    """
    models = register.models
    ids = models.roster.ids_of(person_id, as_of.known)
    grants = models.certificates.awards_of(ids)
    person = models.roster.people(ids, as_of.known)[person_id]
    # Who is in the field phase, and was never certified, is shown by consent only.
    is_shown = to_themselves or person.name is not None or models.certificates.was_certified(ids)
    if not grants or not is_shown:
        return None
    certifications = []
    for grant in grants:
        timeline = models.certificates.timeline(grant.certification_id, as_of.known)
        granted = models.certificates.granted(grant.certification_id)
        scheme = models.schemes.version(grant.scheme_id, grant.scheme_version)
        assert scheme is not None  # every workshop is held under an approved version
        certificates = models.certificates.of_certification(grant.certification_id)
        certifications.append(
            CertificationView(
                scheme_id=grant.scheme_id,
                scheme_version=grant.scheme_version,
                title_en=scheme.title_en,
                title_fr=scheme.title_fr,
                language=grant.language,
                status=timeline.on(as_of.on),
                **_status(timeline.on(as_of.on), Case(as_of=as_of, timeline=timeline, granted=granted.date())),
                **_periods(timeline, as_of),
                certificates=[c.number for c in certificates if c.issued <= as_of.known],
            )
        )
    return AdvisorView(
        id=person.id,
        name=person.name,
        erased=person.erased,
        administration=_administration_view(models.roster.nominated_by(grants[-1].certification_id, as_of.on)),
        on=as_of.on,
        known_on=as_of.known_on,
        status=min((c.status for c in certifications), key=RANK.index),
        certifications=certifications,
        url=advisor_url(register, person.id),
    )


def certificate(register: Register, row: CertificateRow, as_of: AsOf, *, with_bundle: bool = False) -> CertificateView:
    """Returns a certificate that was issued, whatever its status is now."""
    models, stated = register.models, row.content
    person = models.roster.people([row.person_id], as_of.known)[row.person_id]
    timeline = models.certificates.timeline(row.certification_id, as_of.known)
    scheme = models.schemes.version(stated.scheme_id, stated.scheme_version)
    assert scheme is not None  # every workshop is held under an approved version
    terms = {c.id: NamedTerm(id=c.id, name_en=c.name_en, name_fr=c.name_fr) for c in scheme.content.competencies}
    certified = models.certificates.scope(row.certification_id, as_of.on, as_of.known)
    url = f"{register.settings.base_url}/certificates/{quote(row.number)}"
    superseded_by = row.superseded_by if row.superseded is not None and row.superseded <= as_of.known else None
    status = certificate_status(
        timeline.on(as_of.on), is_superseded=superseded_by is not None, stated=stated.scope, certified=certified
    )
    case = Case(as_of=as_of, timeline=timeline, granted=row.granted.date(), superseded_by=superseded_by)
    made = register.documents.set_of(row.number)
    because = None if made is None else private_because(made, person)
    return CertificateView(
        number=row.number,
        holder=person.name,
        advisor=advisor_url(register, person.id),
        erased=person.erased,
        body_en=stated.body_en,
        body_fr=stated.body_fr,
        scheme_id=stated.scheme_id,
        scheme_version=stated.scheme_version,
        title_en=stated.scheme_title_en,
        title_fr=stated.scheme_title_fr,
        scope=[terms[i] for i in stated.scope],
        scope_on_day=[term for i, term in terms.items() if i in certified],
        language=stated.language,
        effective_from=stated.effective_from,
        expires_on=stated.expires_on,
        issued=row.issued,
        superseded_by=superseded_by,
        on=as_of.on,
        known_on=as_of.known_on,
        status=status,
        **_status(status, case),
        certification_status=timeline.on(as_of.on),
        **_periods(timeline, as_of),
        url=url,
        documents=[
            DocumentView(
                form=form.name,
                media_type=form.media_types[0],
                label_en=form.label.en,
                label_fr=form.label.fr,
                url=f"{url}.{form.name}",
            )
            for form in catalogue.FORMS
            if made is not None and form.name in made.forms and because is None
        ],
        documents_private_because=because,
        bundle_url=f"{url}?format=bundle",
        bundle=msgspec.to_builtins(register.bundle(row, person)) if with_bundle else None,
    )


def private_because(documents: DocumentSet, holder: Person) -> WhyPrivate | None:
    """Returns why the documents of a certificate are private, as the code of a refusal; None when they are public."""
    if holder.name is None:
        return "holder-not-listed"
    return "levels-not-shown" if documents.states_levels and not holder.shows_results else None


def advisor_url(register: Register, person_id: str) -> str:
    """Returns the stable address of an advisor."""
    return f"{register.settings.base_url}/advisors/{quote(person_id)}"


def _status(status: Status | CertificateStatus, case: Case) -> dict[str, Any]:
    """Returns the fields of a ``StatusView``."""
    label, says = status_label(status), sentence(status, case)
    return {
        "status_en": label.en,
        "status_fr": label.fr,
        "sentence_en": says.en,
        "sentence_fr": says.fr,
        "is_forecast": case.as_of.is_forecast,
    }


def _periods(timeline: Timeline, as_of: AsOf) -> dict[str, Any]:
    """Returns every period known then, and the one around the day asked."""
    around = timeline.around(as_of.on)
    periods = [
        Period(
            first_day=span.first_day,
            last_day=span.last_day,
            status=span.status,
            is_forecast=span.first_day > as_of.known_on,
        )
        for span in timeline.spans
    ]
    return {"period": periods[timeline.spans.index(around)] if around else None, "periods": periods}


def _administration_view(administration: Administration) -> AdministrationView:
    return AdministrationView.model_validate(administration, from_attributes=True)
