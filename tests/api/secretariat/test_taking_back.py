"""An import is taken back while nothing of it is signed; what ended in it is told to what comes after."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from eventsourcing.persistence import OperationalError

from api.secretariat.endings import COMMAND_LINE, How
from api.secretariat.importing.proposing import plan_import
from api.secretariat.importing.results import results
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting, proposal
from api.secretariat.signing_all import sign_all
from ledger.disclosures import Disclosure
from ledger.domain.decisions.assessment import RevealScoreSheet, SubmitScoreSheet
from ledger.domain.decisions.session import CloseSession
from ledger.domain.refusal import Refused
from ledger.store.submission import Receipt, Submission
from tests.api.secretariat.rows import rows_of
from tests.api.secretariat.test_endings import code_of
from tests.api.secretariat.test_importing import DEMO, WORKSHOPS, _key, expected, ids
from tests.scenario import names
from tests.support import World, key_of

SOURCE = "TOA-PCA-FR-2017"
KEYS = {name: key_of(name) for name in ("director", "security", "manager", "registrar")}


def file(world: World, inbox: Inbox, folder: Path = DEMO / WORKSHOPS[0]) -> list[Waiting]:
    """Import a workshop; return what waits of it."""
    plan_import(read_workshop(folder), world.ledger, inbox, ids().__next__).file(inbox)
    return [item for item in inbox.waiting() if item.source == SOURCE]


def first(waiting: list[Waiting], name: str) -> Waiting:
    return next(item for item in waiting if item.proposal.name == name)


def reason_of(inbox: Inbox, item: Waiting) -> Refused:
    with pytest.raises(Refused) as refused:
        inbox.preview(item)
    return refused.value


def test_an_import_is_taken_back_and_imported_again_corrected(office: World, inbox: Inbox, tmp_path: Path) -> None:
    waiting = file(office, inbox)
    inbox.refuse(waiting[0].number, "registrar", "it is misspelt")
    inbox.prepare(waiting[1].number, *waiting[1].people)
    given = str(next(d.value for item in waiting for d in item.proposal.disclosures if d.name == "given_name"))
    assert inbox.take_back(SOURCE, COMMAND_LINE, "the wrong year") == len(waiting) - 1
    assert inbox.waiting() == []
    ended = [trace.ending for trace in inbox.ended() if trace.ending]
    assert [ending.how for ending in ended].count(How.TAKEN_BACK) == len(waiting) - 1
    assert {(e.by, e.reason) for e in ended if e.how is How.TAKEN_BACK} == {(COMMAND_LINE, "the wrong year")}
    assert not any(given in str(row) for row in rows_of(office))
    assert {row[3:5] for row in rows_of(office)} == {(None, None)}
    assert code_of(lambda: inbox.take_back(SOURCE, COMMAND_LINE)) == "unknown"
    shutil.copytree(DEMO / WORKSHOPS[0], tmp_path / "corrected")
    again = file(office, inbox, tmp_path / "corrected")
    assert len(again) == len(waiting)
    assert reason_of(inbox, first(again, "close-session")).code == "not-yet"  # not: an earlier step ended
    assert reason_of(inbox, first(again, "nominate-candidate")).code == "unknown"
    assert sign_all(inbox, KEYS)


def test_what_is_signed_keeps_an_import_from_being_taken_back(office: World, inbox: Inbox) -> None:
    waiting = file(office, inbox)
    deciding = first(waiting, "approve-scheme-version")  # by two
    for item in waiting[:20]:
        if {"registrar"} == item.people:
            inbox.sign(item.number, "registrar", KEYS["registrar"])
    with pytest.raises(Refused) as refused:
        inbox.take_back(SOURCE, COMMAND_LINE)
    refusal = refused.value
    assert refusal.code == "import-signed"
    assert f"recorded: {waiting[0].number}, " in refusal.words.en
    assert refusal.words.en.count(",") >= 10
    assert "…" in refusal.words.en
    assert deciding.number in {item.number for item in inbox.waiting()}
    inbox.withdraw(deciding.number, COMMAND_LINE)  # single ones can be


def test_one_signature_of_two_is_enough_to_keep_it(office: World, inbox: Inbox) -> None:
    office.do("grant-role", "director", person_id="manager", role="data-protection-officer")
    office.do("register-person", "registrar", person_id="zen", details=names("Zen"))
    erasure = proposal("erase-personal-data", "manager", "security", person_id="zen", basis_code="request")
    (number,) = inbox.file([erasure], "W", {"0": "session.csv"})
    inbox.sign(number, "manager", KEYS["manager"])
    assert code_of(lambda: inbox.take_back("W", COMMAND_LINE)) == "import-signed"
    inbox.refuse(number, "security", "not yet")
    assert inbox.take_back("W", COMMAND_LINE) == 0  # nothing waits, and its files can be imported again
    inbox.require_not_imported("W", {"0": "session.csv"})


def test_what_was_recorded_by_a_process_that_died_keeps_it_too(office: World, inbox: Inbox) -> None:
    def record_and_die(submission: Submission) -> Receipt:
        office.ledger.record(submission)
        raise OperationalError("the process dies before this is kept")

    (number,) = inbox.file([proposal("grant-role", "director", person_id="manager", role="moderator")], "V", {"1": "x"})
    with closing(Inbox(office.ledger, record_and_die)) as dying, pytest.raises(OperationalError):
        dying.sign(number, "director", KEYS["director"])
    assert code_of(lambda: inbox.take_back("V", COMMAND_LINE)) == "import-signed"


@pytest.mark.parametrize("needs", ["person", "version", "nothing"])
def test_what_another_import_needs_is_taken_back_after_it(office: World, inbox: Inbox, needs: str) -> None:
    waiting = file(office, inbox)
    registering, planning = first(waiting, "register-person"), first(waiting, "plan-session")
    person = registering.proposal.command.subject.id
    session = {
        field: getattr(planning.proposal.command, field) for field in planning.proposal.command.__struct_fields__
    }
    of_other = {
        "person": proposal("grant-role", "director", person_id=person, role="moderator"),
        "version": proposal("plan-session", "manager", **{**session, "session_id": "OTHER"}),
        "nothing": proposal("grant-role", "director", person_id="manager", role="moderator"),
    }[needs]
    inbox.file([of_other], "OTHER", {"1": "session.csv"})
    if needs == "nothing":
        assert inbox.take_back(SOURCE, COMMAND_LINE) == len(waiting)
        return
    with pytest.raises(Refused) as refused:
        inbox.take_back(SOURCE, COMMAND_LINE)
    assert refused.value.code == "import-needed"
    assert "OTHER" in refused.value.words.fr
    assert len(inbox.waiting()) == len(waiting) + 1
    assert inbox.take_back("OTHER", COMMAND_LINE) == 1
    assert inbox.take_back(SOURCE, COMMAND_LINE) == len(waiting)


def test_what_comes_after_a_step_that_ended_says_so(office: World, inbox: Inbox) -> None:
    waiting = file(office, inbox)
    registering = first(waiting, "register-person")
    inbox.refuse(registering.number, "registrar", "registered before under another name")
    sign_all(inbox, KEYS)
    left = inbox.waiting()
    stuck = first(left, "grant-role")  # of that person
    refused = reason_of(inbox, stuck)
    assert refused.code == "import-incomplete"
    person = registering.proposal.command.subject.id
    assert refused.words.en == f"there is no person {person}; no. {registering.number} of the same import was refused"
    closing_it = first(left, "close-session")
    assert reason_of(inbox, closing_it).code == "not-yet"
    for item in left:
        if item.number < closing_it.number:
            inbox.withdraw(item.number, COMMAND_LINE)
    refused = reason_of(inbox, closing_it)
    assert refused.code == "earlier-step-ended"
    assert f"n°\N{NO-BREAK SPACE}{registering.number}" in refused.words.fr.replace("n° ", "n°\N{NO-BREAK SPACE}")
    assert code_of(lambda: inbox.sign(closing_it.number, "manager", KEYS["manager"])) == "earlier-step-ended"


def test_what_ended_in_no_import_hinders_nothing(office: World, inbox: Inbox) -> None:
    numbers = inbox.file(
        [proposal("grant-role", "director", person_id=person, role="auditor") for person in ("registrar", "nobody")],
        COMMAND_LINE,
    )
    inbox.withdraw(numbers[0], COMMAND_LINE)
    assert reason_of(inbox, inbox.waiting()[0]).code == "unknown"


def test_a_wrong_score_sheet_is_refused_corrected_and_the_workshop_ends_as_expected(
    office: World, inbox: Inbox
) -> None:
    name = WORKSHOPS[0]
    workshop = read_workshop(DEMO / name)
    plan = plan_import(workshop, office.ledger, inbox, ids().__next__)
    plan.file(inbox)
    keys = dict(KEYS)
    sign_all(inbox, {person: keys[person] for person in ("director", "registrar")})
    keys |= {plan.people[officer.code]: _key(office, plan.people[officer.code]) for officer in workshop.officers}
    wrong = first(inbox.waiting(), "submit-score-sheet")
    command = wrong.proposal.command
    assert isinstance(command, SubmitScoreSheet)
    (assessor,) = wrong.people
    (levels,) = wrong.proposal.disclosures
    inbox.refuse(wrong.number, assessor, "these are not my scores")
    sign_all(inbox, keys)
    assert office.read().session(SOURCE).closed is False
    said = {"candidacy_id": command.candidacy_id, "activity": command.activity}
    corrected = proposal("submit-score-sheet", assessor, **said, sheet_id="corrected", commitment=_value(levels))
    inbox.file([corrected], COMMAND_LINE)
    sign_all(inbox, keys)
    for item in inbox.waiting():
        stale = item.proposal.command
        if isinstance(stale, CloseSession) or (
            isinstance(stale, RevealScoreSheet) and stale.sheet_id == command.sheet_id
        ):
            inbox.withdraw(item.number, COMMAND_LINE)
    again = [
        proposal("close-session", "manager", session_id=SOURCE),
        proposal("reveal-score-sheet", "registrar", candidacy_id=command.candidacy_id, sheet_id="corrected"),
    ]
    inbox.file(again, COMMAND_LINE)
    sign_all(inbox, keys)
    assert inbox.waiting() == []
    by_candidacy = {r.candidacy_id: (r.result, r.why, r.composite) for r in results(office.ledger, SOURCE)}
    assert {code: by_candidacy[candidacy] for code, candidacy in plan.candidacies.items()} == expected(name)


def _value(disclosure: Disclosure) -> dict[str, object]:
    return {"name": disclosure.name, "value": disclosure.value}
