"""A simulated register is a register like any other, and is never taken for an official one."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.register import is_demonstration
from api.simulating import careers
from api.simulating.decade import FEWEST, simulate
from ledger.auditing import audit
from ledger.disclosures import Disclosure
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from projections.read_models import ReadModels
from tests.commands import run

UNTIL = date(2026, 11, 1)
ENTRIES = 1500


@pytest.fixture(scope="module")
def simulated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated")
    simulate(folder / "ledger", ENTRIES, seed=7, until=UNTIL, keys=folder / "keys")
    simulate(folder / "few", FEWEST, seed=3, until=UNTIL)
    return folder


def test_it_has_as_many_entries_as_asked_and_audits_clean(simulated: Path) -> None:
    report = audit(simulated / "ledger")
    assert (report.entries, report.findings) == (ENTRIES, ())


def test_it_is_marked_as_one_whose_clock_was_simulated(simulated: Path) -> None:
    assert is_demonstration(simulated / "ledger")


def test_its_people_have_names_of_their_own_and_most_of_the_certified_are_listed(simulated: Path) -> None:
    with Ledger.open(simulated / "ledger", _clock) as ledger, ReadModels(ledger, public=True) as models:
        people = models.roster.people(ledger.ids_of("person")).values()
        names = [value.encoded for value in ledger.vault.everything() if value.name == "family_name"]
    assert len(set(map(_stated, names))) > 0.9 * len(names) > 50
    assert sum(person.name is not None for person in people) > 10


def test_its_years_hold_what_happens_to_certifications(simulated: Path) -> None:
    with Ledger.open(simulated / "ledger", _clock) as ledger:
        types = {ledger.application.mapper.to_domain_event(entry).event.type for entry in ledger.entries(0, ENTRIES)}  # type: ignore[attr-defined]  # our mapper returns SignedEvent
        last = ledger.size_at(datetime(UNTIL.year, UNTIL.month, 1, tzinfo=UTC))
    assert last == ENTRIES, "no entry is later than the day asked for"
    assert {"certificate-issued/v2", "certification-renewed/v1", "moderation-held/v1", "eligibility-refused/v2"} < types
    assert {"certification-suspended/v2", "certificate-reissued/v2", "public-listing-consent-given/v1"} < types


def test_a_scope_is_reduced_again_by_what_is_left_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(careers, "_CHANCES", {"reduce": 1.0})
    monkeypatch.setattr(careers, "RENEWED", 1.0)
    simulate(tmp_path / "ledger", ENTRIES, seed=7, until=UNTIL)
    assert audit(tmp_path / "ledger").clean


def test_its_officers_can_sign_on_with_the_keys_that_were_kept(simulated: Path) -> None:
    registrar = SigningKey.load(simulated / "keys" / "registrar.key")
    with Ledger.open(simulated / "ledger", _clock) as ledger:
        holders = {key for person in ledger.people() for key in ledger.read().officer(person).keys}
    assert registrar.key_id in holders
    assert len(list((simulated / "keys").iterdir())) == len(holders)


@pytest.mark.usefixtures("engine")
def test_people_and_results_follow_from_the_seed(simulated: Path, tmp_path: Path) -> None:
    ledgers = simulated / "few", tmp_path / "same"
    simulate(tmp_path / "same", FEWEST, seed=3, until=UNTIL)
    assert audit(tmp_path / "same").findings == ()
    people = []
    for folder in ledgers:
        with Ledger.open(folder, _clock) as ledger:
            people.append((ledger.ids_of("candidacy"), ledger.ids_of("certification")))
    assert people[0] == people[1] != ([], [])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--entries", "299"), "--entries: expected a number from 300 to 10000000, found 299"),
        (("--entries", "300", "--until", "1980-12-31"), "--until: expected a day from 1981-01-01 to"),
        (("--entries", "300", "--until", "2999-01-01"), "--until: expected a day from 1981-01-01 to"),
    ],
)
def test_what_cannot_be_simulated_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in run(tmp_path, "simulate", *arguments, code=64)
    assert not (tmp_path / "ledger").exists()


def test_no_ledger_is_added_to(simulated: Path) -> None:
    assert "--ledger: ledger: expected an empty folder" in run(simulated, "simulate", "--entries", "300", code=64)
    given = "simulate", "--entries", "300", "--ledger", "new", "--keys", "keys"
    assert "keys : un dossier vide est attendu" in run(simulated, *given, language="fr", code=64)


def test_the_command_says_what_was_made(tmp_path: Path) -> None:
    printed = run(tmp_path, "simulate", "--entries", "700", "--documents", "1", "--keys", "keys", language="fr")
    (documented,) = re.findall(r"non officiel\xa0: 700 entrées, .*, dont ([0-9]+) avec documents\.", printed)
    assert int(documented) >= 1
    assert audit(tmp_path / "ledger").findings == ()
    assert {"registrar.key", "issuer-p256.key"} < {key.name for key in (tmp_path / "keys").iterdir()}


def _stated(encoded: str) -> object:
    return Disclosure.parse(encoded).value


def _clock() -> datetime:
    return datetime(2026, 11, 2, tzinfo=UTC)
