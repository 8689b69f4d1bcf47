"""What was true of a person or a thing on a day, as known at a moment: rows of a label and a text.

Entries recorded later than the moment are not read, and what takes effect later than the day does not count. What has
no day of its own counts from the day on which it was stated.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from api.lists.applications import application_state
from api.lists.labels import CODES as LIST_CODES
from api.lists.readers import CASES, Reader, is_own_case, may_read, workshop_in
from api.past.competence import borrowed, competence_facts, risk_facts
from api.past.development import development_facts
from api.past.entries import Recorded, folded, of_streams, recorded, stated_by
from api.past.missions import advisor_facts, mission_facts, missions_of
from api.past.rows import NO, YES, Row
from api.words.record import Record, language_name, region_name, territory
from api.words.vocabulary import CODES
from ledger.domain.certificate_status import CERTIFICATION_LABELS
from ledger.domain.decisions import require
from ledger.domain.decisions.candidacy import sees_findings
from ledger.domain.events.candidacy import FindingsRecorded
from ledger.domain.events.certification import CertificationRefused
from ledger.domain.events.office import FOUNDING
from ledger.domain.events.persons import (
    NAME_DETAILS,
    AdministrationRegistered,
    AdministrationRenamed,
    ContactPointAppointed,
    ContactPointRevoked,
    PersonsMerged,
    PersonsUnmerged,
)
from ledger.domain.record import ROLE_LABELS, Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.renewal import version_of
from ledger.domain.scope import scope_on
from ledger.domain.states.application import Preparation
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.merges import Merges, evolve_merges
from ledger.domain.states.persons import Employment
from ledger.domain.subjects import BY_FACT
from ledger.reading import Draft
from ledger.store.ledger import Ledger
from ledger.words import LANGUAGES, Words, day_in_words

NONE = Words("none", "aucune")
RESULT = ("candidacy", "certification")  # the two streams of one candidacy, which have its id
MERGES = [BY_FACT[fact].wire_name for fact in (PersonsMerged, PersonsUnmerged)]


class Difference(NamedTuple):
    """What differed between two days; None where a day has no such row."""

    label: Words
    before: Words | None
    after: Words | None


class Subject(NamedTuple):
    """A person or a thing, with its entries known at a moment; of a person, under all ids."""

    kind: str
    ids: tuple[str, ...]
    entries: list[Recorded]

    @property
    def id(self) -> str:
        return self.ids[0]


def subject(ledger: Ledger, kind: str, one_id: str, size: int, reader: Reader | None = None) -> Subject:
    """Return a person or a thing with its entries among the first ``size`` of the log.

    Raises ``Refused`` for what is not there, and for the own case of a ``reader``.
    """
    ids = _merged_by(ledger, size).ids_of(one_id) if kind == "person" else (one_id,)
    entries = of_streams(ledger, _streams(ledger.read(), kind, ids), size)
    if not entries:
        raise Refused("unknown", kind=kind, id=one_id)
    require_not_own(ledger, entries, reader)
    return Subject(kind, ids, seen_by(reader, entries, ledger.read()))


def require_not_own(ledger: Ledger, entries: Iterable[Recorded], reader: Reader | None) -> None:
    """Require a reader to be no candidate of a workshop that entries belong to, nor concerned by a case of theirs.

    Raises ``Refused``.
    """
    if reader is not None:
        read = ledger.read()
        streams = dict.fromkeys(each.event.subject for each in entries)
        if any(stream.kind in CASES and is_own_case(reader.person, stream, read) for stream in streams):
            raise Refused("own-case", person=reader.person)
        for session_id in dict.fromkeys(workshop_in(stream, read) for stream in streams):
            if session_id is not None:
                require.no_candidate(reader.person, session_id, read)


def seen_by(reader: Reader | None, entries: Iterable[Recorded], read: Draft) -> list[Recorded]:
    """Return the entries that a reader sees: no findings of others, for who has to record their own first.

    Old records are about people, so not everybody who may read about an administration sees them.
    """
    return [
        each
        for each in entries
        if each.event.subject.kind != "history" or may_read(reader, "history")
        if reader is None
        or Role.SELECTION_PANEL not in reader.roles
        or not isinstance(each.event.facts, FindingsRecorded)
        or sees_findings(reader.person, read.candidacy(each.event.subject.id), read)
    ]


def _merged_by(ledger: Ledger, size: int) -> Merges:
    """Return which ids were one person after the first ``size`` entries of the log."""
    log, merges = ledger.log, Merges()
    for row in log.select_notifications(1, max(size, 1), size, MERGES):
        merges = evolve_merges(merges, recorded(row.id - 1, row.state).event.facts)
    return merges


def _streams(read: Draft, kind: str, ids: tuple[str, ...]) -> list[Stream]:
    """Return the streams that hold the past of something: of a person, those of all candidacies too."""
    founding = [FOUNDING] if any(read.founding().founder(each) for each in ids) else []
    match kind:
        case "person":
            found = [one for each in ids for one in read.candidacies_of(each) if one.nominated.person_id in ids]
            candidacies = dict.fromkeys(one.candidacy_id for one in found)
            kinds = ("person", "officer", "advisor", "development", "competence")
            own = [Stream(each, one_id) for one_id in ids for each in kinds]
            missions = dict.fromkeys(one.mission_id for each in ids for one in read.missions_of(each))
            of_missions = [Stream("mission", one_id) for one_id in missions]
            kept = dict.fromkeys(stream for each in ids for stream in read.about(each))
            results = [Stream(each, one_id) for one_id in candidacies for each in RESULT]
            return [*founding, *own, *kept, *results, *of_missions]
        case "session" | "administration":
            return [Stream(kind, ids[0]), *read.about(ids[0])]
        case "officer":
            return [*founding, Stream(kind, ids[0])]
        case "candidacy" | "certification":
            return [Stream(each, ids[0]) for each in RESULT]
        case _:
            return [Stream(kind, ids[0])]


def facts(ledger: Ledger, subject: Subject, on: date) -> list[Row]:
    """Return what was true on a day."""
    known, stated = folded(ledger, subject.entries), folded(ledger, stated_by(subject.entries, on))
    match subject.kind:
        case "person":
            return list(_of_person(ledger, subject, known, stated, on))
        case "officer":
            return list(_of_officer(stated, subject.id))
        case "candidacy" | "certification":
            candidacy = _of_candidacy(stated.candidacy(subject.id), _refusal(subject, on))
            return [*candidacy, *_of_certification(ledger.read(), known.certification(subject.id), on)]
        case "session":
            return list(_of_session(ledger, stated, subject.id))
        case "scheme":
            return list(_of_scheme(stated, subject.id, on))
        case "administration":
            return list(_of_administration(ledger, subject, known, on))
        case "mission":
            return list(mission_facts(ledger, stated.mission(subject.id)))
        case "competence":
            return list(competence_facts(stated, subject.ids, on))
        case "risk":
            return list(risk_facts(stated.risk(subject.id)))
        case "advisor":
            return list(advisor_facts(stated.advisor(subject.id)))
        case _:
            return []


def differences(before: Iterable[Row], after: Iterable[Row]) -> list[Difference]:
    """Return the rows that are not the same, in the order of the later day."""
    earlier, later = ({row.label: row.value for row in rows} for rows in (before, after))
    labels = dict.fromkeys([*later, *earlier])
    return [
        Difference(label, earlier.get(label), later.get(label))
        for label in labels
        if earlier.get(label) != later.get(label)
    ]


def _of_person(ledger: Ledger, subject: Subject, known: Draft, stated: Draft, on: date) -> Iterator[Row]:
    person = stated.person(subject.id)
    details, (given, family) = person.details, NAME_DETAILS
    named = Record.of(ledger).named({subject.id: (details.get(given), details.get(family))})
    unnamed = Words("erased, or not held", "effacé, ou non détenu")
    if not person.known:
        unnamed = Words("not recorded by then", "pas encore enregistré à cette date")
    name = named.get(subject.id)
    yield Row(Words("Name", "Nom"), unnamed if name is None else Words(name, name))
    if len(subject.ids) > 1:
        merged = ", ".join(subject.ids[1:])
        yield Row(Words("Merged ids", "Identifiants fusionnés"), Words(merged, merged))
    employments = [each for one_id in subject.ids for each in known.person(one_id).employments]
    employer = _employer(employments, on)
    if employer is not None:
        label = territory(employer.administration_id)
        since = day_in_words(employer.since)
        yield Row(
            Words("Administration", "Administration"),
            Words(f"{label.en}, since {since.en}", f"{label.fr}, depuis le {since.fr}"),
            f"/console/history/administration/{employer.administration_id}",
        )
    yield Row(
        Words("May be listed in public", "Peut figurer sur la liste publique"),
        YES if stated.human(subject.id).listed else NO,
    )
    for one_id in subject.ids:
        if stated.officer(one_id).version or stated.founding().founder(one_id):
            yield from _of_officer(stated, one_id)
    for one_id in subject.ids:
        if stated.state(Stream("advisor", one_id)).version:
            yield from advisor_facts(stated.state(Stream("advisor", one_id)))
    yield from competence_facts(stated, subject.ids, on)
    yield from missions_of(ledger, stated.missions_of(subject.id))
    for stream in dict.fromkeys(entry.event.subject for entry in subject.entries):
        if stream.kind == "candidacy" and stated.candidacy(stream.id).nomination is not None:
            yield from _of_candidacy(stated.candidacy(stream.id), _refusal(subject, on, stream))
        if stream.kind == "certification" and known.certification(stream.id).standing.first_day is not None:
            certification = known.certification(stream.id)
            yield from _of_certification(ledger.read(), certification, on)
            if certification.grant is not None:
                version = version_of(certification, ledger.read())
                yield from development_facts(subject.id, certification, version, stated, on)


def _employer(employments: Iterable[Employment], day: date) -> Employment | None:
    """Return the employment of a day: the latest that had begun; the first counts for the days before it too."""
    dated = sorted(employments, key=lambda each: each.since)  # of one day, the one recorded last decides
    begun = [each for each in dated if each.since <= day]
    return begun[-1] if begun else dated[0] if dated else None


def _of_officer(stated: Draft, person_id: str) -> Iterator[Row]:
    officer = stated.officer(person_id)
    roles = [ROLE_LABELS[role] for role in sorted(officer.roles)]
    address = f"/console/history/officer/{person_id}"
    yield Row(
        Words("Roles", "Fonctions"),
        Words(*(", ".join(role.into(each) for role in roles) or NONE.into(each) for each in LANGUAGES)),
        address,
    )
    yield from borrowed(officer)
    keys = ", ".join(officer.keys) or None
    yield Row(Words("Active keys", "Clés actives"), NONE if keys is None else Words(keys, keys), address)


def _of_candidacy(candidacy: Candidacy, refused: Words | None) -> Iterator[Row]:
    if candidacy.nomination is None:
        return
    session = candidacy.nomination.session_id
    parts = [territory(candidacy.nomination.administration_id)]
    if candidacy.eligible is not None:
        parts.append(Words("eligible", "éligible") if candidacy.eligible else Words("not eligible", "non éligible"))
    if candidacy.withdrawn_from is not None:
        day = day_in_words(candidacy.withdrawn_from)
        parts.append(Words(f"withdrawn from {day.en}", f"désistement au {day.fr}"))
    parts += _prepared(candidacy.preparation)
    if candidacy.outcome is not None:
        code = CODES[candidacy.outcome.outcome]
        parts.append(Words(f"level {code.en}", f"niveau {code.fr}"))
    if refused is not None:
        parts.append(Words(f"not certified: {refused.en}", f"sans certification\u00a0: {refused.fr}"))
    yield Row(
        Words(f"Candidacy, {session}", f"Candidature, {session}"),
        Words(*("; ".join(part.en for part in parts), "\u202f; ".join(part.fr for part in parts))),
        f"/console/history/candidacy/{candidacy.candidacy_id}",
    )


def _prepared(prepared: Preparation) -> Iterator[Words]:
    """Yield what happened to a candidate beside the assessment."""
    if prepared.application is not None:
        state = LIST_CODES[application_state(prepared)]
        yield Words(f"application: {state.en}", f"dossier\u00a0: {state.fr}")
    if prepared.identity is not None:
        day = day_in_words(prepared.identity.verified_on)
        yield Words(f"identity verified on {day.en}", f"identité vérifiée le {day.fr}")
    if prepared.shortlisted is not None:
        yield Words("has a place", "place attribuée") if prepared.shortlisted else Words("no place", "sans place")
    days = {day for (day, _), present in prepared.attended.items() if present}
    if days:
        plural = "s" if len(days) > 1 else ""
        yield Words(f"present on {len(days)} day{plural}", f"présence\u00a0: {len(days)} jour{plural}")
    if prepared.excluded is not None:
        until = day_in_words(prepared.excluded.appeal_until)
        yield Words(f"excluded, appeal until {until.en}", f"exclusion, recours jusqu’au {until.fr}")


def _refusal(subject: Subject, on: date, stream: Stream | None = None) -> Words | None:
    """Return why a candidacy ended without a certification, if that was stated by a day."""
    for entry in stated_by(subject.entries, on):
        refused = entry.event.facts
        if isinstance(refused, CertificationRefused) and (stream is None or stream.id == entry.event.subject.id):
            return CODES[refused.reason_code]
    return None


def _of_certification(read: Draft, certification: Certification, on: date) -> Iterator[Row]:
    award = certification.grant or certification.pre_accreditation
    if award is None:
        return
    status = CERTIFICATION_LABELS[certification.standing.on(on)]
    parts, until = [status], certification.standing.expires_on
    if certification.grant is None and certification.pre_accreditation is not None:
        day = day_in_words(certification.pre_accreditation.field_deadline)
        parts.append(Words(f"field phase until {day.en}", f"phase de terrain jusqu’au {day.fr}"))
    if until is not None:
        day = day_in_words(until)
        parts.append(Words(f"expires on {day.en}", f"échéance le {day.fr}"))
    version = read.scheme(award.scheme_id).drafts[award.scheme_version]
    held = scope_on(certification.scopes, on) if certification.scopes else frozenset(award.scope)
    names = [Words(each.name_en, each.name_fr) for each in version.competencies if each.id in held]
    scope = Words(*(", ".join(name.into(language) for name in names) or NONE.into(language) for language in LANGUAGES))
    parts.append(Words(f"scope: {scope.en}", f"portée\u00a0: {scope.fr}"))
    name = certification.number or certification.certification_id
    yield Row(
        Words(f"Certificate {name}", f"Certificat {name}"),
        Words("; ".join(part.en for part in parts), "\u202f; ".join(part.fr for part in parts)),
        f"/console/certifications/{certification.certification_id}",
    )


def _of_session(ledger: Ledger, stated: Draft, session_id: str) -> Iterator[Row]:
    session = stated.session(session_id)
    plan = session.plan
    if plan is None:
        return
    yield Row(Words("Title", "Titre"), Words(plan.title_en, plan.title_fr), f"/console/workshops/{session_id}")
    start, end = day_in_words(plan.start), day_in_words(plan.end)
    yield Row(Words("Dates", "Dates"), Words(f"{start.en} to {end.en}", f"du {start.fr} au {end.fr}"))
    yield Row(Words("Place", "Lieu"), Words(plan.place, plan.place))
    yield Row(Words("Language", "Langue"), language_name(plan.language))
    yield Row(Words("Funded by", "Financement"), Words(plan.funder, plan.funder))
    version = f"{plan.scheme_id} {plan.scheme_version}"
    yield Row(Words("Scheme", "Programme"), Words(version, version), f"/console/history/scheme/{plan.scheme_id}")
    names = Record.of(ledger).names(session.facilitators | session.assessors)
    for label, people in (
        (Words("Facilitators", "Animation"), session.facilitators),
        (Words("Assessors", "Évaluation"), session.assessors),
    ):
        listed = ", ".join(sorted(names.get(each, each) for each in people))
        yield Row(label, Words(listed, listed) if listed else NONE)
    yield Row(Words("Closed", "Clôturé"), YES if session.closed else NO)
    ranked = len(session.selected) if session.selected is not None else None
    yield Row(Words("Seats given", "Places attribuées"), NONE if ranked is None else Words(str(ranked), str(ranked)))


def _of_scheme(stated: Draft, scheme_id: str, on: date) -> Iterator[Row]:
    scheme = stated.scheme(scheme_id)
    if not scheme.version:
        return
    yield Row(Words("Title", "Titre"), Words(scheme.title_en, scheme.title_fr))
    for number in scheme.drafts:
        since = scheme.approved.get(number)
        if since is None:
            value = Words("draft", "projet")
        else:
            day = day_in_words(since)
            value = (
                Words(f"in force since {day.en}", f"en vigueur depuis le {day.fr}")
                if since <= on
                else Words(f"to be in force from {day.en}", f"en vigueur à partir du {day.fr}")
            )
        yield Row(Words(f"Scheme version {number}", f"Version {number} du programme"), value)


def _of_administration(ledger: Ledger, subject: Subject, known: Draft, on: date) -> Iterator[Row]:
    yield Row(Words("Country code", "Code pays"), Words(subject.id, subject.id))
    names, contacts = dict[date, Words](), dict[str, tuple[date, date | None]]()
    for entry in subject.entries:
        match entry.event.facts:
            case AdministrationRegistered() as fact:
                names[date.min] = Words(fact.name_en, fact.name_fr)
            case AdministrationRenamed() as fact:
                names[fact.effective_from] = Words(fact.name_en, fact.name_fr)
            case ContactPointAppointed() as fact:
                contacts[fact.person_id] = (fact.since, None)
            case ContactPointRevoked() as fact if fact.person_id in contacts:
                contacts[fact.person_id] = (contacts[fact.person_id][0], entry.event.time.date())
            case _:
                pass
    if names:
        yield Row(Words("Name", "Nom"), names[max(since for since in names if since <= on)])
    state = known.administration(subject.id)
    region, membership = state.region(on), state.membership(on)
    if region is not None:
        yield Row(Words("Region", "Région"), region_name(region))
    if membership is not None:
        yield Row(Words("Membership", "Qualité de Membre"), CODES[membership])
    then = [one for one, (since, until) in contacts.items() if since <= on and (until is None or on < until)]
    called = Record.of(ledger).names(then)
    listed = ", ".join(called.get(one, one) for one in then)
    yield Row(Words("Contact points", "Points de contact"), Words(listed, listed) if listed else NONE)
