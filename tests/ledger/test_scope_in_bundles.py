"""A certificate says the scope that follows from the grant and its changes, all of which are in the bundle."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import msgspec
import pytest

from ledger.bundle import Bundle
from ledger.domain.events.certification import CertificateReissued, ScopeExtended, ScopeReduced
from ledger.domain.events.common import Digest
from ledger.domain.number import CertificateNumber
from ledger.domain.record import Event, Fact, Stream
from ledger.signing.envelope import open_envelope
from ledger.signing.statement import decode_payload
from ledger.verdict import CheckResult, Verdict
from tests.ledger.test_verification import NUMBER, Operator, bundle_of, checked, failed
from tests.scenario import COMPETENCIES
from tests.support import SESSION, World

AWA = {"certification_id": "c-awa"}
REDUCED, EXTENDED = (str(CertificateNumber(SESSION, 1, issue)) for issue in (2, 3))
THEORY, SKILLS, COMMUNICATION, ADVICE = COMPETENCIES
STREAM = Stream("certification", "c-awa")
# By version in the stream.
GRANT, REDUCTION, REISSUE, EXTENSION, LAST = 1, 3, 4, 5, 6


def reduce(world: World) -> None:
    """To theory and advice, from 1 June 2017."""
    world.now = datetime(2017, 6, 2, 8, tzinfo=UTC)
    removed, day = [SKILLS, COMMUNICATION], date(2017, 6, 1)
    because = {"effective_from": day, "reason_code": "competence-lost"}
    world.do("reduce-scope", "decider1", "decider2", **AWA, removed=removed, **because)


def change_scope(world: World) -> tuple[str, str, str]:
    """Reduced from June, extended by communication from July, reissued each time; answers the three numbers."""
    reduce(world)
    world.do("reissue-certificate", "registrar", **AWA, reason_code="scope-changed")
    world.now = datetime(2017, 7, 1, 8, tzinfo=UTC)
    day, evidence = date(2017, 7, 1), {"name": "evidence", "value": "assessment"}
    dates = {"assessed_on": day, "effective_from": day}
    world.do("extend-scope", "decider1", "decider2", **AWA, added=[COMMUNICATION], evidence=evidence, **dates)
    world.do("reissue-certificate", "registrar", **AWA, reason_code="scope-changed")
    return NUMBER, REDUCED, EXTENDED


@pytest.fixture
def changed(workshop: World) -> World:
    change_scope(workshop)
    return workshop


def test_the_last_certificate_is_valid_and_the_others_are_authentic(changed: World) -> None:
    assert checked(changed, bundle_of(changed, number=EXTENDED)).verdict is Verdict.IN_FORCE
    for number in (NUMBER, REDUCED):
        assert checked(changed, bundle_of(changed, number=number)).verdict is Verdict.NOT_IN_FORCE, "superseded"


def test_a_certificate_that_states_more_than_is_certified_is_not_valid_before_the_reissue(workshop: World) -> None:
    reduce(workshop)
    report = checked(workshop, bundle_of(workshop))
    assert report.verdict is Verdict.NOT_IN_FORCE
    (status,) = [check for check in report.checks if check.code == "status"]
    assert status.detail == (
        "the scope was reduced on 1 June 2017 and lacks communication, practical-skills: ask for the reissued "
        "certificate",
        "portée réduite le 1er juin 2017, qui ne comprend plus communication, practical-skills : demandez le "
        "certificat réémis",
    )
    assert checked(workshop, bundle_of(workshop), day=date(2017, 5, 31)).verdict is Verdict.IN_FORCE


def test_a_certificate_that_states_less_than_is_certified_is_valid(workshop: World) -> None:
    reduce(workshop)
    workshop.do("reissue-certificate", "registrar", **AWA, reason_code="scope-changed")
    day, evidence = date(2017, 6, 2), {"name": "evidence", "value": "assessment"}
    dates = {"assessed_on": day, "effective_from": day}
    workshop.do("extend-scope", "decider1", "decider2", **AWA, added=[SKILLS], evidence=evidence, **dates)
    assert checked(workshop, bundle_of(workshop, number=REDUCED)).verdict is Verdict.IN_FORCE


def _of(operator: Operator, version: int) -> Event[Fact]:
    return operator.world.ledger.signed_events(STREAM)[version - 1].event


def _stating(*scope: str) -> Callable[[Operator, str], Bundle]:
    """The first reissue states this scope."""

    def forged(operator: Operator, number: str) -> Bundle:
        facts = _of(operator, REISSUE).facts
        assert isinstance(facts, CertificateReissued)
        certificate = msgspec.structs.replace(facts.certificate, scope=scope)
        operator.replace(STREAM, REISSUE, facts=msgspec.structs.replace(facts, certificate=certificate))
        return operator.bundle(number)

    return forged


def _changed(version: int, **changes: object) -> Callable[[Operator, str], Bundle]:
    """One change of the scope says something else, and is signed as such."""

    def forged(operator: Operator, number: str) -> Bundle:
        operator.replace(STREAM, version, facts=msgspec.structs.replace(_of(operator, version).facts, **changes))
        return operator.bundle(number)

    return forged


def _without(version: int) -> Callable[[Operator, str], Bundle]:
    """One statement of the certification is left out."""

    def forged(operator: Operator, number: str) -> Bundle:
        bundle = operator.bundle(number)
        kept = [s for s in bundle.statements if _place(s.envelope) != (STREAM, version)]
        return msgspec.structs.replace(bundle, statements=tuple(kept))

    return forged


def _place(envelope: bytes) -> tuple[Stream, int]:
    event = decode_payload(open_envelope(envelope).payload)
    return event.subject, event.version


def _ungranted(operator: Operator, number: str) -> Bundle:
    """A change of the scope where the grant was."""
    facts = ScopeReduced(
        removed=(SKILLS,),
        effective_from=date(2017, 5, 19),
        reason_code=Digest("reduction_reason", "0" * 43),
        reason=None,
    )
    operator.replace(STREAM, GRANT, type="scope-reduced/v2", facts=facts)
    return operator.bundle(number)


def _by_a_registrar(operator: Operator, number: str) -> Bundle:
    operator.replace(STREAM, EXTENSION, "decider1", "registrar")
    return operator.bundle(number)


def _another_event(operator: Operator, number: str) -> Bundle:
    """What was a reduction is an extension by the same people."""
    extension = _of(operator, EXTENSION).facts
    assert isinstance(extension, ScopeExtended)
    operator.replace(STREAM, REDUCTION, type="scope-extended/v1", facts=extension)
    return operator.bundle(number)


SCOPE_FAULTS: dict[str, tuple[str, str, Callable[[Operator, str], Bundle]]] = {
    "the granted scope after a reduction": (REDUCED, "certificate", _stating(*COMPETENCIES)),
    "less than remained": (REDUCED, "certificate", _stating(THEORY)),
    "one competency twice": (REDUCED, "certificate", _stating(THEORY, THEORY, ADVICE)),
    "nothing at all": (REDUCED, "certificate", _stating()),
    "a reduction by something else": (REDUCED, "certificate", _changed(REDUCTION, removed=(SKILLS,))),
    "a reduction from a later day": (REDUCED, "certificate", _changed(REDUCTION, effective_from=date(2017, 6, 3))),
    "an extension by something else": (EXTENDED, "certificate", _changed(EXTENSION, added=(SKILLS,))),
    "an extension from a later day": (EXTENDED, "certificate", _changed(EXTENSION, effective_from=date(2017, 7, 2))),
    "an extension where a reduction was": (REDUCED, "certificate", _another_event),
    "a change without a grant": (NUMBER, "certificate", _ungranted),
    "an extension by a registrar": (EXTENDED, "signatures", _by_a_registrar),
    "the reduction left out": (REDUCED, "completeness", _without(REDUCTION)),
    "the extension left out": (EXTENDED, "completeness", _without(EXTENSION)),
    "the last reissue left out": (EXTENDED, "completeness", _without(LAST)),
}


@pytest.mark.parametrize("fault", SCOPE_FAULTS)
def test_a_scope_that_does_not_follow_is_not_authentic(changed: World, fault: str) -> None:
    number, code, change = SCOPE_FAULTS[fault]
    assert failed(checked(changed, change(Operator(changed), number))) == code


def test_the_order_of_a_scope_says_nothing(changed: World) -> None:
    report = checked(changed, _stating(ADVICE, THEORY)(Operator(changed), REDUCED))
    assert {check.code: check.result for check in report.checks}["certificate"] is CheckResult.PASSED
