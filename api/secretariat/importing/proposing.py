"""Planning an import: a checked workshop becomes proposals, in the order in which they can be signed."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, ClassVar

import msgspec

from api.secretariat.endings import COMMAND_LINE
from api.secretariat.forthcoming import Forthcoming
from api.secretariat.importing.answers import Answer
from api.secretariat.importing.matching import Matching, OpenQuestions
from api.secretariat.importing.reading import Fault, WrongWorkshop
from api.secretariat.importing.workshop import COMPETENCIES, CRITERIA, Workshop, members
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal
from ledger.disclosures import seal_command
from ledger.domain.decisions.certification import IssueCertificate
from ledger.domain.decisions.session import PlanSession
from ledger.domain.events.certification import CertificationGranted
from ledger.domain.events.scheme import SchemeVersionDrafted, SchemeVersionDraftedV1
from ledger.domain.record import Role, Signer
from ledger.domain.refusal import Refused
from ledger.domain.states.scheme import as_current
from ledger.domain.subjects import BY_COMMAND_NAME
from ledger.store.ledger import Ledger
from ledger.words import Words

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


class NotPlanned(Refused):
    """Refusals to plan an import."""

    texts: ClassVar = {
        "roles-not-held": Words(
            "an import needs officers who hold a role and a key; nobody does as: {roles}",
            "un import requiert des responsables qui ont une fonction et une clé ; personne n’en a pour : {roles}",
        ),
    }


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import files; ``candidacies`` maps the candidates' codes to ids, ``matching`` says who is who.

    ``waiting`` numbers what waited when it was planned.
    """

    source: str
    proposals: tuple[Proposal, ...]
    candidacies: dict[str, str]
    matching: Matching
    answers: tuple[Answer, ...]
    files: dict[str, str]
    waiting: list[int]

    @property
    def people(self) -> dict[str, str]:
        """The person id of each code of the files."""
        return self.matching.people

    def file(self, inbox: Inbox, by: str = COMMAND_LINE) -> None:
        """File everything, or nothing. Raises ``Refused`` when it was imported, and ``Conflict`` when to plan again."""
        inbox.file_planned(self.proposals, self.waiting, self.source, self.files, self.answers, by)


def plan_import(
    workshop: Workshop, ledger: Ledger, inbox: Inbox, new_id: Callable[[], str], answers: Sequence[Answer] = ()
) -> ImportPlan:
    """Plan an import on top of the record and of what waits; nothing is written.

    The rules decide every proposal, and its statement is written, as today or on the last day of the workshop.
    Raises ``WrongWorkshop`` with the cell of each proposal that they refuse, ``OpenQuestions`` when somebody may be a
    known person, and ``Refused`` when the workshop waits or is recorded, or nobody holds a role that must sign.
    """
    return _Planning(workshop, ledger, inbox, new_id, answers).plan()


class _Planning:
    def __init__(
        self, workshop: Workshop, ledger: Ledger, inbox: Inbox, new_id: Callable[[], str], answers: Sequence[Answer]
    ) -> None:
        inbox.require_not_imported(workshop.session_id, workshop.files)
        self._workshop = workshop
        self._ledger = ledger
        self._new_id = new_id
        self._answers = tuple(answers)
        self._waiting = inbox.waiting()
        self._forthcoming = Forthcoming(ledger, self._waiting)
        self._read = self._forthcoming.read
        self._proposals: list[Proposal] = []
        self._sources: list[tuple[str, ...]] = []  # of each proposal: a file, and what it calls the subject
        self._holders = {role: ledger.holders(role) for role in (Role.DIRECTOR, Role.PROGRAMME_MANAGER, Role.REGISTRAR)}
        self._candidacies: dict[str, str] = {}
        self._sheets: list[tuple[str, str]] = []

    def plan(self) -> ImportPlan:
        workshop = self._workshop
        missing = tuple(role for role, holders in self._holders.items() if not holders)
        if missing:
            raise NotPlanned("roles-not-held", roles=missing)
        planned = (item.proposal.command for item in self._waiting if isinstance(item.proposal.command, PlanSession))
        if workshop.session_id in {*self._ledger.ids_of("session"), *(command.session_id for command in planned)}:
            raise Refused("already-exists", kind="session", id=workshop.session_id)
        matching = Matching(workshop, self._ledger, self._forthcoming, self._answers, self._new_id)
        if matching.questions:
            raise OpenQuestions(matching)
        self._people = matching.people
        self._keep_candidates_from_acting()
        self._administrations()
        self._persons(matching)
        self._officers()
        self._session(self._scheme_version())
        self._candidacies = {candidate.code: self._new_id() for candidate in workshop.candidates}
        self._nominations()
        self._withdrawals()
        self._sheets_of_scores()
        rehearsal = Forthcoming(
            self._ledger, self._waiting, [d for proposal in self._proposals for d in proposal.disclosures]
        )
        self._rehearse(rehearsal, 0)
        so_far = len(self._proposals)
        read = rehearsal.read
        self._conclusion([code for code, candidacy in self._candidacies.items() if read.candidacy(candidacy).attends])
        self._rehearse(rehearsal, so_far)
        return ImportPlan(
            workshop.session_id,
            tuple(self._proposals),
            self._candidacies,
            matching,
            self._answers,
            workshop.files,
            [item.number for item in self._waiting],
        )

    def _keep_candidates_from_acting(self) -> None:
        """Leave who is nominated for the workshop out of those who sign for it, where somebody else can sign."""
        one = self._read.one
        nominated = {one(self._people[candidate.code]) for candidate in self._workshop.candidates}
        for role, holders in self._holders.items():
            self._holders[role] = [holder for holder in holders if one(holder) not in nominated] or holders

    def _holder(self, role: Role, concerned: str = "") -> str:
        """Return who is to sign in a role: not the officer concerned, where somebody else can."""
        one, holders = self._read.one, self._holders[role]
        return next((holder for holder in holders if one(holder) != one(concerned)), holders[0])

    def _propose(
        self, name: str, *people: str, at: tuple[str, ...] = ("session",), follows: bool = False, **arguments: Any
    ) -> None:
        """Add a proposal for these people, in the order of the seats; ``{"name", "value"}`` objects become digests.

        ``at`` is the file that it comes from, and what that file calls its subject.
        """
        row = BY_COMMAND_NAME[name]
        tree, disclosures = seal_command(row.command, arguments)
        signers = tuple(map(Signer, people, row.seats))
        self._proposals.append(Proposal(msgspec.convert(tree, row.command), signers, disclosures, follows))
        self._sources.append(at)

    def _rehearse(self, rehearsal: Forthcoming, start: int) -> None:
        """Let the rules decide the proposals from ``start`` on, each as if those before it were recorded.

        Raises ``WrongWorkshop``.
        """
        faults: list[Fault] = []
        refused: set[str] = set()
        for proposal, (file, *codes) in zip(self._proposals[start:], self._sources[start:], strict=True):
            if not refused.isdisjoint(codes):
                continue  # what follows from a refusal is no fault of its own
            try:
                event = rehearsal.add(proposal, self._workshop.end)
                if isinstance(event.facts, CertificationGranted):  # then the inbox files the next step
                    rehearsal.add(self._issue(event.facts), self._workshop.end)
            except Refused as error:
                faults.append(Fault(self._workshop.where(file, *codes), self._by_code(error).words))
                refused.update(codes[:1])
                if not codes:  # everything else depends on the workshop itself
                    break
        if faults:
            raise WrongWorkshop(faults)

    def _by_code(self, error: Refused) -> Refused:
        """Return the refusal with the codes of the files in the place of ids, which no file knows."""
        codes: dict[object, str] = {candidacy: code for code, candidacy in self._candidacies.items()}
        for code, person in self._people.items():
            codes[person] = f"{codes[person]}, {code}" if person in codes else code
        return type(error)(error.code, **{field: codes.get(value, value) for field, value in error.fields.items()})

    def _issue(self, grant: CertificationGranted) -> Proposal:
        registrar = self._holder(Role.REGISTRAR)
        command = IssueCertificate(certification_id=grant.certification_id)
        return Proposal(command, (Signer(registrar, Role.REGISTRAR),))

    def _administrations(self) -> None:
        of_officers = {officer.administration for officer in self._workshop.officers}
        for code in sorted(of_officers.union(candidate.administration for candidate in self._workshop.candidates)):
            if not self._read.administration(code).version:
                # Known: the workshop's files were read so.
                self._propose(
                    "register-administration", self._holder(Role.REGISTRAR), administration_id=code, **members()[code]
                )

    def _persons(self, matching: Matching) -> None:
        """Register who is new, and record the address of who is not known by it."""
        for row in matching.rows:
            person, at = self._people[row.code], (row.file, row.code)
            details = [_value(name, value) for name, value in row.details.items()]
            if row.code in matching.added:
                registrar = self._holder(Role.REGISTRAR)
                self._propose("register-person", registrar, at=at, person_id=person, details=details)
            elif row.code in matching.with_new_address:
                registrar = self._holder(Role.REGISTRAR, person)
                email = [detail for detail in details if detail["name"] == "email"]
                self._propose("update-person-details", registrar, at=at, person_id=person, details=email)

    def _officers(self) -> None:
        """Give officers their roles, and record who employs them; keys are enrolled separately."""
        start, end = self._workshop.start, self._workshop.end
        proposed: set[tuple[str, str]] = set()
        for officer in self._workshop.officers:
            person, home, at = self._people[officer.code], officer.administration, ("officers", officer.code)
            if home not in self._read.person(person).employers(start, end) and (person, home) not in proposed:
                proposed.add((person, home))
                self._propose(
                    "record-employment",
                    self._holder(Role.REGISTRAR, person),
                    at=at,
                    person_id=person,
                    administration_id=home,
                    since=min(start, self._ledger.now().date()),
                )
            if officer.role not in self._read.officer(person).roles and (person, officer.role) not in proposed:
                proposed.add((person, officer.role))
                director = self._holder(Role.DIRECTOR, person)
                self._propose("grant-role", director, at=at, person_id=person, role=officer.role)

    def _scheme_version(self) -> str:
        scheme = self._read.scheme(SCHEME)
        if not scheme.version:
            title_en, title_fr = TERMS[SCHEME]
            self._propose(
                "establish-scheme",
                self._holder(Role.DIRECTOR),
                scheme_id=SCHEME,
                title_en=title_en,
                title_fr=title_fr,
                domain="PCA",
            )
        for number, drafted in scheme.drafts.items():
            effective_from = scheme.approved.get(number, date.max)
            if drafted == self._draft(number) and effective_from <= self._workshop.start:
                return number
        last = max((tuple(map(int, number.split("."))) for number in scheme.drafts), default=(1, -1, 0))
        number = f"{last[0]}.{last[1] + 1}.0"
        draft = msgspec.to_builtins(self._draft(number))
        self._propose(
            "draft-scheme-version", self._holder(Role.PROGRAMME_MANAGER), at=("plan",), scheme_id=SCHEME, **draft
        )
        self._propose(
            "approve-scheme-version",
            self._holder(Role.DIRECTOR),
            self._holder(Role.PROGRAMME_MANAGER),
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
        return as_current(msgspec.convert(draft, SchemeVersionDraftedV1))

    def _session(self, version: str) -> None:
        workshop = self._workshop
        scheme: dict[str, Any] = {"scheme_id": SCHEME, "scheme_version": version}
        stated = {field: getattr(workshop, field) for field in PlanSession.__struct_fields__ if field not in scheme}
        self._propose("plan-session", self._holder(Role.PROGRAMME_MANAGER), **scheme, **stated)
        for role, command in ((Role.FACILITATOR, "assign-facilitator"), (Role.ASSESSOR, "assign-assessor")):
            for code in workshop.of_role(role):
                person, at = self._people[code], ("officers", code)
                manager = self._holder(Role.PROGRAMME_MANAGER, person)
                self._propose(command, manager, at=at, session_id=workshop.session_id, person_id=person)

    def _nominations(self) -> None:
        workshop = self._workshop
        for candidate in workshop.candidates:
            at = ("candidates", candidate.code)
            candidacy, person = self._candidacies[candidate.code], self._people[candidate.code]
            self._propose(
                "nominate-candidate",
                self._holder(Role.REGISTRAR),
                at=at,
                candidacy_id=candidacy,
                person_id=person,
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
                self._holder(Role.REGISTRAR),
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
        workshop = self._workshop
        # Closing ends the scoring: not before every sheet of the files is signed.
        manager = self._holder(Role.PROGRAMME_MANAGER)
        self._propose("close-session", manager, follows=True, session_id=workshop.session_id)
        registrar = self._holder(Role.REGISTRAR)
        for code, sheet in self._sheets:
            at, candidacy = ("candidates", code), self._candidacies[code]
            self._propose("reveal-score-sheet", registrar, at=at, candidacy_id=candidacy, sheet_id=sheet)
        for code in attending:
            at, candidacy = ("candidates", code), self._candidacies[code]
            self._propose("compute-outcome", registrar, at=at, candidacy_id=candidacy)
        self._propose("compute-ranking", registrar, session_id=workshop.session_id)
        deciders = self._deciders()
        for code in attending:
            self._propose(
                "decide-certification",
                *deciders,
                at=("candidates", code),
                candidacy_id=self._candidacies[code],
                effective_from=workshop.end,
            )

    def _deciders(self) -> tuple[str, ...]:
        """Return the first two who decide. Raises ``WrongWorkshop`` unless there are two different people."""
        codes = self._workshop.of_role(Role.DECISION_AUTHORITY)
        deciders = tuple(dict.fromkeys(self._people[code] for code in codes))[:2]
        if len(deciders) < 2:
            where = self._workshop.where("officers", codes[-1])
            en = f"expected two different people in the role of {Role.DECISION_AUTHORITY}, found {len(deciders)}"
            fr = f"deux personnes différentes attendues (fonction {Role.DECISION_AUTHORITY}), et non {len(deciders)}"
            raise WrongWorkshop([Fault(where, Words(en, fr))])
        return deciders


def _named(identifier: str) -> dict[str, str]:
    name_en, name_fr = TERMS.get(identifier, (identifier, identifier))
    return {"id": identifier, "name_en": name_en, "name_fr": name_fr}


def _value(name: str, value: Any) -> dict[str, Any]:
    return {"name": name, "value": value}
