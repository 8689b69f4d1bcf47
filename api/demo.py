"""The demonstration: nine years of a register, recorded on a simulated clock with every officer's key at hand.

Three workshops are imported from spreadsheets, each statement signed on the day on which it would have
been; then two certifications are renewed and their certificates reissued, one is suspended, one withdrawn,
and one candidate erased. A fourth workshop is small, under a scheme with a field phase: a pre-accreditation lapses
(``demo_field``). Two administrations have contact points, and a mission each. An appeal is upheld, and a
complaint answered (``demo_life``). One statement is left waiting for the registrar.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.demo_field import let_a_pre_accreditation_lapse
from api.demo_life import Means, answer_a_complaint, go_on_missions, show_competence, uphold_an_appeal
from api.register import DEMONSTRATION
from api.secretariat.founding import found
from api.secretariat.importing.proposing import plan_import
from api.secretariat.importing.results import results
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, new_id, proposal
from api.secretariat.recording import record_with_keys
from api.secretariat.signing_all import sign_all
from ledger.domain.decisions.candidacy import DecideEligibility
from ledger.domain.record import Role
from ledger.files import make_private, write_whole
from ledger.signing.keys import SigningKey, save_private
from ledger.store.leases import alone
from projections.credentials.issuing import Issuing
from projections.credentials.keys import seal_chain
from projections.credentials.keys.issuer_key import LocalKey, enrolment
from projections.read_models import ReadModels

ORIGIN = "demonstration.example/pca"
BODY = ("Example Customs Organisation", "Organisation douanière d’exemple")
FOUNDED = datetime(2017, 1, 9, 8, tzinfo=UTC)
OFFICERS = {
    Role.DIRECTOR: "Direction Exemple",
    Role.SECURITY_OFFICER: "Sécurité Exemple",
    Role.REGISTRAR: "Greffe Exemple",
    Role.PROGRAMME_MANAGER: "Programme Exemple",
    Role.DATA_PROTECTION_OFFICER: "Protection Exemple",
    Role.MODERATOR: "Modération Exemple",
}
CONTACT_POINTS = (("Correspondance", "Exemple"), ("Liaison", "Exemple"))
URL = "http://127.0.0.1:8000"  # in documents: where the demonstration is served by default
CHAIN_ENDS = datetime(2047, 1, 1, tzinfo=UTC)
ISSUER_KEYS = ED25519, P256 = ("issuer-ed25519", "issuer-p256")
FOUND_ALIKE = 3  # of the first so many candidates of a workshop, what both members of the panel found is recorded
UNLISTED = 4  # every fourth certified person does not consent to be listed

# How many days after the first day of the workshop a statement is signed; what is not here, before it.
BEFORE = -90
DAYS = {
    "nominate-candidate": -60,
    "record-findings": -35,
    "decide-eligibility": -30,
    "withdraw-candidacy": 0,
    "submit-score-sheet": 3,
    "close-session": 4,
    "reveal-score-sheet": 4,
    "compute-outcome": 4,
    "compute-ranking": 4,
    "decide-certification": 7,
    "issue-certificate": 10,
}


class SimulatedClock:
    """A clock that moves on by a second each time it is read, until it is let go."""

    def __init__(self, start: datetime) -> None:
        self._now: datetime | None = start

    def __call__(self) -> datetime:
        if self._now is None:
            return datetime.now(UTC)
        self._now += timedelta(seconds=1)
        return self._now

    def reach(self, day: date) -> None:
        """Move on to the morning of a day, unless it has passed already."""
        assert self._now is not None
        self._now = max(self._now, datetime.combine(day, time(9), UTC))

    def let_go(self) -> None:
        """Be the real clock from now on."""
        self._now = None


class Story:
    """The recording of a demonstration."""

    def __init__(self, folder: Path, tell: Callable[[str], None], url: str) -> None:
        self._clock = SimulatedClock(FOUNDED)
        self._tell = tell
        self.ledger, officers = found(folder, self._clock, origin=ORIGIN, body=BODY, names=OFFICERS, is_simulated=True)
        self._person = {role: person for role, (person, _) in officers.items()}
        self._keys = dict(officers.values())
        self.named_keys = {str(role): key for role, (_, key) in officers.items()}
        self._inbox = Inbox(self.ledger)
        self._deciders: tuple[str, ...] = ()
        self.issuer_keys: dict[str, Ed25519PrivateKey | EllipticCurvePrivateKey] = {
            ED25519: Ed25519PrivateKey.generate(),
            P256: generate_private_key(SECP256R1()),
        }
        self._issue(url)
        self._models = ReadModels(self.ledger)
        self._issuing = Issuing(self.ledger, self._models, map(LocalKey, self.issuer_keys.values()), alone)

    def record(self) -> None:
        """Record everything in order of time; at the end the clock is the real one."""
        self._workshop("2017_brussels_pilot")
        self._clock.reach(date(2018, 2, 1))
        self._erase_refused("TOA-PCA-FR-2017")
        renewed = self._workshop("2022_brussels")
        means = Means(self.ledger, self._do, self._enrol, self._clock.reach, self._person)
        self._tell("a small workshop with a field phase, after which no mission follows")
        let_a_pre_accreditation_lapse(means, self._deciders)
        later = self._workshop("2024_abidjan")
        self._tell("an appeal, a complaint, and what a holder did to stay competent")
        last = "TOA-PCA-FR-2024"
        uphold_an_appeal(means, last)
        answer_a_complaint(means, last)
        show_competence(means, renewed[0])
        self._tell("renewing two certifications, suspending one, withdrawing one")
        self._clock.reach(date(2025, 3, 10))
        for certification in renewed[:2]:
            self._do(
                "renew-certification",
                *self._deciders,
                certification_id=certification,
                method="refresher-and-missions",
                evidence={"name": "evidence", "value": "Refresher of 2024 and two missions"},
            )
            # Documents keep the end that they state: without new ones the holder could show nothing valid.
            reissue = {"certification_id": certification, "reason_code": "renewed"}
            self._do("reissue-certificate", self._person[Role.REGISTRAR], **reissue)
        self._make_documents()
        self._appoint_contact_points(later)
        self._tell("two missions")
        go_on_missions(means, renewed[:2], last)
        self._clock.reach(date(2025, 9, 1))
        self._do(
            "suspend-certification",
            self._deciders[0],
            certification_id=later[1],
            effective_from=date(2025, 9, 15),
            reason_code="under-review",
        )
        # Effective before it is recorded: on a day in between, the answer depends on when one asks.
        self._clock.reach(date(2026, 3, 20))
        self._do(
            "withdraw-certification",
            *self._deciders,
            certification_id=later[2],
            effective_from=date(2026, 3, 1),
            reason_code="terms-breached",
        )
        self._clock.let_go()
        # Months after the last entry: without this, nobody could record anything in the demonstration.
        officers = (self._person[role] for role in (Role.SECURITY_OFFICER, Role.DIRECTOR))
        self._do("confirm-clock", *officers, reason_code="long-silence")
        self._leave_waiting(later)
        marker = msgspec.json.encode({"recorded_on_a_simulated_clock_from": FOUNDED})
        write_whole(self.ledger.folder / DEMONSTRATION, marker + b"\n")

    def close(self) -> None:
        self._models.close()
        self._inbox.close()
        self.ledger.close()

    def _workshop(self, name: str) -> list[str]:
        """Import a workshop and sign what waits, stage by stage; return the candidacies that end in a certification."""
        self._tell(f"{name}: importing, and signing as each officer")
        with as_file(files("api").joinpath("demo_data", name)) as folder:
            workshop = read_workshop(folder)
        self._clock.reach(workshop.start + timedelta(days=BEFORE))
        plan = plan_import(workshop, self.ledger, self._inbox, new_id)
        msgspec.structs.replace(plan, proposals=(*_with_findings(plan.proposals),)).file(self._inbox)
        sign_all(self._inbox, self._keys)  # registers the officers, so that their keys can be enrolled
        for officer in workshop.officers:
            self._enrol(officer.code, plan.people[officer.code])
        self._deciders = tuple(plan.people[code] for code in workshop.of_role(Role.DECISION_AUTHORITY))[:2]
        while waiting := self._inbox.waiting():
            for item in waiting:
                self._clock.reach(workshop.start + timedelta(days=DAYS.get(item.proposal.name, BEFORE)))
                for signer in item.proposal.signers:
                    self._inbox.sign(item.number, signer.person, self._keys[signer.person])
        # In the order of their certificates' numbers, so that those mean the same in every demonstration.
        certified = sorted(r.candidacy_id for r in results(self.ledger, workshop.session_id) if r.result == "certified")
        self._consents(certified)
        self._make_documents()
        return certified

    def _issue(self, url: str) -> None:
        """Make the body an issuer: an address, a key for Open Badges, and a key with a chain that seals."""
        director, security = (self.named_keys[role] for role in (Role.DIRECTOR, Role.SECURITY_OFFICER))
        record_with_keys(self.ledger, "establish-issuer", director, url=url)
        authority = generate_private_key(SECP256R1())  # not kept: it certifies once
        for key in map(LocalKey, self.issuer_keys.values()):
            seals = key.algorithm == "ES256"
            chain = seal_chain.make_chain(key.public, BODY[0], url, authority, FOUNDED, CHAIN_ENDS) if seals else ()
            record_with_keys(self.ledger, "enrol-issuer-key", security, director, **enrolment(key, url, chain))

    def _make_documents(self) -> None:
        self._tell("making every form of each certificate")
        self._models.catch_up()
        self._issuing.catch_up()

    def _consents(self, certified: list[str]) -> None:
        read = self.ledger.read()
        for number, candidacy in enumerate(certified, 1):
            person = read.candidacy(candidacy).nominated.person_id
            if number % UNLISTED and not read.person(person).listed:
                self._do("give-listing-consent", self._person[Role.REGISTRAR], person_id=person)

    def _appoint_contact_points(self, certified: list[str]) -> None:
        """Two administrations that nominated have somebody who nominates on a page of their own."""
        nominations = [self.ledger.read().candidacy(candidacy).nominated for candidacy in certified]
        administrations = list(dict.fromkeys(nomination.administration_id for nomination in nominations))
        for (given, family), administration in zip(CONTACT_POINTS, administrations, strict=False):
            person, registrar = {"person_id": new_id()}, self._person[Role.REGISTRAR]
            details = [{"name": "given_name", "value": given}, {"name": "family_name", "value": family}]
            self._do("register-person", registrar, **person, details=details)
            since = {"administration_id": administration, "since": date(2025, 3, 10)}
            self._do("appoint-contact-point", registrar, **person, **since)

    def _leave_waiting(self, certified: list[str]) -> None:
        """Leave something for the registrar to sign: a person agrees to be listed after all."""
        read = self.ledger.read()
        people = (read.candidacy(candidacy).nominated.person_id for candidacy in certified)
        unlisted = next(person for person in people if not read.person(person).listed)
        consent = proposal("give-listing-consent", self._person[Role.REGISTRAR], person_id=unlisted)
        self._inbox.file([consent], "secretariat")

    def _erase_refused(self, session_id: str) -> None:
        refused = next(r for r in results(self.ledger, session_id) if r.result == "not-selected")
        person = self.ledger.read().candidacy(refused.candidacy_id).nominated.person_id
        self._tell("erasing the personal data of one refused candidate")
        self._do(
            "erase-personal-data",
            self._person[Role.DATA_PROTECTION_OFFICER],
            self._person[Role.SECURITY_OFFICER],
            person_id=person,
            basis_code="request",
        )

    def _enrol(self, code: str, person: str) -> None:
        if person not in self._keys:
            key = self._keys[person] = self.named_keys[code] = SigningKey.generate()
            security = self._person[Role.SECURITY_OFFICER]
            self._do("register-key", security, person, person_id=person, public_key=key.public)

    def _do(self, name: str, *people: str, **arguments: object) -> None:
        (number,) = self._inbox.file([proposal(name, *people, **arguments)], "secretariat")
        for person in people:
            self._inbox.sign(number, person, self._keys[person])


def _with_findings(proposals: Iterable[Proposal]) -> Iterator[Proposal]:
    """Before some decisions of the panel, its two members record findings; on who is not selected these differ."""
    decided = 0
    for each in proposals:
        if not isinstance(each.command, DecideEligibility):
            yield each
            continue
        decided += 1
        of = {"candidacy_id": each.command.candidacy_id}
        first, second = (signer.person for signer in each.signers)
        findings = [msgspec.to_builtins(finding) for finding in each.command.findings]
        all_met = [{**finding, "met": True} for finding in findings]
        if findings != all_met:
            yield proposal("record-findings", first, findings=all_met, **of)
            why = {"name": "reason", "value": "Three of the years were spent in another field."}
            yield proposal("record-findings", second, findings=findings, reason=why, **of)
            yield proposal("decide-eligibility", first, second, findings=findings, reason=why, **of)
        else:
            if decided <= FOUND_ALIKE:
                yield from (proposal("record-findings", member, findings=findings, **of) for member in (first, second))
            yield each


def make(folder: Path, keys: Path, tell: Callable[[str], None], url: str = URL) -> None:
    """Record the demonstration in a new folder, and every key file, officers' and the body's, in another.

    ``url`` stands in every document as the issuer's address.
    """
    story = Story(folder, tell, url)
    try:
        story.record()
        make_private(keys)
        for name, key in story.named_keys.items():  # by role, or by the code in the spreadsheets
            key.save(keys / f"{name}.key")
        for name, private in story.issuer_keys.items():
            save_private(private, keys / f"{name}.key")
    finally:
        story.close()
