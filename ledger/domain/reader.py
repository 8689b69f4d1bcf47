"""What a decision may read: the states of streams, and nothing else.

Statements name persons by id, and one human may have several. Rules that compare persons compare ``one`` of each.

An implementation records which streams were read at which version (the read set), so that a decision
can be refused at the append when one of them moved on. Every method returns a state; a subject
that was never recorded has ``version`` 0.
"""

from abc import ABC, abstractmethod
from collections.abc import Collection
from datetime import date
from typing import Any, cast

import msgspec

from ledger.domain.events.competence import ConflictOfInterestDeclared
from ledger.domain.events.issuer import THE_ISSUER
from ledger.domain.events.office import FOUNDING
from ledger.domain.events.passkeys import PASSKEY_POLICY, Credential
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.record import PublicKey, Role, Site, Stream
from ledger.domain.states.advisor import Advisor
from ledger.domain.states.appeal import Appeal
from ledger.domain.states.calibration import Calibration
from ledger.domain.states.candidacy import Candidacy
from ledger.domain.states.certification import Certification
from ledger.domain.states.competence import Competence
from ledger.domain.states.complaint import Complaint
from ledger.domain.states.development import Development
from ledger.domain.states.history import HistoricRecord
from ledger.domain.states.impartiality import Risk
from ledger.domain.states.issuer import Issuer
from ledger.domain.states.mission import Mission
from ledger.domain.states.office import Founding, Officer
from ledger.domain.states.passkeys import PasskeyPolicy
from ledger.domain.states.persons import Administration, Person
from ledger.domain.states.privacy import Hold, Request, Transfer
from ledger.domain.states.scheme import Scheme
from ledger.domain.states.session import Session
from ledger.words import Words


class Disclosed(msgspec.Struct, frozen=True):
    """A value behind a salted digest: JSON-like, without floats."""

    name: str
    value: Any
    salt: str


class Reader(ABC):
    """The record as it stands at one position of the log."""

    @abstractmethod
    def state(self, stream: Stream) -> Any:
        """The state of a stream, whose class is that of its kind."""

    @abstractmethod
    def candidacies_of(self, person_id: str) -> tuple[Candidacy, ...]:
        """Every candidacy of a human, by id and in log order. Pins the size of the log."""

    @abstractmethod
    def one(self, person_id: str) -> str:
        """The id under which a human counts, whichever of their ids is given. Two ids are of one human if it is one."""

    @abstractmethod
    def ids_of(self, person_id: str) -> tuple[str, ...]:
        """Every id of the same human, the one that counts first. Pins the size of the log."""

    @abstractmethod
    def survivor(self, person_id: str) -> str | None:
        """The id under which a merged one goes on; None when it is not merged. Pins the size of the log."""

    @abstractmethod
    def employers(self, person_id: str, start: date, end: date) -> frozenset[str]:
        """The administrations that employed a human during a workshop, under whichever id. Pins the size of the log."""

    @abstractmethod
    def candidacies_in(self, session_id: str) -> tuple[Candidacy, ...]:
        """Every candidacy of a session, in log order. Pins the size of the log."""

    @abstractmethod
    def advisors(self) -> tuple[Advisor, ...]:
        """Every registered advisor, by the id that counts and in the order of ids. Pins the size of the log."""

    @abstractmethod
    def missions_of(self, person_id: str) -> tuple[Mission, ...]:
        """The missions on whose team a human is, whichever id was assigned, in log order. Pins the size of the log."""

    @abstractmethod
    def releases_of(self, person_id: str) -> tuple[Mission, ...]:
        """The missions for which a release of a human was asked, in log order. Pins the size of the log."""

    @abstractmethod
    def appeals_of(self, candidacy_id: str) -> tuple[Appeal, ...]:
        """Every appeal against a decision on a candidacy, or on its certification. Pins the size of the log."""

    @abstractmethod
    def calibrations_of(self, person_id: str) -> tuple[Calibration, ...]:
        """Every calibration exercise in which a human took part, under whichever id. Pins the size of the log."""

    @abstractmethod
    def requests_of(self, person_id: str) -> tuple[Request, ...]:
        """What a human asked for about their data, under whichever id. Pins the size of the log."""

    @abstractmethod
    def about(self, one_id: str) -> tuple[Stream, ...]:
        """The requests, holds, disclosures and old records that name a person, workshop or administration by this id.

        Pins the size of the log.
        """

    @abstractmethod
    def holds_of(self, person_id: str) -> tuple[Hold, ...]:
        """The legal holds on the data of a human, released ones included. Pins the size of the log."""

    @abstractmethod
    def key_holder(self, key_id: str) -> str | None:
        """The person for whom a key was ever enrolled. Pins the size of the log."""

    @abstractmethod
    def key_id(self, public_key: bytes) -> str:
        """The id of a raw public key."""

    @abstractmethod
    def signed_by(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Whether the key signed the message (64 bytes: RFC 8032, or r || s of RFC 7518 3.4)."""

    @abstractmethod
    def credential(
        self, attestation_object: bytes, client_data: bytes, transports: tuple[str, ...], sites: tuple[Site, ...]
    ) -> Credential | Words:
        """The credential that a browser made on a page of one of the sites, or why it is none."""

    @abstractmethod
    def disclosure(self, digest: str) -> Disclosed | None:
        """The value behind a digest; None when it was never given, or was erased."""

    def is_among(self, person_id: str, others: Collection[str]) -> bool:
        """Whether a human is one of the others, whichever ids are given."""
        human = self.one(person_id)
        if person_id in others:  # whatever was merged
            return True
        for other in others:  # noqa: SIM110 - the rules ask this most often, and a generator takes as long again
            if self.one(other) == human:
                return True
        return False

    def founding(self) -> Founding:
        return cast(Founding, self.state(FOUNDING))

    def officer(self, person_id: str) -> Officer:
        return cast(Officer, self.state(Stream("officer", person_id)))

    def holds(self, person_id: str, role: Role, day: date) -> bool:
        """Whether a person may sign in a role on a day: they hold it, or it was lent to them by one who still does."""
        officer = self.officer(person_id)
        if role in officer.roles:
            return True
        lent = officer.delegated.get(role) if officer.delegations else None
        return lent is not None and day <= lent.until and role in self.officer(lent.delegator_id).roles

    def roles_on(self, person_id: str, day: date) -> frozenset[Role]:
        """Every role in which a person may sign on a day, those that were lent to them included."""
        officer = self.officer(person_id)
        lent = (role for role in officer.delegated if self.holds(person_id, role, day))
        return officer.roles.union(lent) if officer.delegations else officer.roles

    def officer_on(self, person_id: str, day: date) -> Officer:
        """An officer with every role in which they may sign on a day, those that were lent to them included."""
        return msgspec.structs.replace(self.officer(person_id), roles=self.roles_on(person_id, day))

    def competence(self, person_id: str) -> Competence:
        return cast(Competence, self.state(Stream("competence", person_id)))

    def competences_of(self, person_id: str) -> tuple[Competence, ...]:
        """What is known of the competence of a human, by each of their ids. Pins the size of the log."""
        return tuple(map(self.competence, self.ids_of(person_id)))

    def has_conflict(self, officer: str, person_id: str) -> bool:
        """Whether an officer declared a tie, whose end was not declared, to a human.

        A tie to an administration is one to everybody whom the record says it ever employed.
        """
        conflicts = self._open_conflicts(officer)
        if not conflicts:
            return False
        people = [one.counterpart_id for one in conflicts if one.counterpart_id is not None]
        employers = {e.administration_id for one in self.ids_of(person_id) for e in self.person(one).employments}
        return self.is_among(person_id, people) or any(one.counterpart_administration in employers for one in conflicts)

    def has_conflict_with(self, officer: str, administration_id: str) -> bool:
        """Whether an officer declared a tie, whose end was not declared, to an administration."""
        return any(one.counterpart_administration == administration_id for one in self._open_conflicts(officer))

    def _open_conflicts(self, officer: str) -> list[ConflictOfInterestDeclared]:
        return [one for competence in self.competences_of(officer) for one in competence.open_conflicts]

    def risk(self, risk_id: str) -> Risk:
        return cast(Risk, self.state(Stream("risk", risk_id)))

    def passkey_policy(self) -> PasskeyPolicy:
        return cast(PasskeyPolicy, self.state(PASSKEY_POLICY))

    def issuer(self) -> Issuer:
        return cast(Issuer, self.state(THE_ISSUER))

    def person(self, person_id: str) -> Person:
        return cast(Person, self.state(Stream("person", person_id)))

    def human(self, person_id: str) -> Person:
        """The person under the id that survives merges. They agree to what all of their ids do."""
        counts = self.survivor(person_id) or person_id
        person = self.person(counts)
        if not (person.listed_with or person.shows_results_with):
            return person
        listed, shows_results = self._is_listed(counts), self._shows_results(counts)
        return msgspec.structs.replace(person, listed=listed, shows_results=shows_results)

    def _is_listed(self, person_id: str) -> bool:
        person = self.person(person_id)
        return person.listed and all(map(self._is_listed, person.listed_with))

    def _shows_results(self, person_id: str) -> bool:
        person = self.person(person_id)
        return person.shows_results and all(map(self._shows_results, person.shows_results_with))

    def administration(self, administration_id: str) -> Administration:
        return cast(Administration, self.state(Stream("administration", administration_id)))

    def scheme(self, scheme_id: str) -> Scheme:
        return cast(Scheme, self.state(Stream("scheme", scheme_id)))

    def scheme_version(self, session: Session) -> SchemeVersionDrafted:
        """The scheme version under which a workshop was planned."""
        return self.scheme(session.planned.scheme_id).drafts[session.planned.scheme_version]

    def session(self, session_id: str) -> Session:
        return cast(Session, self.state(Stream("session", session_id)))

    def candidacy(self, candidacy_id: str) -> Candidacy:
        return cast(Candidacy, self.state(Stream("candidacy", candidacy_id)))

    def candidate(self, candidacy_id: str) -> str | None:
        """The person whom a candidacy, and the certification of the same id, is about; None while it is not known."""
        nomination = self.candidacy(candidacy_id).nomination
        return None if nomination is None else nomination.person_id

    def request(self, request_id: str) -> Request:
        return cast(Request, self.state(Stream("request", request_id)))

    def hold(self, hold_id: str) -> Hold:
        return cast(Hold, self.state(Stream("hold", hold_id)))

    def transfer(self, transfer_id: str) -> Transfer:
        return cast(Transfer, self.state(Stream("transfer", transfer_id)))

    def historic_record(self, history_id: str) -> HistoricRecord:
        return cast(HistoricRecord, self.state(Stream("history", history_id)))

    def certification(self, certification_id: str) -> Certification:
        return cast(Certification, self.state(Stream("certification", certification_id)))

    def advisor(self, person_id: str) -> Advisor:
        """The advisor under the id that survives merges. Pins the size of the log."""
        return cast(Advisor, self.state(Stream("advisor", self.survivor(person_id) or person_id)))

    def mission(self, mission_id: str) -> Mission:
        return cast(Mission, self.state(Stream("mission", mission_id)))

    def appeal(self, appeal_id: str) -> Appeal:
        return cast(Appeal, self.state(Stream("appeal", appeal_id)))

    def complaint(self, complaint_id: str) -> Complaint:
        return cast(Complaint, self.state(Stream("complaint", complaint_id)))

    def development(self, person_id: str) -> Development:
        """What is recorded under this one id; ``ledger/domain/renewal.py`` puts those of a human together."""
        return cast(Development, self.state(Stream("development", person_id)))
