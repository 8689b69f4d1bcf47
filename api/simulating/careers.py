"""What becomes of people after a decision: certificates, consents, renewals, suspensions, withdrawals, erasures."""

from collections.abc import Callable
from datetime import date

import msgspec

from api.secretariat.importing.workshop import COMPETENCIES
from api.simulating.people import People, Somebody
from api.simulating.recording import Recorder, value
from api.simulating.workshops import Candidate, Workshop
from ledger.domain.record import Role

LISTED, SHOWN, WITH_EVIDENCE = 0.8, 0.3, 0.3
RENEWED = 0.65
RENEWING, TERM, EXPIRED = 33, 36, 38  # periods after the workshop, or after the last renewal; TERM is three years
EVENTFUL = range(2, 21)  # periods after the certificate in which something may happen to it
ERASED = 0.01  # of those who are not certified
_CHANCES: dict[str, float] = {"suspend": 0.04, "withdraw": 0.015, "reduce": 0.02, "rename": 0.03, "reissue": 0.02}
_UNLISTED = 0.04


class Certified(msgspec.Struct):
    """A certification, its holder, and two deciders who neither trained nor scored nor moderated them."""

    certification_id: str
    somebody: Somebody
    deciders: list[str]
    has_ended: bool = False
    scope: tuple[str, ...] = COMPETENCIES


class Careers:
    """Records what is due, period by period."""

    def __init__(self, people: People, recorder: Recorder, again: list[Somebody]) -> None:
        self.people, self.recorder, self.random = people, recorder, people.random
        self.certificates = 0
        self._again = again
        self._due: dict[int, list[tuple[Callable[[int, Certified], None], Certified]]] = {}

    def issue(self, period: int, workshop: Workshop, certified: list[Candidate]) -> None:
        """Issue the certificates of a workshop, and record the consents; the others may be nominated again."""
        registrar = self.people.one(Role.REGISTRAR)
        for candidate in certified:
            self.recorder.do("issue-certificate", registrar, certification_id=candidate.candidacy_id)
            self.certificates += 1
            self._consent(candidate.somebody)
            holder = Certified(candidate.candidacy_id, candidate.somebody, workshop.deciders)
            self._plan(period, holder)
            self._at(period + RENEWING, self._renew, holder)
        failed = {id(candidate) for candidate in workshop.candidates} - {id(candidate) for candidate in certified}
        for candidate in workshop.candidates:
            if candidate.duplicate_of is not None:
                self._merge(candidate)
            if id(candidate) in failed:
                self._part(candidate.somebody)

    def care(self, period: int) -> None:
        """Record what is due in a period."""
        for record, certified in self._due.pop(period, ()):
            if not certified.has_ended:
                record(period, certified)

    def _at(self, period: int, record: Callable[[int, Certified], None], certified: Certified) -> None:
        self._due.setdefault(period, []).append((record, certified))

    def _plan(self, period: int, certified: Certified) -> None:
        """Plan at most one event of the next three years, and perhaps a consent withdrawn."""
        drawn = self.random.random()
        events = {
            "suspend": self._suspend,
            "withdraw": self._withdraw,
            "reduce": self._reduce,
            "rename": self._rename,
            "reissue": self._replace,
        }
        for name, chance in _CHANCES.items():
            if 0 <= drawn < chance:
                self._at(period + self.random.choice(EVENTFUL), events[name], certified)
            drawn -= chance
        if self.random.random() < _UNLISTED:
            self._at(period + self.random.choice(EVENTFUL), self._unlist, certified)

    def _consent(self, somebody: Somebody) -> None:
        if somebody.is_merged:
            return  # what they agreed to under the other id is not looked up here
        of = {"person_id": somebody.person_id}
        registrar = self.people.one(Role.REGISTRAR)
        if not somebody.is_listed and self.random.random() < LISTED:
            somebody.is_listed = True
            evidence = value("evidence", "Consent form, signed") if self.random.random() < WITH_EVIDENCE else None
            self.recorder.do("give-listing-consent", registrar, evidence=evidence, **of)
        if not somebody.shows_results and self.random.random() < SHOWN:
            somebody.shows_results = True
            self.recorder.do("give-results-consent", registrar, **of)

    def _unlist(self, _: int, certified: Certified) -> None:
        somebody = certified.somebody
        if somebody.is_listed and not somebody.is_merged:
            somebody.is_listed = False
            registrar = self.people.one(Role.REGISTRAR)
            self.recorder.do("withdraw-listing-consent", registrar, person_id=somebody.person_id)

    def _suspend(self, period: int, certified: Certified) -> None:
        said = {"effective_from": self._today, "reason_code": "under-review"}
        self.recorder.do("suspend-certification", certified.deciders[0], **said, **_of(certified))
        is_lifted = self.random.random() < 0.75
        self._at(period + self.random.randint(1, 3), self._lift if is_lifted else self._withdraw, certified)

    def _lift(self, _: int, certified: Certified) -> None:
        self.recorder.do("lift-suspension", certified.deciders[0], effective_from=self._today, **_of(certified))

    def _withdraw(self, _: int, certified: Certified) -> None:
        said = {"effective_from": self._today, "reason_code": "terms-breached"}
        self.recorder.do("withdraw-certification", *certified.deciders, **said, **_of(certified))
        certified.has_ended = True

    def _reduce(self, period: int, certified: Certified) -> None:
        if len(certified.scope) == 1:
            return  # without the last of them, it would be withdrawn
        removed = (self.random.choice(certified.scope),)
        certified.scope = tuple(one for one in certified.scope if one not in removed)
        said = {"removed": removed, "effective_from": self._today, "reason_code": "competence-lost"}
        self.recorder.do("reduce-scope", *certified.deciders, **said, **_of(certified))
        self._reissue(certified, "scope-changed")
        if self.random.random() < 0.5:
            self._at(period + self.random.randint(4, 8), lambda _, of: self._extend(of, removed), certified)

    def _extend(self, certified: Certified, added: tuple[str, ...]) -> None:
        said = {"added": added, "assessed_on": self._today, "effective_from": self._today}
        evidence = value("evidence", "Assessed again in two missions")
        self.recorder.do("extend-scope", *certified.deciders, evidence=evidence, **said, **_of(certified))
        certified.scope += added
        self._reissue(certified, "scope-changed")

    def _rename(self, _: int, certified: Certified) -> None:
        self.people.rename(certified.somebody)
        self._reissue(certified, "name-changed")

    def _replace(self, _: int, certified: Certified) -> None:
        self._reissue(certified, "lost")

    def _renew(self, period: int, certified: Certified) -> None:
        if self.random.random() >= RENEWED:
            self._at(period + EXPIRED - RENEWING, self._expire, certified)
            return
        evidence = value("evidence", "Refresher and two missions")
        said = {"method": "refresher-and-missions", "evidence": evidence}
        self.recorder.do("renew-certification", *certified.deciders, **said, **_of(certified))
        self._reissue(certified, "renewed")
        self._plan(period, certified)
        self._at(period + TERM, self._renew, certified)

    def _expire(self, _: int, certified: Certified) -> None:
        certified.has_ended = True
        self._again.append(certified.somebody)

    def _reissue(self, certified: Certified, reason: str) -> None:
        registrar = self.people.one(Role.REGISTRAR)
        self.recorder.do("reissue-certificate", registrar, reason_code=reason, **_of(certified))
        self.certificates += 1

    def _merge(self, candidate: Candidate) -> None:
        """The id of an earlier nomination counts from here on."""
        known, twin = candidate.duplicate_of, candidate.somebody
        assert known is not None
        officers = [self.people.one(role) for role in (Role.REGISTRAR, Role.DIRECTOR)]
        said = {"person_id": known.person_id, "merged_id": twin.person_id}
        reason = value("reason", "The same officer: date of birth and service number agree")
        self.recorder.do("merge-persons", *officers, reason=reason, **said)
        twin.person_id, twin.is_merged = known.person_id, True

    def _part(self, somebody: Somebody) -> None:
        """Let somebody be nominated again, or erase their data."""
        if self.random.random() >= ERASED:
            self._again.append(somebody)
            return
        officers = [self.people.one(role) for role in (Role.DATA_PROTECTION_OFFICER, Role.SECURITY_OFFICER)]
        self.recorder.do("erase-personal-data", *officers, person_id=somebody.person_id, basis_code="request")

    @property
    def _today(self) -> date:
        return self.recorder.today


def _of(certified: Certified) -> dict[str, str]:
    return {"certification_id": certified.certification_id}
