"""One small workshop as a story, told the same way to the pure rules and to a real ledger."""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from ledger.disclosures import Disclosure, seal_command
from ledger.domain.decisions.acting import Command
from ledger.domain.record import Role, Signer
from ledger.domain.subjects import BY_COMMAND
from ledger.reading import Draft
from ledger.signing.keys import SigningKey

ORIGIN = "ledger.example.org/pca"
SCHEME = "toa-pca-fr"
SESSION = "TOA-PCA-FR-2017"
START, END = date(2017, 5, 15), date(2017, 5, 19)
COMPETENCIES = ("theoretical-knowledge", "practical-skills", "communication", "advisory-capacity")
CRITERIA = ("pca-experience", "technical-knowledge", "communication-skills")
PLAN = {
    "lecture": (),
    "case-study": ("theoretical-knowledge", "practical-skills"),
    "simulation": ("practical-skills", "advisory-capacity"),
    "group-discussion": ("communication", "advisory-capacity"),
    "presentation": ("theoretical-knowledge", "communication"),
}
ROLES = {
    "director": Role.DIRECTOR,
    "security": Role.SECURITY_OFFICER,
    "manager": Role.PROGRAMME_MANAGER,
    "registrar": Role.REGISTRAR,
    "protection": Role.DATA_PROTECTION_OFFICER,
    "panel1": Role.SELECTION_PANEL,
    "panel2": Role.SELECTION_PANEL,
    "facilitator": Role.FACILITATOR,
    "assessor1": Role.ASSESSOR,
    "assessor2": Role.ASSESSOR,
    "moderator": Role.MODERATOR,
    "decider1": Role.DECISION_AUTHORITY,
    "decider2": Role.DECISION_AUTHORITY,
}
BY_NAME = {row.name: row.command for row in BY_COMMAND.values()}
"""Commands, and those that nobody can give any more, such as issue-certificate/v1."""
USUAL = {
    "session_id": SESSION,
    "scheme_id": SCHEME,
    "version": "1.0.0",
    "administration_id": "SN",
    "certification_id": "c-awa",
    "reason_code": "other",
    "initiator": "candidate",
    "activity": "case-study",
    "competency": "practical-skills",
    "scheme_version": "1.0.0",
    "title_en": "Workshop",
    "title_fr": "Atelier",
    "place": "Brussels",
    "language": "fr",
    "funder": "Fund",
    "region": "Europe",
    "algorithm": "Ed25519",
    "certificates": (),
}
"""What a command states unless a test says otherwise."""


def key_of(person: str) -> SigningKey:
    """A key that is the same in every run."""
    return SigningKey.from_seed(person.encode().ljust(32, b".")[:32])


def names(given: str, family: str = "Exemple") -> list[dict[str, Any]]:
    """The details that every person is registered with."""
    return [value("given_name", given), value("family_name", family)]


def value(name: str, says: Any) -> dict[str, Any]:
    """A value that is recorded as a digest."""
    return {"name": name, "value": says}


class Scenario(ABC):
    """Officers named by what they do, who act one after the other."""

    now = datetime(2017, 1, 9, 8, tzinfo=UTC)

    def __init__(self) -> None:
        self.salts = itertools.count(1)

    @abstractmethod
    def do(self, name: str, *people: str, **arguments: Any) -> str:
        """Carry a command out and answer the wire name of what was recorded; a refusal is raised."""

    @abstractmethod
    def read(self) -> Draft:
        """The record as it stands."""

    def salt(self) -> str:
        return f"salt{next(self.salts):020d}"

    def disclosure(self, name: str, value: Any) -> Disclosure:
        return Disclosure(name, value, self.salt())

    def command(self, name: str, **arguments: Any) -> tuple[Command, tuple[Disclosure, ...]]:
        """A command by name; ``{"name", "value"}`` objects become digests with disclosures."""
        command = BY_NAME[name]
        usual = {field: USUAL[field] for field in command.__struct_fields__ if field in USUAL}
        tree, disclosures = seal_command(command, usual | arguments, self.salt)
        return msgspec.convert(tree, command), disclosures

    def signers(self, command: Command, *people: str) -> tuple[Signer, ...]:
        """These people in the seats of the command; if none are named, the first officers in each role."""
        seats = BY_COMMAND[type(command)].seats
        if not people:
            free = {role: iter([name for name in ROLES if ROLES[name] is role]) for role in seats}
            people = tuple(next(free[role]) for role in seats)
        return tuple(Signer(person, role) for person, role in zip(people, seats, strict=True))

    def appoint(self, names: Iterable[str] = ROLES) -> None:
        """Administrations, the registrar, and officers with role and key."""
        for code, iso3, name in (
            ("BE", "BEL", "Belgium"),
            ("FR", "FRA", "France"),
            ("SN", "SEN", "Senegal"),
            ("CI", "CIV", "Ivory Coast"),
        ):
            if code == "BE":
                self.officer("registrar")
            self.do("register-administration", administration_id=code, iso3=iso3, name_en=name, name_fr=name)
        for name in names:
            if name not in ("director", "security", "registrar"):
                self.officer(name)

    def officer(self, name: str) -> None:
        if name == "registrar":
            # Nobody can register the first registrar but a founder who is registrar meanwhile.
            self.do("grant-role", "director", person_id="security", role=Role.REGISTRAR)
        registrar = "security" if name == "registrar" else "registrar"
        self.do("register-person", registrar, person_id=name, details=names(name.title()))
        self.do("grant-role", "director", person_id=name, role=ROLES[name])
        self.do("register-key", "security", name, person_id=name, public_key=key_of(name).public)
        if name == "registrar":
            self.do("revoke-role", "director", person_id="security", role=Role.REGISTRAR)
        else:
            self.do("record-employment", "registrar", person_id=name, administration_id="FR", since=date(2010, 1, 1))

    def agree(self, person: str, key_id: str) -> None:
        """Somebody agrees, with the key that they have, to another."""
        self.do("agree-to-key", person, person_id=person, key_id=key_id)

    @staticmethod
    def named(ids: Iterable[str]) -> list[dict[str, Any]]:
        return [{"id": i, "name_en": i, "name_fr": i} for i in ids]

    def approve(self, *, seats: int = 2, validity_months: int | None = 36, **options: Any) -> None:
        """The scheme, in force in version 1.0.0; ``options`` are what it asks for before and after the workshop."""
        self.do("establish-scheme", title_en="PCA advisor", title_fr="Conseiller CAP", domain="PCA")
        self.do(
            "draft-scheme-version",
            criteria=self.named(CRITERIA),
            competencies=[{**row, "cut": 3} for row in self.named(COMPETENCIES)],
            activities=[{**row, "competencies": PLAN[row["id"]]} for row in self.named(PLAN)],
            levels=[{"level": n, "anchor_en": str(n), "anchor_fr": str(n)} for n in range(1, 6)],
            decision_rule="mean-of-levels/v1",
            assessors_per_cell=2,
            seats=seats,
            validity_months=validity_months,
            renewal_window_months=6,
            separation_months=24,
            **options,
        )
        self.do("approve-scheme-version", effective_from=date(2017, 1, 1))

    def plan(self, *, seats: int = 2, validity_months: int | None = 36, **options: Any) -> None:
        """The scheme in version 1.0.0 and one workshop with staff."""
        self.approve(seats=seats, validity_months=validity_months, **options)
        self.do("plan-session", start=START, end=END)
        self.do("assign-facilitator", "manager", session_id=SESSION, person_id="facilitator")
        for assessor in ("assessor1", "assessor2"):
            self.do("assign-assessor", "manager", session_id=SESSION, person_id=assessor)

    def person(self, name: str, *, family_name: str = "Exemple") -> None:
        """Somebody is registered under that id and given name."""
        self.do("register-person", "registrar", person_id=name, details=names(name, family_name))

    def candidate(self, name: str, *, family_name: str = "Exemple") -> str:
        """A person of Senegal, nominated and selected; the candidacy id is ``c-`` and the name."""
        self.person(name, family_name=family_name)
        return self.nominate(name)

    def nominate(self, name: str) -> str:
        """The candidacy of a person who is registered, selected too."""
        self.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[value("years_of_pca", 8)])
        self.do(
            "decide-eligibility",
            candidacy_id=f"c-{name}",
            findings=[{"criterion": criterion, "met": True} for criterion in CRITERIA],
        )
        return f"c-{name}"

    def score(self, candidacy_id: str, level: int) -> None:
        """Every cell by both assessors, all at one level."""
        self.now = max(self.now, datetime(2017, 5, 16, 9, tzinfo=UTC))
        for activity, competencies in PLAN.items():
            for assessor in ("assessor1", "assessor2"):
                if competencies:
                    self.do(
                        "submit-score-sheet",
                        assessor,
                        candidacy_id=candidacy_id,
                        sheet_id=f"{candidacy_id}-{activity}-{assessor}",
                        activity=activity,
                        commitment=value("levels", dict.fromkeys(competencies, level)),
                    )

    def conclude(self, *candidacy_ids: str) -> None:
        """Close, reveal, compute, rank, decide, and issue to whom it was granted."""
        self.now = max(self.now, datetime(2017, 5, 19, 16, tzinfo=UTC))
        self.do("close-session", "manager", session_id=SESSION)
        for candidacy_id in candidacy_ids:
            for sheet in self.read().candidacy(candidacy_id).live_sheets:
                self.do("reveal-score-sheet", "registrar", candidacy_id=candidacy_id, sheet_id=sheet.sheet_id)
            self.do("compute-outcome", "registrar", candidacy_id=candidacy_id)
        self.do("compute-ranking", "registrar", session_id=SESSION)
        for candidacy_id in candidacy_ids:
            recorded = self.do("decide-certification", candidacy_id=candidacy_id, effective_from=END)
            if recorded == "certification-granted/v1":
                self.do("issue-certificate", "registrar", certification_id=candidacy_id)

    def certify(self, *, family_name: str = "Exemple", validity_months: int | None = 36) -> None:
        """Plan a workshop, and certify awa."""
        self.plan(validity_months=validity_months)
        self.score(self.candidate("awa", family_name=family_name), 4)
        self.conclude("c-awa")

    def workshop(self) -> None:
        """Awa is certified, Zoé is not; both went all the way."""
        self.appoint()
        self.plan()
        awa, zoe = self.candidate("awa", family_name="N'Guessan-Écho"), self.candidate("zoe")
        self.score(awa, 4)
        self.score(zoe, 2)
        self.conclude(awa, zoe)
