"""The demonstration is what the README says: four workshops, and what became of the certified since."""

import csv
import re
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api import demo
from api.app import create_app
from api.checking.checks import check_presented
from api.cli.demonstrating import introduce
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from ledger.auditing import audit
from ledger.domain.standing import Status
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.verdict import Verdict
from projections.credentials.forms.catalogue import by_name
from projections.read_models import ReadModels

DEMO_DATA = Path(demo.__file__).parent / "demo_data"


def clock() -> datetime:
    return datetime.now(UTC)


def test_the_demonstration_audits_clean(demonstration: Path) -> None:
    assert audit(demonstration / "ledger").findings == ()


def test_it_renews_two_suspends_one_withdraws_one_and_erases_one(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger, ReadModels(ledger) as models:
        rows, today, known = models.certificates.in_use(), date(2026, 11, 1), clock()
        statuses = [models.certificates.timeline(row.certification_id, known).on(today) for row in rows]
        assert statuses.count(Status.SUSPENDED) == statuses.count(Status.WITHDRAWN) == 1
        of_2022 = [row for row in rows if row.session_id == "TOA-PCA-FR-2022"]
        renewed = [row for row in of_2022 if row.standing.expires_on == date(2028, 5, 19)]
        assert [row.issue for row in renewed] == [2, 2]
        erased = [person for person in ledger.ids_of("person") if models.roster.person(person).erased]
        assert len(erased) == 1
        assert erased[0] not in {held.person_id for held in ledger.vault.everything()}


def test_one_pre_accreditation_lapsed(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger:
        read = ledger.read()
        standings = [read.certification(one).standing for one in ledger.ids_of("certification")]
    (standing,) = (each for each in standings if each.pre_accredited is not None)
    begun, deadline = date(2023, 6, 16), date(2024, 6, 15)
    assert standing.pre_accredited == (begun, deadline)
    assert standing.on(deadline) is Status.PRE_ACCREDITED
    assert standing.on(deadline + timedelta(days=1)) is Status.LAPSED


def test_each_workshop_certifies_as_many_as_expected(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger, ReadModels(ledger) as models:
        certified = [row.session_id for row in models.certificates.in_use()]
    for folder in DEMO_DATA.glob("20*"):
        with (folder / "expected.csv").open(encoding="utf-8") as file:
            expected = sum(row["result"] == "certified" for row in csv.DictReader(file))
        assert certified.count(f"TOA-PCA-FR-{folder.name[:4]}") == expected


def test_members_of_the_panel_differ_on_who_is_not_selected(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger:
        candidacies = [ledger.read().candidacy(candidacy_id) for candidacy_id in ledger.ids_of("candidacy")]
    found = [{tuple(f.met for f in own.findings) for own in each.findings.values()} for each in candidacies]
    assert [len(own) for own in found].count(1) == 3 * 3
    differing = [each for each, own in zip(candidacies, found, strict=True) if len(own) == 2]
    assert [each.eligible for each in differing] == [False] * 3
    assert all(each.selection is not None and each.selection.reason is not None for each in differing)


def test_two_administrations_that_nominated_have_a_contact_point(demonstration: Path) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger:
        read = ledger.read()
        having = {code for code in ledger.ids_of("administration") if read.administration(code).contacts}
        nominating = {read.candidacy(one).nominated.administration_id for one in ledger.ids_of("candidacy")}
    assert len(having) == 2
    assert having <= nominating


def test_both_times_mean_something(demonstration: Path) -> None:
    between, after = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 21, tzinfo=UTC)
    with Ledger.open(demonstration / "ledger", clock) as ledger, ReadModels(ledger) as models:
        then, later = (models.roster.on(date(2026, 3, 10), known) for known in (between, after))
    assert len(then) == len(later) + 1


def test_every_officers_key_is_at_hand(demonstration: Path) -> None:
    names = {path.stem for path in (demonstration / "keys").iterdir()}
    assert {"registrar", "secretariat-director", "A1", "D1", "D2", "P1"} <= names


def test_one_statement_waits_for_the_registrar(demonstration: Path) -> None:
    registrar = SigningKey.load(demonstration / "keys" / "registrar.key")
    with Ledger.open(demonstration / "ledger", clock) as ledger, closing(Inbox(ledger)) as inbox:
        (waiting,) = inbox.waiting(ledger.read().key_holder(registrar.key_id))
        assert inbox.preview(waiting).event.type == "public-listing-consent-given/v1"


@pytest.mark.parametrize("years", [0, 10, 30])
def test_it_introduces_itself_whatever_has_expired_meanwhile(
    demonstration: Path, years: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with Ledger.open(demonstration / "ledger", lambda: clock() + timedelta(days=366 * years)) as ledger:
        introduce(ledger, demonstration / "ledger", "http://localhost")
    printed = capsys.readouterr().out
    assert "http://localhost/certificates/TOA-PCA-FR-" in printed
    assert "one withdrawn" in printed


def test_whatever_it_shows_is_valid_in_every_form(demonstration: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Ledger.open(demonstration / "ledger", clock) as ledger:
        introduce(ledger, demonstration / "ledger", demo.URL)
        (showcase,) = re.findall(
            r"its diploma +http://127\.0\.0\.1:8000/certificates/(.*)\.pdf", capsys.readouterr().out
        )
        with Register(ledger, Settings(base_url=demo.URL)) as register, TestClient(create_app(register)) as client:
            assert client.get(f"/certificates/{showcase}.pdf").status_code == 200
            today = ledger.now().date()
            for row in register.models.certificates.in_use():
                if register.models.certificates.timeline(row.certification_id, clock()).on(today) is Status.VALID:
                    bodies = [ledger.documents.get(row.number, form) or b"" for form in by_name()]
                    for presented in (row.number.encode(), bytes(register.bundle(row)), *bodies):
                        assert check_presented(presented, register).verdict is Verdict.IN_FORCE, row.number


def test_the_simulated_clock_never_goes_back() -> None:
    told = demo.SimulatedClock(datetime(2017, 1, 1, tzinfo=UTC))
    first = told()
    told.reach(date(2016, 1, 1))
    assert told() > first
    told.reach(date(2018, 1, 1))
    assert told() > datetime(2018, 1, 1, 9, tzinfo=UTC)
    told.let_go()
    assert abs((told() - clock()).total_seconds()) < 60
