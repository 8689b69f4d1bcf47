"""Officers are told by e-mail what was signed with their passkey, as the log has it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.notices.outbox import GATHERED_FOR
from ledger.signing.envelope import seal
from ledger.store.submission import Receipt, Submission
from tests.api.notices.conftest import Sending
from tests.api.notices.postbox import Postbox
from tests.passkeys import SoftKey
from tests.scenario import ORIGIN
from tests.support import PasskeyWorld, World

Sends = Callable[[World], Sending]
PEOPLE = ("kim", "lee", "sam")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[PasskeyWorld]:
    world = PasskeyWorld(tmp_path / "passkeys")
    world.do("grant-role", "director", person_id="security", role="registrar")
    for person in PEOPLE:
        world.do("register-person", "security", person_id=person, details=[{"name": "given_name", "value": person}])
    world.do(
        "update-person-details", "security", person_id="director", details=[{"name": "email", "value": "d@example.org"}]
    )
    yield world
    world.ledger.close()


def granted(world: PasskeyWorld) -> list[Submission]:
    """The director makes all of these people managers, with one gesture."""
    made: list[tuple[Any, Any]] = []
    for person in PEOPLE:
        command, _ = world.command("grant-role", person_id=person, role="programme-manager")
        made.append((command, world.ledger.prepare(command, world.signers(command, "director"))))
    signatures = world.passkeys["director"].sign(ORIGIN, [prepared.to_sign for _, prepared in made])
    return [
        Submission(command, seal(prepared.payload, (signature,)), ())
        for (command, prepared), signature in zip(made, signatures, strict=True)
    ]


def leaves_in(postbox: Postbox) -> list[list[str]]:
    return [[line for line in mail.get_content().splitlines() if line.startswith("- ")] for mail in postbox.mails]


def record(world: World, submissions: list[Submission]) -> list[int]:
    answers = world.ledger.submit(submissions)
    assert all(isinstance(answer, Receipt) for answer in answers)
    return [answer.index for answer in answers if isinstance(answer, Receipt)]


def test_one_gesture_is_one_receipt_of_every_statement_with_its_leaf(
    world: PasskeyWorld, sending: Sends, postbox: Postbox
) -> None:
    it = sending(world)
    it.begin()
    submissions = granted(world)
    first = record(world, submissions[:1])
    mailing = it.by(postbox.server)
    mailing.deliver()
    assert postbox.mails == [], "the others may follow"
    others = record(world, submissions[1:])
    mailing.deliver()
    world.now += GATHERED_FOR + timedelta(seconds=1)
    mailing.deliver()
    it.begin(0)
    mailing.deliver()
    assert postbox.recipients[0] == "d@example.org"
    assert postbox.subjects()[0] == "You signed 3 statements"
    assert leaves_in(postbox)[0] == [
        f"- Role granted: person {person}, role Programme manager (officer:{person}), leaf {leaf}"
        for person, leaf in zip(PEOPLE, [*first, *others], strict=True)
    ]


def test_of_what_is_confidential_a_receipt_says_the_title_and_nothing_sealed(
    world: PasskeyWorld, sending: Sends, postbox: Postbox
) -> None:
    details = [{"name": "given_name", "value": "Fatou"}, {"name": "email", "value": "kim@example.org"}]
    world.do("update-person-details", "security", person_id="kim", details=details)
    world.do("grant-role", "director", person_id="kim", role="registrar")
    world.passkeys["kim"] = SoftKey("kim")
    world.do("register-passkey", "security", "kim", person_id="kim", **world.passkeys["kim"].registration)
    it = sending(world)
    it.begin()
    world.do("update-person-details", "kim", person_id="lee", details=[{"name": "family_name", "value": "Secret"}])
    evidence = {"name": "evidence", "value": "a letter that says much"}
    world.do("give-listing-consent", "kim", person_id="lee", evidence=evidence)
    mailing = it.by(postbox.server)
    mailing.deliver()
    world.now += GATHERED_FOR + timedelta(seconds=1)
    mailing.deliver()
    (confidential,), (other,) = leaves_in(postbox)
    assert confidential.startswith("- Personal details updated (person:lee), leaf ")
    assert other.startswith("- Consent to publication given: person lee, with evidence (sealed) (person:lee), leaf")


def test_what_is_recorded_long_after_the_gesture_is_a_receipt_of_its_own(
    world: PasskeyWorld, sending: Sends, postbox: Postbox
) -> None:
    it = sending(world)
    it.begin()
    mailing, submissions, recorded = it.by(postbox.server), granted(world), list[int]()
    for submission in submissions[:2]:
        recorded += record(world, [submission])
        for _ in range(2):
            mailing.deliver()
            world.now += timedelta(hours=1)
    assert postbox.subjects() == ["You signed 1 statement"] * 2
    assert [line.rpartition(" ")[2] for (line,) in leaves_in(postbox)] == list(map(str, recorded))


def test_who_has_no_address_or_signs_with_a_key_file_gets_none(
    world: PasskeyWorld, addressed: World, sending: Sends, postbox: Postbox
) -> None:
    for each, told in ((world, {"receipt director"}), (addressed, set[str]())):
        it = sending(each)
        it.begin(0)
        it.by(postbox.server).deliver()
        assert {name for name in it.states() if name.startswith("receipt")} == told
