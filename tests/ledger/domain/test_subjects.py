"""The rows of the subjects: whom each command and each event is about, and which command an event answers."""

from collections.abc import Iterator
from typing import Any, cast, get_args, get_type_hints

import msgspec
import pytest

from ledger.domain.deciding import decide_again
from ledger.domain.decisions.acting import Command, Decided
from ledger.domain.decisions.certification import DecideCertification, decide_certification
from ledger.domain.decisions.rows import command_type
from ledger.domain.events.ai_use import AiUseDeclared
from ledger.domain.events.attendance import SecurityIncidentReported
from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.certification import CertificationRefused
from ledger.domain.events.common import Digest
from ledger.domain.events.delegation import DelegationGranted
from ledger.domain.events.mission import MissionApproved, MissionCancelled, MissionRequested
from ledger.domain.events.office import LedgerFounded, LedgerFoundedV2
from ledger.domain.events.persons import ContactPointAppointed, ContactPointRevoked
from ledger.domain.events.session import AssessorAssigned, FacilitatorAssigned
from ledger.domain.reader import Reader
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.subjects import BY_FACT, COMMAND_OF, COMMAND_TYPES, KIND_OF, SUBJECTS, named_by, person_concerned
from ledger.reading import Draft, Memory
from tests.ledger.domain.rules import Rules
from tests.support import World
from tests.vectors.make import stories


@pytest.fixture(scope="module")
def told() -> list[Rules]:
    """The stories in which every event happens."""
    every = []
    for story in stories():
        rules = Rules()
        story(cast(World, rules))
        every.append(rules)
    happened = {type(event.facts) for rules in every for event in rules.events}
    assert happened == BY_FACT.keys() - {LedgerFoundedV2}  # each was founded with key files
    return every


def one_by_one(told: list[Rules]) -> Iterator[tuple[Event[Fact], Command, Reader]]:
    """Each event but a founding, the command that it answers, and the record before it."""
    for rules in told:
        memory = Memory()
        for event in rules.events:
            if not isinstance(event.facts, LedgerFounded):
                yield event, COMMAND_OF[type(event.facts)].inverse(event), Draft(memory, rules.values.get)
            memory.advance([event])


def types_in(annotation: Any) -> Iterator[Any]:
    """A type with everything that it is made of."""
    yield annotation
    inner = get_type_hints(annotation).values() if isinstance(annotation, msgspec.StructMeta) else get_args(annotation)
    for each in inner:
        yield from types_in(each)


def test_the_rules_decide_each_event_again_from_the_command_that_it_answers(told: list[Rules]) -> None:
    for event, command, read in one_by_one(told):
        assert command.subject == event.subject
        assert decide_again(event, read) == Decided(event.subject, event.facts)


def about(event: Event[Fact]) -> str | None:
    """Whom an event of the story is about. A new kind of stream needs a case here."""
    match event.subject.kind:
        case "officer" if isinstance(event.facts, DelegationGranted):
            return event.facts.delegator_id
        case "officer" | "person" | "advisor" | "competence" | "development":
            return event.subject.id
        case "risk":
            return "facilitator"
        case "request" | "hold" | "transfer" | "history":
            return event.subject.id[2:]
        case "candidacy" | "certification":
            return event.subject.id.removeprefix("c-")
        case "session" if isinstance(
            event.facts, FacilitatorAssigned | AssessorAssigned | AiUseDeclared | SecurityIncidentReported
        ):
            return event.facts.person_id
        case "appeal":
            return "bob" if event.subject.id == "a-1" else event.subject.id.removeprefix("a-")
        case "complaint":
            return "eve"
        case "administration" if isinstance(event.facts, ContactPointAppointed | ContactPointRevoked):
            return event.facts.person_id
        case "session" | "scheme" | "administration" | "issuer" | "clock" | "passkeys" | "calibration":
            return None
        case "mission":
            named = getattr(event.facts, "person_id", getattr(event.facts, "participant_id", None))
            is_before_a_lead = isinstance(event.facts, MissionRequested | MissionApproved | MissionCancelled)
            return named or (None if is_before_a_lead else "awa")
        case kind:
            pytest.fail(f"whom is a stream of the kind {kind} about?")


def test_an_event_and_its_command_are_about_the_same_person(told: list[Rules]) -> None:
    for event, command, read in one_by_one(told):
        assert person_concerned(event, read) == person_concerned(command, read) == about(event), event


@pytest.mark.parametrize("row", COMMAND_TYPES, ids=lambda row: row.name)
def test_what_holds_a_digest_or_a_person_says_whom_it_is_about(row: Any) -> None:
    said = (row.command, *row.facts)
    about_somebody = row.names is not None or SUBJECTS[KIND_OF[row.facts[0]]].person is not None
    assert about_somebody or not any(Digest in types_in(each) for each in said)
    assert about_somebody or not any("person_id" in each.__struct_fields__ for each in said)
    id_field = SUBJECTS[KIND_OF[row.facts[0]]].id_field
    assert id_field is None or row.command is DecideCertification or row.command.__struct_fields__[0] == id_field


def test_a_founding_holds_the_digests_of_each_founder_and_is_about_nobody(told: list[Rules]) -> None:
    rules = told[0]
    founding = rules.events[0]
    assert {d.name for founder in cast(LedgerFounded, founding.facts).founders for d in founder.details}
    assert person_concerned(founding, rules.read()) is None


def test_what_waits_for_a_nomination_is_about_the_person_nominated() -> None:
    rules = Rules()
    rules.appoint()
    rules.plan()
    rules.candidate("awa")
    events = [event for event in rules.events if event.subject == Stream("candidacy", "c-awa")]
    nominate, decide = (COMMAND_OF[type(event.facts)].inverse(event) for event in events[:2])
    assert isinstance(events[0].facts, CandidateNominated)
    grant = DecideCertification(candidacy_id="c-awa", effective_from=rules.now.date())
    expected = {nominate.subject.id: named_by(nominate) or ""}
    before = Rules().read()
    for command in (nominate, decide, grant):
        assert person_concerned(command, before, expected) == "awa"
    for command in (decide, grant):
        assert person_concerned(command, before) is None


def test_a_command_that_asks_for_more_than_its_fact_states_needs_an_inverse_of_its_own() -> None:
    row = BY_FACT[CertificationRefused]
    with pytest.raises(
        TypeError, match="DecideCertification: expected an inverse, CertificationRefused does not state"
    ):
        command_type("decide-certification", DecideCertification, decide_certification, row)


def test_only_what_one_person_states_for_themselves_is_signed_in_their_own_name() -> None:
    own = {row.name for row in COMMAND_TYPES if row.in_own_name}
    assert "agree-to-key" in own
    assert not own & {"register-key", "grant-role", "decide-certification"}
