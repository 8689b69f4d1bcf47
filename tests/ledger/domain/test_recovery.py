"""Who could not be given another key: they are named before they lose the one that they have."""

from ledger.domain.recovery import irreplaceable
from tests.ledger.domain.rules import Rules
from tests.scenario import ROLES, key_of

PEOPLE = [*ROLES, "nobody"]


def test_of_two_founders_neither_can_be_given_another_key() -> None:
    rules = Rules()
    assert irreplaceable(PEOPLE, rules.read()) == ["director", "security"]


def test_a_third_person_with_a_key_could_be_made_security_officer_but_not_director() -> None:
    rules = Rules()
    rules.appoint(["manager"])
    assert irreplaceable(PEOPLE, rules.read()) == ["director"]


def test_a_second_key_or_a_second_director_keeps_a_register_from_losing_its_director() -> None:
    second_key, second_director = Rules(), Rules()
    for rules in (second_key, second_director):
        rules.appoint(["manager"])
    second_key.agree("director", key_of("second").key_id)
    new = {"person_id": "director", "public_key": key_of("second").public}
    second_key.do("register-key", "security", "director", **new)
    second_director.do("grant-role", "director", person_id="manager", role="secretariat-director")
    for rules in (second_key, second_director):
        assert irreplaceable(PEOPLE, rules.read()) == []


def test_two_directors_without_anybody_else_give_nobody_a_key() -> None:
    """One of them would have to be security officer too, which nobody is."""
    rules = Rules()
    rules.appoint(["manager"])
    rules.do("grant-role", "director", person_id="manager", role="secretariat-director")
    gone = {"person_id": "registrar", "key_id": key_of("registrar").key_id, "reason_code": "left-service"}
    rules.do("revoke-key", "security", **gone)
    assert irreplaceable(PEOPLE, rules.read()) == ["security"]


def test_whoever_was_erased_is_given_no_role_even_if_their_key_still_signs() -> None:
    rules = Rules()
    rules.appoint(["manager", "protection"])
    for person, role in (("manager", "secretariat-director"), ("protection", "secretariat-director")):
        rules.do("grant-role", "director", person_id=person, role=role)
    assert irreplaceable(PEOPLE, rules.read()) == []
    rules.do("revoke-role", "director", person_id="registrar", role="registrar")
    rules.do("erase-personal-data", "protection", "security", person_id="registrar", basis_code="request")
    assert irreplaceable(PEOPLE, rules.read()) == ["security"]
