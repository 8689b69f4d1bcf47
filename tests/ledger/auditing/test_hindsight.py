"""The audit of what was decided before it was known that two ids are one person, or who employed somebody."""

from base64 import b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from api.publishing.files import write
from ledger.auditing import audit, audit_published, hindsight
from ledger.auditing.hindsight import Hindsight
from ledger.auditing.kept import NOTHING
from ledger.auditing.report import AuditReport
from ledger.domain.deciding import decide_again
from ledger.domain.decisions.acting import Decided
from ledger.domain.record import Event, Fact, Role
from ledger.log.tiles import parse_bundle
from ledger.reading import Draft, Memory
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from tests.scenario import PLAN, names, value
from tests.support import World
from tests.vectors.make import stories
from tests.watched import published

WHY = {"reason": value("reason", "same birth date")}


def warned(report: AuditReport) -> list[str]:
    """What the audit warns of: by wire name, what the rules would say today."""
    assert report.clean
    assert {warning.code for warning in report.warnings} <= {"refused-in-hindsight"}
    return [warning.message for warning in report.warnings]


def audited(world: World) -> list[str]:
    return warned(audit(Path(world.ledger.folder)))


def test_an_award_by_two_ids_of_one_person_is_reported(workshop: World) -> None:
    """Case I2: the award of the two deciders, and what else they decided together, position by position."""
    assert audited(workshop) == []
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    granted, refused = audited(workshop)
    assert granted.startswith("certification-granted/v1 of certification:c-awa: ")
    assert refused.startswith("certification-refused/v1 of certification:c-zoe: ")
    assert "two different people must sign: decider1 = decider2 is named twice" in granted
    report = audit(Path(workshop.ledger.folder))
    (award, _) = report.warnings
    assert award.position is not None
    assert workshop.ledger.entries(award.position - 1, award.position)[0].topic == "certification-granted/v1"
    workshop.do("unmerge-persons", person_id="decider1", merged_id="decider2", **WHY)
    assert audited(workshop) == []


def test_an_award_by_who_scored_under_another_id_is_reported_from_outside_too(workshop: World, tmp_path: Path) -> None:
    workshop.do("merge-persons", person_id="decider1", merged_id="assessor1", **WHY)
    said = audited(workshop)
    assert [message.partition(" ")[0] for message in said] == ["certification-granted/v1", "certification-refused/v1"]
    assert all("scored" in message for message in said)
    write(workshop.ledger, tmp_path / "export", entries=True)
    assert warned(audit_published(published(tmp_path / "export", workshop))) == said


def test_a_score_by_a_trainer_and_an_outcome_by_one_human_twice_are_reported(workshop: World) -> None:
    workshop.do("merge-persons", person_id="facilitator", merged_id="assessor1", **WHY)
    said = audited(workshop)
    assessed = sum(bool(competencies) for competencies in PLAN.values())
    assert sum(message.startswith("score-sheet-submitted/v1") for message in said) == assessed * 2
    assert any(message.startswith("assessor-assigned/v1") for message in said)
    workshop.do("unmerge-persons", person_id="facilitator", merged_id="assessor1", **WHY)
    workshop.do("merge-persons", person_id="assessor2", merged_id="assessor1", **WHY)
    said = audited(workshop)
    assert "assessment-outcome-computed/v1 of candidacy:c-awa: the rules compute another result" in said


def test_a_selection_by_the_candidate_and_an_office_of_director_and_security_officer_are_reported(
    workshop: World,
) -> None:
    workshop.do("merge-persons", person_id="awa", merged_id="panel1", **WHY)
    said = audited(workshop)
    selected, scored = said[:2], said[2:]
    assert all(message.startswith("eligibility-confirmed/v2 of candidacy:c-") for message in selected)
    compatriots = [m.startswith("score-sheet-submitted/v1 of candidacy:c-awa: ") and "(FR)" in m for m in scored]
    assert all(compatriots), "France employs the member of the panel and the assessors"
    workshop.do("unmerge-persons", person_id="awa", merged_id="panel1", **WHY)
    workshop.do("grant-role", "director", person_id="manager", role=Role.DIRECTOR)
    workshop.do("merge-persons", "registrar", "director", person_id="manager", merged_id="security", **WHY)
    own_key, both_roles = audited(workshop)
    assert own_key.startswith("key-registered/v1 of officer:manager: two different people must sign")
    assert both_roles.startswith("role-granted/v1 of officer:manager: manager holds the role of Security officer")


def test_a_score_by_a_compatriot_is_reported_once_the_employment_is_recorded(workshop: World) -> None:
    """Case I16: an employment that was recorded late, of the days of the workshop."""
    workshop.now = datetime(2017, 6, 1, tzinfo=UTC)
    employment = {"administration_id": "SN", "since": date(2017, 6, 1)}
    workshop.do("record-employment", person_id="assessor1", **employment)
    assert audited(workshop) == []
    workshop.do("record-employment", person_id="assessor1", **employment | {"since": date(2017, 5, 16)})
    said = audited(workshop)
    assert all(message.startswith("score-sheet-submitted/v1 of candidacy:c-") for message in said)
    assert all("same administration (SN)" in message for message in said)
    assert len(said) == 2 * sum(bool(competencies) for competencies in PLAN.values())


def test_a_second_candidacy_and_certification_of_one_human_are_reported(tmp_path: Path) -> None:
    """Case I3: two candidates of a workshop who turn out to be one person."""
    world = World(tmp_path / "ledger")
    world.appoint()
    world.plan()
    candidacies = [world.candidate(name) for name in ("awa", "eva")]
    for candidacy in candidacies:
        world.score(candidacy, 4)
    world.conclude(*candidacies)
    world.do("merge-persons", person_id="awa", merged_id="eva", **WHY)
    nominated, granted = audited(world)
    assert nominated.startswith("candidate-nominated/v1 of candidacy:c-eva: eva has an open candidacy")
    assert granted.startswith("certification-granted/v1 of certification:c-eva: eva already holds a certification")


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.__module__)
def test_a_merge_that_changes_no_decision_warns_of_nothing(tmp_path: Path, story: Callable[[World], None]) -> None:
    """Of every event of the catalogue."""
    world = World(tmp_path / "ledger")
    story(world)
    world.do("register-person", person_id="panel9", details=names("Panel1"))
    world.do("merge-persons", person_id="panel9", merged_id="panel1", **WHY)
    report = audit(Path(world.ledger.folder))
    assert report.clean
    assert "refused-in-hindsight" not in {warning.code for warning in report.warnings}


def test_only_entries_that_asked_about_such_people_are_decided_again(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The warnings are those of deciding everything again, which finds nothing more."""
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    decided: list[int] = []
    narrow = Hindsight._is_known_otherwise

    def counted(self: Hindsight, position: int, people: Iterable[str]) -> bool:
        is_wanted = not is_narrow or narrow(self, position, people)
        decided.extend([position] * is_wanted)
        return is_wanted

    monkeypatch.setattr(Hindsight, "_is_known_otherwise", counted)
    is_narrow = True
    few = audited(workshop)
    assert len(decided) < workshop.ledger.size() / 2
    is_narrow = False
    assert few == audited(workshop) != []


@pytest.mark.parametrize("story", stories(), ids=lambda story: story.__module__)
def test_what_is_learned_of_people_is_what_judging_every_entry_ends_with(
    tmp_path: Path, story: Callable[[World], None]
) -> None:
    """Of every event of the catalogue: no event of another kind says anything of a person."""
    world = World(tmp_path / "ledger")
    story(world)
    learned, memory = Hindsight(NOTHING, lambda _: None), Memory()
    envelopes = [entry.state for entry in world.ledger.entries(0, world.ledger.size())]
    learned.learn(enumerate(envelopes, 1))
    memory.advance(decode_payload(open_envelope(envelope).payload) for envelope in envelopes)
    persons = [stream for stream in memory.states if stream.kind == "person"]
    assert persons
    assert [learned.today.states[person] for person in persons] == [memory.states[person] for person in persons]
    assert learned.today.merges == memory.merges


def test_what_cannot_be_learned_is_left_to_those_who_judge_it() -> None:
    learned = Hindsight(NOTHING, lambda _: None)
    learned.learn([(1, b"nothing")])
    assert learned.today.states == {}


@pytest.mark.parametrize("first", ["unreadable", "other people"])
def test_entries_that_said_something_else_when_people_were_learned_leave_that_check_open(
    workshop: World, tmp_path: Path, first: str
) -> None:
    """From outside, a server gives them, and may answer twice in two ways."""
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    write(workshop.ledger, tmp_path / "export", entries=True)
    log = published(tmp_path / "export", workshop)
    honest, given = log.read, dict[str, int]()

    def read(path: str) -> bytes:
        data = honest(path)
        if "entries" in path:
            given[path] = given.get(path, 0) + 1
            if given[path] == 2:  # once it was asked whether there are any
                if first == "unreadable":
                    raise OSError("try again")
                payload = open_envelope(parse_bundle(data)[-1]).payload  # of the merge
                return data.replace(b64encode(payload), b64encode(payload.replace(b"decider2", b"decider9")))
        return data

    log.read = read
    report = audit_published(log)
    assert report.clean
    assert [gap.check for gap in report.unchecked if gap.reason == "unreadable"] == ["hindsight"]


def test_rules_that_fail_over_what_is_known_today_are_a_warning(
    workshop: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a forgery says of people is learned before it is judged: what was decided before it is as it was."""

    def decided(event: Event[Fact], read: Draft) -> Decided:
        if read._hindsight is not None:
            raise LookupError("nobody")
        return decide_again(event, read)

    monkeypatch.setattr(hindsight, "decide_again", decided)
    workshop.do("merge-persons", person_id="decider1", merged_id="decider2", **WHY)
    assert "certification-granted/v1 of certification:c-awa: the rules do not end: LookupError('nobody')" in audited(
        workshop
    )
