"""Advisors in service: the pool, its languages and domains, and what advisors state in their own name.

The pool says whom a mission can be proposed to. It grants nothing and takes nothing away: a certification is decided
about elsewhere.
"""

from datetime import date
from typing import ClassVar

from ledger.domain.decisions import require
from ledger.domain.decisions.acting import Act, Command
from ledger.domain.decisions.rows import EventType, Subject, command_type
from ledger.domain.events import advisor as facts
from ledger.domain.events.common import Digest
from ledger.domain.reader import Reader
from ledger.domain.record import Fact, Role
from ledger.domain.refusal import Refused
from ledger.domain.serving import may_accompany
from ledger.domain.states.advisor import Advisor, evolve_advisor
from ledger.words import Words

IN_OWN_NAME = "in their own name"
NOT_BEFORE_START = Words("a day that is not before the first day", "un jour qui ne précède pas le premier jour")
NOT_OVER = Words("a day that is not past", "un jour qui n’est pas passé")


class AdvisorCommand(Command, frozen=True, kw_only=True):
    kind = "advisor"
    person_id: str


class RegisterAdvisor(AdvisorCommand, frozen=True, kw_only=True):
    certification_id: str


class RecordLanguageProficiency(AdvisorCommand, frozen=True, kw_only=True):
    language: str
    cefr: facts.Cefr
    since: date
    evidence: Digest | None = None


class RecordAdviceDomains(AdvisorCommand, frozen=True, kw_only=True):
    topics: tuple[facts.AdviceDomain, ...]


class DeclareAvailability(AdvisorCommand, frozen=True, kw_only=True):
    start: date
    end: date
    modes: tuple[facts.MissionMode, ...]


class PledgeCollaboration(AdvisorCommand, frozen=True, kw_only=True):
    text: facts.Pledge


class DeactivateAdvisor(AdvisorCommand, frozen=True, kw_only=True):
    sealed_codes: ClassVar = {"reason_code": "deactivation_reason"}
    reason_code: Digest


class ReactivateAdvisor(AdvisorCommand, frozen=True, kw_only=True):
    pass


def register_advisor(command: RegisterAdvisor, act: Act, read: Reader) -> Fact:
    """A registrar takes somebody into the pool whose certification is in force, or who is in the field phase."""
    require.person(command.person_id, read)
    if read.advisor(command.person_id).version:
        raise Refused("already-an-advisor", person=command.person_id)
    holder = read.candidate(command.certification_id)
    if holder is None or not read.is_among(command.person_id, [holder]):
        raise Refused("not-their-certification", person=command.person_id)
    _require_certified(command.person_id, act, read)
    return command.stated_as(facts.AdvisorRegistered)


def record_language_proficiency(command: RecordLanguageProficiency, act: Act, read: Reader) -> Fact:
    """A registrar records the level that an advisor has shown in a language."""
    _advisor(command, read)
    if command.since > act.day:
        raise Refused("in-the-future", field="since")
    return command.stated_as(facts.LanguageProficiencyRecorded)


def record_advice_domains(command: RecordAdviceDomains, act: Act, read: Reader) -> Fact:
    """A registrar records all domains that an advisor can advise on."""
    _advisor(command, read)
    require.each_once("topics", command.topics)
    return command.stated_as(facts.AdviceDomainsRecorded)


def declare_availability(command: DeclareAvailability, act: Act, read: Reader) -> Fact:
    """An advisor says when and how they could go on a mission."""
    require.in_own_name(act, command.person_id, read)
    _advisor(command, read)
    require.each_once("modes", command.modes)
    if command.end < command.start:
        raise Refused("malformed", field="end", expected=NOT_BEFORE_START)
    if command.end < act.day:
        raise Refused("malformed", field="end", expected=NOT_OVER)
    return command.stated_as(facts.AvailabilityDeclared)


def pledge_collaboration(command: PledgeCollaboration, act: Act, read: Reader) -> Fact:
    """An advisor signs the pledge of continued collaboration, once in each version of its text."""
    require.in_own_name(act, command.person_id, read)
    if command.text in _advisor(command, read).pledged_on:
        raise Refused("already-pledged", person=command.person_id)
    return command.stated_as(facts.CollaborationPledged)


def deactivate_advisor(command: DeactivateAdvisor, act: Act, read: Reader) -> Fact:
    """A registrar records that an advisor goes on no mission for the time being; the certification is not touched."""
    if not _advisor(command, read).active:
        raise Refused("advisor-inactive", person=command.person_id)
    return command.stated_as(facts.AdvisorDeactivated)


def reactivate_advisor(command: ReactivateAdvisor, act: Act, read: Reader) -> Fact:
    """A registrar records that an advisor can go on missions again: certified, or in the field phase."""
    if _advisor(command, read).active:
        raise Refused("advisor-active", person=command.person_id)
    _require_certified(command.person_id, act, read)
    return facts.AdvisorReactivated()


def _advisor(command: AdvisorCommand, read: Reader) -> Advisor:
    """The advisor of the command: registered, and not erased."""
    require.person(command.person_id, read)
    advisor = read.advisor(command.person_id)
    if not advisor.version:
        raise Refused("no-advisor", person=command.person_id)
    return advisor


def _require_certified(person_id: str, act: Act, read: Reader) -> None:
    if not may_accompany(person_id, act.day, act.day, read):
        raise Refused("not-certified-then", person=person_id, start=act.day, end=act.day)


# fmt: off
ADVISOR = Subject(
    kind="advisor",
    id_field="person_id",
    initial=lambda person_id, _: Advisor(person_id),
    evolve=evolve_advisor,
    person=lambda person_id, _: person_id,
    commands=(
        command_type("register-advisor", RegisterAdvisor, register_advisor,
            EventType("advisor-registered/v1", facts.AdvisorRegistered, (Role.REGISTRAR,), "restricted",
                      Words("Advisor registered for missions", "Conseiller inscrit au vivier"))),
        command_type("record-language-proficiency", RecordLanguageProficiency, record_language_proficiency,
            EventType("language-proficiency-recorded/v1", facts.LanguageProficiencyRecorded, (Role.REGISTRAR,),
                      "restricted", Words("Language proficiency recorded", "Compétence linguistique consignée"))),
        command_type("record-advice-domains", RecordAdviceDomains, record_advice_domains,
            EventType("advice-domains-recorded/v1", facts.AdviceDomainsRecorded, (Role.REGISTRAR,), "restricted",
                      Words("Domains of advice recorded", "Domaines de conseil consignés"))),
        command_type("declare-availability", DeclareAvailability, declare_availability,
            EventType("availability-declared/v1", facts.AvailabilityDeclared, (Role.KEY_HOLDER,), "restricted",
                      Words("Availability declared", "Disponibilité déclarée")),
            own_case=IN_OWN_NAME),
        command_type("pledge-collaboration", PledgeCollaboration, pledge_collaboration,
            EventType("collaboration-pledged/v1", facts.CollaborationPledged, (Role.KEY_HOLDER,), "restricted",
                      Words("Continued collaboration pledged", "Engagement de collaboration continue signé")),
            own_case=IN_OWN_NAME),
        command_type("deactivate-advisor", DeactivateAdvisor, deactivate_advisor,
            EventType("advisor-deactivated/v1", facts.AdvisorDeactivated, (Role.REGISTRAR,), "restricted",
                      Words("Advisor deactivated", "Conseiller désactivé"))),
        command_type("reactivate-advisor", ReactivateAdvisor, reactivate_advisor,
            EventType("advisor-reactivated/v1", facts.AdvisorReactivated, (Role.REGISTRAR,), "restricted",
                      Words("Advisor reactivated", "Conseiller réactivé"))),
    ),
)
# fmt: on
