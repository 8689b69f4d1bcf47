"""Planning an import: a checked workshop becomes proposals, in the order in which they can be signed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from api.secretariat.importing.reading import Fault, WrongWorkshop
from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA, Workshop, WorkshopOfficer, members
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, details_of, split_name
from ledger.disclosures import seal
from ledger.domain.deciding import next_event
from ledger.domain.decisions.acting import Act
from ledger.domain.decisions.session import PlanSession
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.record import Head, Role, Signer
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.reading import Draft
from ledger.store.ledger import Ledger

SCHEME = "toa-pca-fr"
RENEWAL_WINDOW_MONTHS, SEPARATION_MONTHS = 6, 24
TERMS = {
    SCHEME: (
        "PCA Technical and Operational Advisor (Francophone)",
        "Conseiller technique et opérationnel en contrôle a posteriori (francophone)",
    ),
    "pca-experience": ("PCA experience", "Expérience du contrôle a posteriori"),
    "technical-knowledge": ("Technical knowledge", "Connaissances techniques"),
    "communication-skills": ("Communication skills", "Aptitudes à la communication"),
    "theoretical-knowledge": ("Theoretical knowledge", "Connaissances théoriques"),
    "practical-skills": ("Practical skills", "Compétences pratiques"),
    "communication": ("Communication", "Communication"),
    "advisory-capacity": ("Advisory capacity", "Capacité de conseil"),
    "lecture": ("Lecture", "Exposé"),
    "case-study": ("Case study", "Étude de cas"),
    "simulation": ("Simulation exercise", "Exercice de simulation"),
    "group-discussion": ("Group discussion", "Discussion de groupe"),
    "presentation": ("Presentation", "Présentation"),
}


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import files; ``candidacies`` and ``people`` map the files' codes to ids."""

    source: str
    proposals: tuple[Proposal, ...]
    candidacies: dict[str, str]
    people: dict[str, str]
    files: dict[str, str]

    def require_new(self, inbox: Inbox) -> None:
        """Raise ``Refused`` when the workshop, or one of its files, waits in this inbox or was imported through it."""
        inbox.require_not_imported(self.source, self.files)
        for item in inbox.waiting():
            command = item.proposal.command
            if isinstance(command, PlanSession) and command.session_id == self.source:
                raise Refused("already-exists", kind="session", id=self.source)

    def file(self, inbox: Inbox) -> None:
        """File everything, or nothing. Raises ``Refused`` as :meth:`require_new` does."""
        self.require_new(inbox)
        inbox.file(self.proposals, self.source, self.files)


def plan_import(workshop: Workshop, ledger: Ledger, new_id: Callable[[], str]) -> ImportPlan:
    """Plan an import; nothing is written.

    The rules decide every proposal as on the last day of the workshop, or today if that is later.
    Raises ``WrongWorkshop`` with the cell of each proposal that they refuse, and ``Refused`` when the workshop is
    recorded, or nobody holds a role that must sign.
    """
    return _Planning(workshop, ledger, new_id).plan()


class _Planning:
    def __init__(self, workshop: Workshop, ledger: Ledger, new_id: Callable[[], str]) -> None:
        self._workshop = workshop
        self._ledger = ledger
        self._read = ledger.read()
        self._new_id = new_id
        self._proposals: list[Proposal] = []
        self._sources: list[tuple[str, ...]] = []  # of each proposal: a file, and what it calls the subject
        self._director = self._holder(Role.DIRECTOR)
        self._manager = self._holder(Role.PROGRAMME_MANAGER)
        self._registrar = self._holder(Role.REGISTRAR)
        self._people: dict[str, str] = {}
        self._candidacies: dict[str, str] = {}
        self._sheets: list[tuple[str, str]] = []

    def plan(self) -> ImportPlan:
        workshop = self._workshop
        if self._read.session(workshop.session_id).version:
            raise Refused("already-exists", kind="session", id=workshop.session_id)
        self._administrations()
        for officer in workshop.officers:
            self._officer(officer)
        self._session(self._scheme_version())
        self._candidacies = {candidate.code: self._new_id() for candidate in workshop.candidates}
        self._nominations()
        self._withdrawals()
        self._sheets_of_scores()
        read = self._ledger.read(d for proposal in self._proposals for d in proposal.disclosures)
        self._rehearse(read, 0)
        so_far = len(self._proposals)
        self._conclusion([code for code, candidacy in self._candidacies.items() if read.candidacy(candidacy).attends])
        self._rehearse(read, so_far)
        return ImportPlan(workshop.session_id, tuple(self._proposals), self._candidacies, self._people, workshop.files)

    def _holder(self, role: Role) -> str:
        holders = self._ledger.holders(role)
        if not holders:
            raise Refused("unknown", kind="holder of the role", id=role)
        return holders[0]

    def _propose(
        self, name: str, *people: str, at: tuple[str, ...] = ("session",), follows: bool = False, **arguments: Any
    ) -> None:
        """Add a proposal for these people, in the order of the seats; ``{"name", "value"}`` objects become digests.

        ``at`` is the file that it comes from, and what that file calls its subject.
        """
        row = BY_COMMAND_NAME[name]
        tree, disclosures = seal(arguments)
        signers = tuple(map(Signer, people, row.seats))  # if there are too few, the rules say so
        self._proposals.append(Proposal(msgspec.convert(tree, row.command), signers, disclosures, follows))
        self._sources.append(at)

    def _rehearse(self, read: Draft, start: int) -> None:
        """Let the rules decide the proposals from ``start`` on, each as if those before it were recorded in ``read``.

        Raises ``WrongWorkshop``.
        """
        time = max(self._ledger.now(), datetime.combine(self._workshop.end, datetime.min.time(), UTC))
        faults: list[Fault] = []
        refused: set[str] = set()
        for proposal, (file, *codes) in zip(self._proposals[start:], self._sources[start:], strict=True):
            if not refused.isdisjoint(codes):
                continue  # what follows from a refusal is no fault of its own
            try:
                read.add(next_event(proposal.command, Act(proposal.signers, time), read, "", Head(0, b""), b""))
            except Refused as error:
                faults.append(Fault(self._workshop.where(file, *codes), error.words))
                refused.update(codes[:1])
                if not codes:  # everything else depends on the workshop itself
                    break
        if faults:
            raise WrongWorkshop(faults)

    def _administrations(self) -> None:
        of_officers = {officer.administration for officer in self._workshop.officers}
        for code in sorted(of_officers.union(candidate.administration for candidate in self._workshop.candidates)):
            if not self._read.administration(code).version:
                # Known: the workshop's files were read so.
                self._propose("register-administration", self._registrar, administration_id=code, **members()[code])

    def _person(
        self, at: tuple[str, str], given_name: str, family_name: str, administration: str, *details: dict[str, Any]
    ) -> bool:
        """Find a person by name and administration, or register them; return whether they are new."""
        known = self._ledger.find_person(given_name, family_name, administration)
        person = self._people[at[1]] = known or self._new_id()
        if known is None:
            names = details_of(given_name, family_name)
            self._propose("register-person", self._registrar, at=at, person_id=person, details=[*names, *details])
        return known is None

    def _officer(self, officer: WorkshopOfficer) -> None:
        """Find or register an officer and their employer; keys are enrolled separately."""
        at = ("officers", officer.code)
        is_new = self._person(at, *split_name(officer.name), officer.administration)
        person = self._people[officer.code]
        if is_new:
            self._propose(
                "record-employment",
                self._registrar,
                at=at,
                person_id=person,
                administration_id=officer.administration,
                since=min(self._workshop.start, self._ledger.now().date()),
            )
        if officer.role not in self._read.officer(person).roles:
            self._propose("grant-role", self._director, at=at, person_id=person, role=officer.role)

    def _scheme_version(self) -> str:
        scheme = self._read.scheme(SCHEME)
        if not scheme.version:
            title_en, title_fr = TERMS[SCHEME]
            self._propose(
                "establish-scheme", self._director, scheme_id=SCHEME, title_en=title_en, title_fr=title_fr, domain="PCA"
            )
        for number, drafted in scheme.drafts.items():
            effective_from = scheme.approved.get(number, date.max)
            if drafted == self._draft(number) and effective_from <= self._workshop.start:
                return number
        number = f"1.{len(scheme.drafts)}.0"
        draft = msgspec.to_builtins(self._draft(number))
        self._propose("draft-scheme-version", self._manager, at=("plan",), scheme_id=SCHEME, **draft)
        self._propose(
            "approve-scheme-version",
            self._director,
            self._manager,
            scheme_id=SCHEME,
            version=number,
            effective_from=self._workshop.start,
        )
        return number

    def _draft(self, number: str) -> SchemeVersionDrafted:
        workshop = self._workshop
        draft = {
            "version": number,
            "criteria": [_named(criterion) for criterion in CRITERIA],
            "competencies": [{**_named(competency), "cut": workshop.cut} for competency in COMPETENCIES],
            "activities": [{**_named(a), "competencies": c} for a, c in workshop.plan.items()],
            "levels": [
                {"level": n, "anchor_en": f"Level {n}", "anchor_fr": f"Niveau {n}"}
                for n in range(workshop.level_min, workshop.level_max + 1)
            ],
            "decision_rule": "mean-of-levels/v1",
            "assessors_per_cell": workshop.assessors_per_cell,
            "seats": workshop.seats,
            "validity_months": workshop.validity_months,
            "renewal_window_months": RENEWAL_WINDOW_MONTHS,
            "separation_months": SEPARATION_MONTHS,
        }
        return msgspec.convert(draft, SchemeVersionDrafted)

    def _session(self, version: str) -> None:
        workshop = self._workshop
        scheme: dict[str, Any] = {"scheme_id": SCHEME, "scheme_version": version}
        stated = {field: getattr(workshop, field) for field in PlanSession.__struct_fields__ if field not in scheme}
        self._propose("plan-session", self._manager, **scheme, **stated)
        for role, command in ((Role.FACILITATOR, "assign-facilitator"), (Role.ASSESSOR, "assign-assessor")):
            for code in workshop.of_role(role):
                person, at = self._people[code], ("officers", code)
                self._propose(command, self._manager, at=at, session_id=workshop.session_id, person_id=person)

    def _nominations(self) -> None:
        workshop = self._workshop
        for candidate in workshop.candidates:
            at = ("candidates", candidate.code)
            email = _value("email", candidate.email)
            self._person(at, candidate.given_name, candidate.family_name, candidate.administration, email)
            candidacy = self._candidacies[candidate.code]
            self._propose(
                "nominate-candidate",
                self._registrar,
                at=at,
                candidacy_id=candidacy,
                person_id=self._people[candidate.code],
                session_id=workshop.session_id,
                administration_id=candidate.administration,
                details=[_value("years_of_pca", candidate.years_of_pca), _value("languages", candidate.languages)],
            )
            findings = [{"criterion": c, "met": met} for c, met in workshop.findings[candidate.code].items()]
            panel = (self._people[code] for code in workshop.panels[candidate.code])
            at = ("selection", candidate.code)
            self._propose("decide-eligibility", *panel, at=at, candidacy_id=candidacy, findings=findings)

    def _withdrawals(self) -> None:
        for code, (day, reason) in self._workshop.withdrawals.items():
            self._propose(
                "withdraw-candidacy",
                self._registrar,
                at=("withdrawals", code),
                follows=True,  # once withdrawn, the panel has nothing left to decide
                candidacy_id=self._candidacies[code],
                initiator="administration",
                effective_from=day,
                reason_code="other-duties",
                reason=_value("reason", reason),
            )

    def _sheets_of_scores(self) -> None:
        for (code, activity, assessor), levels in self._workshop.scores.items():
            sheet, candidacy = self._new_id(), self._candidacies[code]
            self._sheets.append((code, sheet))
            self._propose(
                "submit-score-sheet",
                self._people[assessor],
                at=("scores", code, activity, assessor),
                candidacy_id=candidacy,
                sheet_id=sheet,
                activity=activity,
                commitment=_value("levels", levels),
            )

    def _conclusion(self, attending: list[str]) -> None:
        """What concludes the workshop for the candidates, by code, who were selected and did not withdraw."""
        workshop, registrar = self._workshop, self._registrar
        # Closing ends the scoring: not before every sheet of the files is signed.
        self._propose("close-session", self._manager, follows=True, session_id=workshop.session_id)
        for code, sheet in self._sheets:
            at, candidacy = ("candidates", code), self._candidacies[code]
            self._propose("reveal-score-sheet", registrar, at=at, candidacy_id=candidacy, sheet_id=sheet)
        for code in attending:
            at = ("candidates", code)
            self._propose("compute-outcome", registrar, at=at, candidacy_id=self._candidacies[code])
        self._propose("compute-ranking", registrar, session_id=workshop.session_id)
        deciders = [self._people[code] for code in workshop.of_role(Role.DECISION_AUTHORITY)][:2]
        for code in attending:
            self._propose(
                "decide-certification",
                *deciders,
                at=("candidates", code),
                candidacy_id=self._candidacies[code],
                effective_from=workshop.end,
            )


def _named(identifier: str) -> dict[str, str]:
    name_en, name_fr = TERMS.get(identifier, (identifier, identifier))
    return {"id": identifier, "name_en": name_en, "name_fr": name_fr}


def _value(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}
