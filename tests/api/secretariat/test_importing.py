"""The import of every demonstration workshop gives exactly what an independent computation expects."""

import csv
import itertools
import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from api.secretariat.importing.answers import Answer
from api.secretariat.importing.proposing import plan_import
from api.secretariat.importing.reading import WrongWorkshop
from api.secretariat.importing.results import results
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.signing_all import sign_all
from api.words import command_in_words
from ledger.auditing import audit
from ledger.domain.decisions.persons import RecordEmployment
from ledger.domain.decisions.session import PlanSession
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.errors import Conflict
from ledger.signing.keys import SigningKey
from tests.scenario import names
from tests.support import World, key_of

DEMO = Path(__file__).parents[3] / "api" / "demo_data"
WORKSHOPS = sorted(path.name for path in DEMO.iterdir() if path.is_dir())


def ids() -> Iterator[str]:
    return (f"{number:016x}" for number in itertools.count(1))


def imported(
    world: World,
    folder: Path,
    new_ids: Iterator[str],
    keys: dict[str, SigningKey],
    answers: Sequence[Answer] = (),
) -> dict[str, tuple[str, str, str]]:
    """Import a folder, let every officer sign, and return (result, why, composite) by candidate code."""
    inbox = Inbox(world.ledger)
    workshop = read_workshop(folder)
    plan = plan_import(workshop, world.ledger, inbox, lambda: next(new_ids), answers)
    plan.file(inbox)
    sign_all(inbox, keys)
    for officer in workshop.officers:
        person = plan.people[officer.code]
        keys[person] = _key(world, person)
    sign_all(inbox, keys)
    assert inbox.waiting() == []
    by_candidacy = {r.candidacy_id: (r.result, r.why, r.composite) for r in results(world.ledger, workshop.session_id)}
    inbox.close()
    return {code: by_candidacy[candidacy] for code, candidacy in plan.candidacies.items()}


def _key(world: World, person: str) -> SigningKey:
    if not world.read().officer(person).keys:
        world.do("register-key", "security", person, person_id=person, public_key=key_of(person).public)
    return key_of(person)


def expected(name: str) -> dict[str, tuple[str, str, str]]:
    with (DEMO / name / "expected.csv").open(encoding="utf-8") as file:
        return {r["candidate"]: (r["result"], r["why"], r["composite"]) for r in csv.DictReader(file)}


def test_every_workshop_gives_what_is_expected_of_it_in_one_ledger(office: World) -> None:
    new_ids, keys = ids(), {name: key_of(name) for name in ("director", "security", "manager", "registrar")}
    for name in WORKSHOPS:
        assert imported(office, DEMO / name, new_ids, keys) == expected(name)
    versions = office.read().scheme("toa-pca-fr").approved
    assert sorted(versions) == ["1.0.0", "1.1.0", "1.2.0"]  # seats differ
    office.ledger.close()
    assert audit(office.ledger.folder).clean


def test_the_same_file_is_refused_the_second_time(office: World, inbox: Inbox) -> None:
    workshop = read_workshop(DEMO / WORKSHOPS[0])
    plan = plan_import(workshop, office.ledger, inbox, ids().__next__)
    plan.file(inbox)
    filed = len(inbox.waiting())
    assert filed == len(plan.proposals)
    with pytest.raises(Refused, match="already been imported"):
        plan.file(inbox)
    assert len(inbox.waiting()) == filed


def test_a_workshop_is_refused_when_it_waits_or_is_recorded_in_whatever_bytes(
    office: World, inbox: Inbox, tmp_path: Path
) -> None:
    new_ids = ids()
    plan_import(read_workshop(DEMO / WORKSHOPS[0]), office.ledger, inbox, new_ids.__next__).file(inbox)
    shutil.copytree(DEMO / WORKSHOPS[0], tmp_path / "again")
    _replace(tmp_path / "again" / "session.csv", "TOA-PCA-FR-2017", "TOA-PCA-FR-2018")
    _replace(tmp_path / "again" / "scores.csv", "A1,5", "A1,4")
    candidates = (tmp_path / "again" / "candidates.csv").read_bytes()
    (tmp_path / "again" / "candidates.csv").write_bytes(candidates.replace(b"\n", b"\r\n") + b"\r\n")
    with pytest.raises(Refused, match=r"candidates\.csv has already been imported"):  # the same people in other bytes
        plan_import(read_workshop(tmp_path / "again"), office.ledger, inbox, new_ids.__next__)
    _replace(tmp_path / "again" / "session.csv", "TOA-PCA-FR-2018", "TOA-PCA-FR-2017")
    _replace(tmp_path / "again" / "candidates.csv", "@", "@other.")
    with pytest.raises(Refused, match="already been imported"):
        plan_import(read_workshop(tmp_path / "again"), office.ledger, inbox, new_ids.__next__)
    sign_all(inbox, {name: key_of(name) for name in ("director", "security", "manager", "registrar")})
    with pytest.raises(Refused, match="already been imported"):
        plan_import(read_workshop(tmp_path / "again"), office.ledger, inbox, new_ids.__next__)


def test_a_workshop_that_was_proposed_by_hand_is_not_imported_besides(office: World, inbox: Inbox) -> None:
    workshop = read_workshop(DEMO / WORKSHOPS[0])
    plan = plan_import(workshop, office.ledger, inbox, ids().__next__)
    planning = [p for p in plan.proposals if isinstance(p.command, PlanSession)]
    inbox.file(planning, "command line")
    with pytest.raises(Conflict, match="import again"):
        plan.file(inbox)
    with pytest.raises(Refused, match="already exists"):
        plan_import(workshop, office.ledger, inbox, ids().__next__)
    assert len(inbox.waiting()) == 1


def test_an_officer_sees_only_what_waits_for_them(office: World, inbox: Inbox) -> None:
    plan_import(read_workshop(DEMO / WORKSHOPS[0]), office.ledger, inbox, ids().__next__).file(inbox)
    for waiting in inbox.waiting("manager"):
        assert "manager" in {signer.person for signer in waiting.proposal.signers}
    first = inbox.waiting("registrar")[0]
    item, prepared = inbox.prepare(first.number, "registrar")
    assert prepared.event.type == "administration-registered/v1"
    assert prepared.payload == item.payload
    with pytest.raises(Refused):
        inbox.sign(inbox.waiting("manager")[-1].number, "manager", key_of("manager"))  # not ready
    for number, person in ((99_999, "registrar"), (first.number, "manager")):
        with pytest.raises(Refused, match="no statement"):
            inbox.prepare(number, person)


def test_an_import_needs_somebody_in_each_role(world: World) -> None:
    with closing(Inbox(world.ledger)) as inbox, pytest.raises(Refused, match="Programme manager, Registrar"):
        plan_import(read_workshop(DEMO / WORKSHOPS[0]), world.ledger, inbox, ids().__next__)


def test_nothing_is_filed_for_an_officer_without_a_key(office: World) -> None:
    assert office.ledger.holders(Role.REGISTRAR) == ["registrar"]
    office.do("register-person", "registrar", person_id="a-registrar", details=names("Greffe"))
    office.do("grant-role", "director", person_id="a-registrar", role=Role.REGISTRAR)
    assert office.ledger.holders(Role.REGISTRAR) == ["registrar"]


def test_what_the_rules_refuse_is_named_by_cell_before_anything_is_filed(
    office: World, inbox: Inbox, tmp_path: Path
) -> None:
    """Case I9."""
    shutil.copytree(DEMO / WORKSHOPS[0], tmp_path / "w")
    # A2 comes from the administration of C01; nobody knows today who will withdraw in 2119.
    _replace(tmp_path / "w" / "scores.csv", "theoretical-knowledge,A4,4", "theoretical-knowledge,A2,4")
    _replace(tmp_path / "w" / "withdrawals.csv", "2017-05-15", "2119-01-01")
    with pytest.raises(WrongWorkshop) as error:
        plan_import(read_workshop(tmp_path / "w"), office.ledger, inbox, ids().__next__)
    assert [fault.where for fault in error.value.faults] == ["withdrawals.csv!B2", "scores.csv!D3"]
    assert "in the future" in error.value.faults[0].words.en
    assert "administration" in error.value.faults[1].words.en


def test_a_person_of_one_name_is_recorded_and_shown_by_it_once(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I10."""
    shutil.copytree(DEMO / WORKSHOPS[0], tmp_path / "w")
    _replace(tmp_path / "w" / "officers.csv", "Assesseur Un", "Soekarno")
    _replace(tmp_path / "w" / "candidates.csv", "Koffi,Exemple-Alpha", ",Megawati")
    plan = plan_import(read_workshop(tmp_path / "w"), office.ledger, inbox, ids().__next__)
    plan.file(inbox)
    sign_all(inbox, {name: key_of(name) for name in ("director", "security", "manager", "registrar")})
    for code, name in (("A1", "Soekarno"), ("C01", "Megawati")):
        read, details = office.read(), office.read().person(plan.people[code]).details
        assert [detail for detail in details if detail in NAME_DETAILS] == ["family_name"]
        employment = RecordEmployment(person_id=plan.people[code], administration_id="SN", since=date(2017, 1, 1))
        assert f"person {name} (" in command_in_words(employment, "en", read)


def test_an_administration_that_the_ledger_knows_may_nominate_though_no_list_has_it(tmp_path: Path) -> None:
    shutil.copytree(DEMO / WORKSHOPS[0], tmp_path / "w")
    _replace(tmp_path / "w" / "candidates.csv", ",SN,", ",ZZ,")
    with pytest.raises(WrongWorkshop, match="a Member"):
        read_workshop(tmp_path / "w")
    assert "ZZ" in {candidate.administration for candidate in read_workshop(tmp_path / "w", ["ZZ"]).candidates}


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
