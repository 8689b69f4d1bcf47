"""A role is lent until a day (ISO/IEC 17024, 4.2); decisions on certification are not (9.4.2)."""

from datetime import date

import pytest

from ledger.domain.record import Role
from tests.ledger.domain.rules import Rules
from tests.scenario import names, value
from tests.vectors.stories.competence import with_key

LENT = {"person_id": "deputy", "delegator_id": "registrar", "role": "registrar", "until": date(2017, 6, 30)}
NEXT = ["register-person", "deputy"]


@pytest.fixture
def lent(rules: Rules) -> Rules:
    """The role of registrar is lent to a deputy until 30 June 2017."""
    with_key(rules, "deputy")
    rules.do("grant-delegation", "registrar", "director", **LENT)
    return rules


def acts(rules: Rules, number: int) -> str:
    return rules.do("register-person", "deputy", person_id=f"p-{number}", details=names("Any"))


def acts_no_longer(rules: Rules) -> None:
    rules.refused("role-not-held", "register-person", "deputy", person_id="p-9", details=names("Any"))


def test_a_role_that_was_lent_counts_until_the_end_of_its_last_day(lent: Rules) -> None:
    acts(lent, 1)
    deputy = lent.read().officer("deputy")
    assert [*deputy.delegated] == [Role.REGISTRAR]
    assert deputy.borrowed_from(Role.REGISTRAR, lent.now) == "registrar"
    assert deputy.borrowed_from(Role.ASSESSOR, lent.now) is None
    assert lent.read().roles_on("deputy", date(2017, 6, 30)) == {Role.REGISTRAR}
    lent.at(2017, 6, 30, 23, 59)
    acts(lent, 2)
    lent.at(2017, 7, 1, 0, 0)
    acts_no_longer(lent)
    assert lent.read().roles_on("deputy", date(2017, 7, 1)) == frozenset()
    lent.do("grant-delegation", "registrar", "director", **LENT | {"until": date(2018, 7, 1)})
    acts(lent, 3)


def test_a_role_that_was_lent_counts_while_the_delegator_holds_it(lent: Rules) -> None:
    lent.do("revoke-role", "director", person_id="registrar", role="registrar")
    acts_no_longer(lent)


def test_a_director_ends_a_delegation(lent: Rules) -> None:
    lent.do("revoke-delegation", person_id="deputy", role="registrar")
    acts_no_longer(lent)
    lent.refused("not-delegated", "revoke-delegation", person_id="deputy", role="registrar")


def test_what_was_lent_is_not_lent_on(lent: Rules) -> None:
    with_key(lent, "third")
    onward = LENT | {"person_id": "third", "delegator_id": "deputy"}
    lent.refused("role-not-held", "grant-delegation", "deputy", "director", **onward)


def test_powers_judgements_and_decisions_are_not_lent(lent: Rules) -> None:
    for role in Role:
        if role not in ("registrar", "programme-manager", "data-protection-officer"):
            lent.refused("role-not-delegable", "grant-delegation", "registrar", "director", **LENT | {"role": role})


def test_the_delegator_signs_in_their_own_name_and_a_director_who_is_neither_agrees(rules: Rules) -> None:
    with_key(rules, "deputy")
    grant = "grant-delegation"
    rules.refused("not-in-own-name", grant, "deputy", "director", **LENT)
    rules.refused("role-not-held", grant, "manager", "director", **LENT | {"delegator_id": "manager"})
    rules.refused("own-case", grant, "registrar", "director", **LENT | {"person_id": "director"})
    rules.do("grant-role", "director", person_id="deputy", role="secretariat-director")
    rules.refused("own-case", grant, "registrar", "deputy", **LENT)
    rules.do("grant-role", "deputy", person_id="director", role="registrar")
    by_themselves = LENT | {"delegator_id": "director"}
    rules.refused("signers-not-distinct", grant, "director", "director", **by_themselves)
    for until in (date(2017, 1, 8), date(2018, 1, 10)):
        rules.refused("malformed", grant, "registrar", "director", **LENT | {"person_id": "panel1", "until": until})


def test_nobody_lends_to_themselves_under_another_id_to_fill_two_seats(rules: Rules) -> None:
    with_key(rules, "deputy")
    rules.do(
        "merge-persons", "registrar", "director", person_id="panel1", merged_id="deputy", reason=value("reason", "x")
    )
    rules.do("grant-role", "director", person_id="panel1", role="registrar")
    lent = LENT | {"delegator_id": "panel1"}
    rules.refused("person-merged", "grant-delegation", "panel1", "director", **lent)
    rules.do(
        "merge-persons", "registrar", "director", person_id="moderator", merged_id="panel1", reason=value("reason", "y")
    )
    lent = LENT | {"person_id": "moderator", "delegator_id": "panel1"}
    rules.refused("delegated-to-oneself", "grant-delegation", "panel1", "director", **lent)


def test_who_holds_a_role_is_lent_it_neither_again_nor_erased_meanwhile(lent: Rules) -> None:
    lent.refused("role-already-held", "grant-delegation", "registrar", "director", **LENT)
    lent.refused(
        "roles-held", "erase-personal-data", "protection", "security", person_id="deputy", basis_code="request"
    )
    lent.at(2017, 7, 1, 9)
    lent.do("erase-personal-data", "protection", "security", person_id="deputy", basis_code="request")
