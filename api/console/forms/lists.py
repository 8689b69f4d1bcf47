"""What one can choose from, for each field that names something in the record.

A list holds what the command may make sense for, as far as a glance at the record tells. The rules decide: what is
not in a list can still be given, by a link to the form, and is refused in words if it must be.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from babel import Locale

from api.console.forms import case_lists, development_lists, mission_lists, privacy_lists
from api.console.forms.fields import SIGNERS, Field
from api.console.forms.typed import Typed
from api.words.record import Labels, Record, term_labels, territory
from api.words.vocabulary import CODES
from ledger.domain.decisions.delegation import DELEGABLE
from ledger.domain.decisions.remission import ANNULLED
from ledger.domain.decisions.session import is_rescoring
from ledger.domain.record import ROLE_LABELS, Role
from ledger.domain.scope import scope_on
from ledger.domain.states.candidacy import Candidacy, Sheet
from ledger.domain.states.certification import Certification
from ledger.domain.states.session import Session
from ledger.words import LANGUAGES, Words, day_in_words

Ids = Callable[[Record, Typed], Sequence[str] | None]
"""Returns what can be chosen; None when it depends on an input that holds nothing known yet."""
LabelsOf = Callable[[Record, Typed, Sequence[str]], Labels]


class Listing(NamedTuple):
    """The ids of a list, and what they are called: apart, because a list may be too long to be shown."""

    ids: Ids
    labels: LabelsOf

    @property
    def kind(self) -> str:
        """The kind of stream of what can be chosen, if it may be somebody's own case."""
        kinds = {
            _CANDIDACY: "candidacy",
            _CERTIFICATION: "certification",
            _MISSION: "mission",
            _REQUEST: "request",
            _HOLD: "hold",
        }
        return kinds.get(self.labels, "")

    @property
    def names_people(self) -> bool:
        """Whether what can be chosen are people."""
        return self.labels is _PERSON


def listing_of(field: Field) -> Listing | None:
    """Return the list of a field; None when its choices do not depend on the record."""
    if field.codes or field.kind not in ("choice", "several", "levels"):
        return None
    if field.name.startswith(f"{SIGNERS}."):
        return Listing(_holding(Role(field.key.removeprefix(f"{SIGNERS}."))), _PERSON)
    return _LISTS.get(field.key) or _LISTS[field.name]


def is_made_for(field: Field) -> bool:
    """Whether the list of a field is one of its command's own."""
    return field.key in _LISTS


def code_labels(codes: Iterable[str]) -> Labels:
    """Return the words of codes and of roles."""
    return {code: ROLE_LABELS[Role(code)] if code in _ROLES else CODES[code] for code in codes}


_ROLES = frozenset(Role)


# Of people


def _people(record: Record, typed: Typed) -> list[str]:
    return record.people()


def _holding(role: Role) -> Ids:
    return lambda record, _: record.holders(role)


def _officers(record: Record, typed: Typed) -> list[str]:
    return [one for one in record.officers() if record.read.officer(one).roles]


def _with_keys(record: Record, typed: Typed) -> list[str]:
    officers = {one: record.read.officer(one) for one in record.officers()}
    return [one for one, officer in officers.items() if officer.keys or officer.ended]


def _contacts(record: Record, typed: Typed) -> list[str]:
    chosen = typed.text("administration_id")
    asked = [chosen] if chosen else record.ids_of("administration")
    return sorted({person for one in asked for person in record.read.administration(one).contacts})


def _merged(record: Record, typed: Typed) -> list[str] | None:
    person_id = typed.text("person_id")
    return sorted(record.read.person(person_id).merged) if person_id else None


# Of candidacies, certifications and workshops


def _candidacies(fits: Callable[[Candidacy, Record], bool]) -> Ids:
    def ids(record: Record, typed: Typed) -> list[str]:
        every = map(record.read.candidacy, record.ids_of("candidacy"))
        return [one.candidacy_id for one in every if one.nomination is not None and fits(one, record)]

    return ids


def _session(candidacy: Candidacy, record: Record) -> Session:
    return record.read.session(candidacy.nominated.session_id)


def _open(candidacy: Candidacy, record: Record) -> bool:
    return not candidacy.ended and not record.read.certification(candidacy.candidacy_id).decided


def _is_sealed(candidacy: Candidacy) -> bool:
    return any(sheet.levels is None for sheet in candidacy.live_sheets)


def _is_submitted(candidacy: Candidacy) -> bool:
    prepared = candidacy.preparation
    return prepared.application is not None and prepared.returned is None and not prepared.complete


def _assessed(candidacy: Candidacy, record: Record) -> bool:
    return candidacy.attends and bool(candidacy.live_sheets) and candidacy.outcome is None


def _certifications(fits: Callable[[Certification], bool] = lambda _: True) -> Ids:
    return _awards(lambda one: one.grant is not None and one.standing.ended is None and fits(one))


def _awards(fits: Callable[[Certification], bool]) -> Ids:
    """Return the list of the certifications, and of the pre-accreditations, that fit."""

    def ids(record: Record, typed: Typed) -> list[str]:
        every = map(record.read.certification, record.ids_of("certification"))
        return [one.certification_id for one in every if one.standing.first_day is not None and fits(one)]

    return ids


def _sessions(fits: Callable[[Session], bool] = lambda _: True) -> Ids:
    return lambda record, _: [one for one in record.ids_of("session") if fits(record.read.session(one))]


def _staffed(record: Record, typed: Typed) -> list[str]:
    """The workshops to which assessors can be assigned: those that are open, or where others assess again."""
    ids, read = record.ids_of("session"), record.read
    return [one for one in ids if not read.session(one).closed or is_rescoring(one, read)]


def _versions(is_approved: bool) -> Ids:
    """The versions of the chosen scheme that are approved, or that are not yet."""

    def ids(record: Record, typed: Typed) -> list[str] | None:
        scheme = record.read.scheme(typed.text("scheme_id"))
        return [one for one in scheme.drafts if (one in scheme.approved) is is_approved] if scheme.version else None

    return ids


# Of keys, sheets and terms of a scheme


def _keys(is_ended_too: bool) -> Ids:
    def ids(record: Record, typed: Typed) -> list[str] | None:
        person_id = typed.text("person_id")
        officer = record.read.officer(person_id)
        return [*officer.keys, *(officer.ended if is_ended_too else ())] if person_id else None

    return ids


def _issuer_keys(is_ended_too: bool) -> Ids:
    def ids(record: Record, typed: Typed) -> list[str]:
        issuer = record.read.issuer()
        return [one for one in issuer.keys if is_ended_too or one not in issuer.ended]

    return ids


def _sheets(fits: Callable[[Sheet], bool]) -> Ids:
    def ids(record: Record, typed: Typed) -> list[str] | None:
        candidacy = record.read.candidacy(typed.text("candidacy_id"))
        return [one.sheet_id for one in candidacy.live_sheets if fits(one)] if candidacy.nomination else None

    return ids


def _sheet_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    sheets = record.read.candidacy(typed.text("candidacy_id")).sheets
    terms = _terms(record, typed)
    people = record.person_labels([sheets[one].assessor for one in ids])
    return {
        one: Words(*(f"{terms[sheet.activity].into(to)}, {people[sheet.assessor].into(to)}" for to in LANGUAGES))
        for one, sheet in ((one, sheets[one]) for one in ids)
    }


def _activities(record: Record, typed: Typed) -> list[str] | None:
    version = record.version_of(typed.text("candidacy_id"))
    return None if version is None else [one.id for one in version.activities if one.competencies]


def _conflicts(record: Record, typed: Typed) -> list[str] | None:
    """Those of the person who is chosen, whose end was not declared."""
    person_id = typed.text("person_id")
    return [one.conflict_id for one in record.read.competence(person_id).open_conflicts] if person_id else None


def _conflict_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    known = {one.conflict_id: one for one in record.read.competence(typed.text("person_id")).open_conflicts}
    people = [one.counterpart_id for one in known.values() if one.counterpart_id is not None]
    names = record.person_labels(people)
    return {
        one: names[tie.counterpart_id] if tie.counterpart_id else territory(tie.counterpart_administration or "")
        for one, tie in known.items()
        if one in ids
    }


def _risk_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    recorded = {one: record.read.risk(one).recorded for one in ids}
    return {
        one: Words(
            *(f"{CODES[risk.source].into(each)}, {day_in_words(risk.review_by).into(each)}" for each in LANGUAGES)
        )
        for one, risk in recorded.items()
        if risk is not None
    }


def _lending(record: Record, typed: Typed) -> list[str]:
    return sorted({one for role in DELEGABLE for one in record.holders(role)})


def _competencies_of_scheme(record: Record, typed: Typed) -> list[str]:
    return [*_scheme_terms(record, typed)]


def _scheme_terms(record: Record, typed: Typed) -> Labels:
    drafts = record.read.scheme(typed.text("scheme_id")).drafts
    return term_labels([one for version in drafts.values() for one in version.competencies])


def _scheme_term_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    terms = _scheme_terms(record, typed)
    return {one: terms[one] for one in ids}


def _every_activity(record: Record, typed: Typed) -> list[str] | None:
    version = record.version_of(typed.text("candidacy_id"))
    return None if version is None else [one.id for one in version.activities]


def _incidents(record: Record, typed: Typed) -> list[str] | None:
    """Those of the workshop of the candidacy that is chosen."""
    nomination = record.read.candidacy(typed.text("candidacy_id")).nomination
    return None if nomination is None else list(record.read.session(nomination.session_id).incidents)


def _incident_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    nomination = record.read.candidacy(typed.text("candidacy_id")).nomination
    known = {} if nomination is None else record.read.session(nomination.session_id).incidents
    return {one: Words(*(f"{code}, {known[one].day}" for code in CODES[known[one].incident_code])) for one in ids}


def _competencies(record: Record, typed: Typed) -> list[str] | None:
    """Those of the chosen activity, or of that of the sheet to replace; of all activities while none is chosen."""
    candidacy_id = typed.text("candidacy_id")
    version = record.version_of(candidacy_id)
    if version is None:
        return None
    old = record.read.candidacy(candidacy_id).sheets.get(typed.text("old_sheet_id"))
    activity = typed.text("activity") if old is None else old.activity
    of = next((one.competencies for one in version.activities if one.id == activity), ())
    return [one.id for one in version.competencies if one.id in of or not of]


def _levels(record: Record, typed: Typed) -> list[str] | None:
    version = record.version_of(typed.text("candidacy_id"))
    return None if version is None else [str(rubric.level) for rubric in version.levels]


def _level_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    version = record.version_of(typed.text("candidacy_id"))
    rubric = () if version is None else version.levels
    anchors = {str(one.level): (one.anchor_en, one.anchor_fr) for one in rubric}
    return {one: Words(*(f"{one}. {says}" for says in anchors[one])) for one in ids}


def _criteria(record: Record, typed: Typed) -> list[str] | None:
    version = record.version_of(typed.text("candidacy_id"))
    return None if version is None else [one.id for one in version.criteria]


def _terms(record: Record, typed: Typed) -> Labels:
    version = record.version_of(typed.text("candidacy_id") or typed.text("certification_id"))
    return {} if version is None else term_labels((*version.criteria, *version.competencies, *version.activities))


def _scope(is_in: bool) -> Ids:
    """The competencies of the scheme version that the certification covers, by its last change, or does not."""

    def ids(record: Record, typed: Typed) -> list[str] | None:
        certification_id = typed.text("certification_id")
        version, scopes = record.version_of(certification_id), record.read.certification(certification_id).scopes
        if version is None or not scopes:
            return None
        held = scope_on(scopes, max(day for day, _ in scopes))
        return [one.id for one in version.competencies if (one.id in held) is is_in]

    return ids


def _entered(record: Record, typed: Typed) -> list[str]:
    """The competencies that are entered in the same form."""
    return [typed.text(f"competencies.{row}.id").strip() for row in typed.rows("competencies")]


def _entered_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    names = {
        typed.text(f"competencies.{row}.id").strip(): Words(
            *(typed.text(f"competencies.{row}.name_{language}") for language in LANGUAGES)
        )
        for row in typed.rows("competencies")
    }
    return {one: Words(names[one].en or one, names[one].fr or one) for one in ids}


# Of countries and languages


@cache
def _locale_names(of: str) -> Mapping[str, Words]:
    """The names of languages or territories by code of two letters, in English order; only what is one (CLDR)."""
    english, french = (getattr(Locale(language), of) for language in LANGUAGES)
    codes = [code for code in english if len(code) == 2 and code.isalpha() and code in french and code not in _NONE]
    return dict(sorted(((c, Words(str(english[c]), str(french[c]))) for c in codes), key=lambda item: item[1]))


_NONE = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})  # groups of countries, and placeholders


def _languages(record: Record, typed: Typed) -> list[str]:
    return list(_locale_names("languages"))


def _not_registered(record: Record, typed: Typed) -> list[str]:
    return sorted(_locale_names("territories").keys() - set(record.ids_of("administration")))


def _named(labels: Callable[[Record, Sequence[str]], Labels]) -> LabelsOf:
    return lambda record, _, ids: labels(record, ids)


def _country_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    return {one: territory(one) for one in ids}


def _coded_country_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    return {one: Words(*(f"{name} ({one})" for name in territory(one))) for one in ids}


def _language_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    return {one: _locale_names("languages")[one] for one in ids}


def _term_labels(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    terms = _terms(record, typed)
    return {one: terms[one] for one in ids}


def _as_they_are(record: Record, typed: Typed, ids: Sequence[str]) -> Labels:
    return {one: Words(*(one, one)) for one in ids}


_PERSON = _named(Record.person_labels)
_CANDIDACY = _named(Record.candidacy_labels)
_CERTIFICATION = _named(Record.certification_labels)
_SESSION = _named(Record.session_labels)
_MISSION = _named(Record.mission_labels)
_APPEAL = _named(Record.appeal_labels)
_COMPLAINT = _named(Record.complaint_labels)
_REQUEST = _named(privacy_lists.request_labels)
_HOLD = _named(privacy_lists.hold_labels)
_OF_PARTICIPANT = _named(Record.candidacy_labels)  # not of whoever fills in the form

_LISTS: dict[str, Listing] = {
    "person_id": Listing(_people, _PERSON),
    "revoke-role.person_id": Listing(_officers, _PERSON),
    "revoke-contact-point.person_id": Listing(_contacts, _PERSON),
    "rotate-key.person_id": Listing(_with_keys, _PERSON),
    "revoke-key.person_id": Listing(_with_keys, _PERSON),
    "assign-facilitator.person_id": Listing(_holding(Role.FACILITATOR), _PERSON),
    "assign-assessor.person_id": Listing(_holding(Role.ASSESSOR), _PERSON),
    "assessor_id": Listing(_holding(Role.ASSESSOR), _PERSON),
    "merged_id": Listing(_people, _PERSON),
    "unmerge-persons.merged_id": Listing(_merged, _PERSON),
    "administration_id": Listing(lambda record, _: record.ids_of("administration"), _country_labels),
    "register-administration.administration_id": Listing(_not_registered, _coded_country_labels),
    "scheme_id": Listing(lambda record, _: record.ids_of("scheme"), _named(Record.scheme_labels)),
    "scheme_version": Listing(_versions(is_approved=True), _as_they_are),
    "version": Listing(_versions(is_approved=False), _as_they_are),
    "session_id": Listing(_sessions(), _SESSION),
    "nominate-candidate.session_id": Listing(_sessions(lambda one: not one.closed), _SESSION),
    "assign-facilitator.session_id": Listing(_sessions(lambda one: not one.closed), _SESSION),
    "assign-assessor.session_id": Listing(_staffed, _SESSION),
    "close-session.session_id": Listing(_sessions(lambda one: not one.closed), _SESSION),
    "compute-ranking.session_id": Listing(_sessions(lambda one: one.closed and one.selected is None), _SESSION),
    "candidacy_id": Listing(_candidacies(_open), _CANDIDACY),
    "record-findings.candidacy_id": Listing(_candidacies(lambda one, _: one.undecided), _CANDIDACY),
    "decide-eligibility.candidacy_id": Listing(_candidacies(lambda one, _: one.undecided), _CANDIDACY),
    "recuse-assessor.candidacy_id": Listing(_candidacies(lambda one, _: one.attends), _CANDIDACY),
    "submit-score-sheet.candidacy_id": Listing(
        _candidacies(lambda one, record: one.attends and (one.rescoring or not _session(one, record).closed)),
        _CANDIDACY,
    ),
    "reveal-score-sheet.candidacy_id": Listing(
        _candidacies(lambda one, _: one.attends and _is_sealed(one)),
        _CANDIDACY,
    ),
    "supersede-score-sheet.candidacy_id": Listing(_candidacies(_assessed), _CANDIDACY),
    "hold-moderation.candidacy_id": Listing(_candidacies(_assessed), _CANDIDACY),
    "compute-outcome.candidacy_id": Listing(
        _candidacies(lambda one, record: one.attends and one.outcome is None and _session(one, record).closed),
        _CANDIDACY,
    ),
    "decide-certification.candidacy_id": Listing(
        _candidacies(
            lambda one, record: one.attends and _open(one, record) and _session(one, record).selected is not None
        ),
        _CANDIDACY,
    ),
    "certification_id": Listing(_certifications(), _CERTIFICATION),
    "issue-certificate.certification_id": Listing(_certifications(lambda one: not one.issues), _CERTIFICATION),
    "reissue-certificate.certification_id": Listing(_certifications(lambda one: bool(one.issues)), _CERTIFICATION),
    "relinquish-certification.certification_id": Listing(
        _awards(lambda one: one.standing.ended is None), _CERTIFICATION
    ),
    "annul-certification.certification_id": Listing(_awards(lambda one: not one.standing.annulled), _CERTIFICATION),
    "decide-field-phase.certification_id": Listing(
        _awards(lambda one: one.grant is None and one.standing.ended is None), _CERTIFICATION
    ),
    "decide-field-phase.mission_id": Listing(mission_lists.missions(mission_lists.is_completed), _MISSION),
    "remit-decision.certification_id": Listing(
        case_lists.appealed(("remit", "rescore"), "certification-refused"), _CERTIFICATION
    ),
    "remit-decision.appeal_id": Listing(case_lists.follows(("remit", "rescore"), "certification-refused"), _APPEAL),
    "annul-decision.certification_id": Listing(case_lists.appealed(("annul",), *ANNULLED), _CERTIFICATION),
    "annul-decision.appeal_id": Listing(case_lists.follows(("annul",), *ANNULLED), _APPEAL),
    "key_id": Listing(_issuer_keys(is_ended_too=False), _as_they_are),
    "revoke-issuer-key.key_id": Listing(_issuer_keys(is_ended_too=True), _as_they_are),
    "revoke-key.key_id": Listing(_keys(is_ended_too=True), _as_they_are),
    "old_key_id": Listing(_keys(is_ended_too=False), _as_they_are),
    "lost_key_ids": Listing(_keys(is_ended_too=False), _as_they_are),
    "sheet_id": Listing(_sheets(lambda sheet: sheet.levels is None), _sheet_labels),
    "old_sheet_id": Listing(_sheets(lambda _: True), _sheet_labels),
    "activity": Listing(_activities, _term_labels),
    "competency": Listing(_competencies, _term_labels),
    "commitment": Listing(_competencies, _term_labels),
    "level": Listing(_levels, _level_labels),
    "criterion": Listing(_criteria, _term_labels),
    "removed": Listing(_scope(is_in=True), _term_labels),
    "added": Listing(_scope(is_in=False), _term_labels),
    "activities.competencies": Listing(_entered, _entered_labels),
    "language": Listing(_languages, _language_labels),
    "administrations": Listing(lambda record, _: record.ids_of("administration"), _country_labels),
    "declare-ai-use.person_id": Listing(_officers, _PERSON),
    "declare-ai-use.session_id": Listing(_sessions(lambda one: not one.closed), _SESSION),
    "issue-call-for-nominations.session_id": Listing(_sessions(lambda one: not one.closed), _SESSION),
    "close-call-for-nominations.session_id": Listing(
        _sessions(lambda one: not one.closed and one.call is not None and not one.call_closed), _SESSION
    ),
    "incident_id": Listing(_incidents, _incident_labels),
    "conflict_id": Listing(_conflicts, _conflict_labels),
    "declare-conflict-of-interest.counterpart_id": Listing(_people, _PERSON),
    "counterpart_administration": Listing(lambda record, _: record.ids_of("administration"), _country_labels),
    "risk_id": Listing(lambda record, _: record.ids_of("risk"), _risk_labels),
    "delegator_id": Listing(_lending, _PERSON),
    "record-impartiality-risk.affected": Listing(_officers, _PERSON),
    "sessions": Listing(_sessions(), _SESSION),
    "languages": Listing(_languages, _language_labels),
    "end-conflict-of-interest.person_id": Listing(
        lambda record, _: [one for one in record.ids_of("competence") if record.read.competence(one).open_conflicts],
        _PERSON,
    ),
    "end-assessor-qualification.person_id": Listing(
        lambda record, _: [one for one in record.ids_of("competence") if record.read.competence(one).qualified], _PERSON
    ),
    "qualify-assessor.competencies": Listing(_competencies_of_scheme, _scheme_term_labels),
    "revoke-delegation.person_id": Listing(
        lambda record, _: [one for one in record.officers() if record.read.officer(one).delegated], _PERSON
    ),
    "participants.person_id": Listing(_holding(Role.ASSESSOR), _PERSON),
    "grant-delegation.person_id": Listing(_with_keys, _PERSON),
    "record-attendance.activity": Listing(_every_activity, _term_labels),
    "receive-application.candidacy_id": Listing(
        _candidacies(lambda one, _: one.undecided and not one.preparation.complete), _CANDIDACY
    ),
    "return-application.candidacy_id": Listing(
        _candidacies(lambda one, _: one.undecided and _is_submitted(one)), _CANDIDACY
    ),
    "declare-application-complete.candidacy_id": Listing(
        _candidacies(lambda one, _: one.undecided and _is_submitted(one)), _CANDIDACY
    ),
    "decide-accommodation.candidacy_id": Listing(
        _candidacies(lambda one, _: one.preparation.accommodation == "requested"), _CANDIDACY
    ),
    "record-attendance.candidacy_id": Listing(_candidacies(lambda one, _: one.attends), _CANDIDACY),
    "exclude-candidate.candidacy_id": Listing(
        _candidacies(lambda one, _: not one.ended and bool(one.preparation.incidents)), _CANDIDACY
    ),
    "shortlist-candidate.candidacy_id": Listing(
        _candidacies(lambda one, _: one.eligible is True and not one.withdrawn and not one.preparation.shortlisted),
        _CANDIDACY,
    ),
    "pass-over-candidate.candidacy_id": Listing(
        _candidacies(lambda one, _: one.attends and not one.sheets), _CANDIDACY
    ),
    "invite-candidate.candidacy_id": Listing(
        _candidacies(lambda one, _: one.attends and one.preparation.shortlisted is True), _CANDIDACY
    ),
    "record-answer.candidacy_id": Listing(
        _candidacies(lambda one, _: one.eligible is True and one.preparation.invited is not None and not one.sheets),
        _CANDIDACY,
    ),
    "register-advisor.person_id": Listing(mission_lists.certified, _PERSON),
    "register-advisor.certification_id": Listing(mission_lists.certifications, _CERTIFICATION),
    "record-language-proficiency.person_id": Listing(mission_lists.advisors(lambda _: True), _PERSON),
    "record-advice-domains.person_id": Listing(mission_lists.advisors(lambda _: True), _PERSON),
    "deactivate-advisor.person_id": Listing(mission_lists.advisors(lambda one: one.active), _PERSON),
    "reactivate-advisor.person_id": Listing(mission_lists.advisors(lambda one: not one.active), _PERSON),
    "mission_id": Listing(mission_lists.missions(mission_lists.is_approved), _MISSION),
    "approve-mission.mission_id": Listing(
        mission_lists.missions(lambda one: one.is_open and one.approval is None), _MISSION
    ),
    "start-mission.mission_id": Listing(
        mission_lists.missions(lambda one: mission_lists.is_approved(one) and one.started_on is None), _MISSION
    ),
    "complete-mission.mission_id": Listing(
        mission_lists.missions(lambda one: one.is_open and one.started_on is not None), _MISSION
    ),
    "cancel-mission.mission_id": Listing(mission_lists.missions(lambda one: one.is_open), _MISSION),
    "file-mission-report.mission_id": Listing(
        mission_lists.missions(lambda one: mission_lists.is_completed(one) and one.recommendations is None), _MISSION
    ),
    "record-beneficiary-feedback.mission_id": Listing(
        mission_lists.missions(lambda one: mission_lists.is_completed(one) and not one.has_feedback), _MISSION
    ),
    "submit-field-assessment.mission_id": Listing(mission_lists.missions(mission_lists.is_completed), _MISSION),
    "record-mission-results.mission_id": Listing(mission_lists.missions(mission_lists.is_completed), _MISSION),
    "request-release.person_id": Listing(mission_lists.advisors(lambda one: one.active), _PERSON),
    "decide-release.person_id": Listing(mission_lists.asked, _PERSON),
    "assign-advisor.person_id": Listing(mission_lists.released, _PERSON),
    "contact_id": Listing(mission_lists.contacts, _PERSON),
    "participant_id": Listing(mission_lists.participants, _PERSON),
    "submit-field-assessment.participant_id": Listing(mission_lists.participants, _PERSON),
    "submit-field-assessment.candidacy_id": Listing(mission_lists.candidacies, _OF_PARTICIPANT),
    "appeal_id": Listing(case_lists.appeals(lambda one: not one.is_over), _APPEAL),
    "acknowledge-appeal.appeal_id": Listing(case_lists.appeals(lambda one: one.acknowledged_on is None), _APPEAL),
    "decide-admissibility.appeal_id": Listing(case_lists.appeals(lambda one: one.admissible is None), _APPEAL),
    "close-appeal.appeal_id": Listing(case_lists.appeals(lambda one: one.is_over and not one.closed), _APPEAL),
    "remit-selection.appeal_id": Listing(case_lists.remitted, _APPEAL),
    "remit-selection.candidacy_id": Listing(
        _candidacies(lambda one, record: bool(case_lists.remits(one.candidacy_id, record))), _CANDIDACY
    ),
    "reopen-assessment.appeal_id": Listing(case_lists.reopened, _APPEAL),
    "reopen-assessment.candidacy_id": Listing(
        _candidacies(lambda one, record: bool(case_lists.reopens(one.candidacy_id, record))), _CANDIDACY
    ),
    "lodge-appeal.candidacy_id": Listing(case_lists.appealable, _CANDIDACY),
    "members": Listing(_holding(Role.APPEAL_PANEL), _PERSON),
    "answerable_id": Listing(_people, _PERSON),
    "complaint_id": Listing(case_lists.complaints(lambda one: one.resolution is None), _COMPLAINT),
    "open-corrective-action.complaint_id": Listing(case_lists.complaints(lambda _: True), _COMPLAINT),
    "close-corrective-action.complaint_id": Listing(case_lists.complaints(case_lists.has_open_action), _COMPLAINT),
    "action_id": Listing(case_lists.open_actions, case_lists.action_labels),
    "activity_id": Listing(development_lists.activities, development_lists.activity_labels),
    "verify-cpd-activity.person_id": Listing(
        development_lists.holders(lambda history: bool(history.unverified)), _PERSON
    ),
    "record-refresher.person_id": Listing(development_lists.holders(), _PERSON),
    "report-capability-change.person_id": Listing(development_lists.holders(), _PERSON),
    "review-surveillance.person_id": Listing(development_lists.holders(), _PERSON),
    "review-surveillance.certification_id": Listing(mission_lists.certifications, _CERTIFICATION),
    "refuse-recertification.person_id": Listing(
        development_lists.holders(lambda history: bool(history.requests)), _PERSON
    ),
    "refuse-recertification.certification_id": Listing(mission_lists.certifications, _CERTIFICATION),
    "report-misuse.person_id": Listing(development_lists.holders(), _PERSON),
    "report-misuse.certification_id": Listing(mission_lists.certifications, _CERTIFICATION),
    "request_id": Listing(privacy_lists.requests, _REQUEST),
    "hold_id": Listing(privacy_lists.holds, _HOLD),
}
