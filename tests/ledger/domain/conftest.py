"""The rules at three moments of one story, which is told once: each test has a copy of its own."""

from copy import deepcopy

import pytest

from tests.ledger.domain.rules import Rules
from tests.vectors.stories.missions import prepare
from tests.vectors.stories.standing import pre_accredit


def copied(told: str) -> object:
    """Return a fixture: a copy of the rules that the session's fixture ``told`` made."""

    @pytest.fixture
    def copy_of_it(request: pytest.FixtureRequest) -> Rules:
        rules: Rules = request.getfixturevalue(told)
        return deepcopy(rules)

    return copy_of_it


@pytest.fixture(scope="session")
def once_appointed() -> Rules:
    """Officers are appointed."""
    rules = Rules()
    rules.appoint()
    return rules


@pytest.fixture(scope="session")
def once_planned(once_appointed: Rules) -> Rules:
    """A workshop is planned, and Awa is selected for it."""
    rules = deepcopy(once_appointed)
    rules.plan(seats=1)
    rules.candidate("awa")
    return rules


@pytest.fixture(scope="session")
def once_certified(once_planned: Rules) -> Rules:
    """Awa is certified and holds a certificate."""
    rules = deepcopy(once_planned)
    rules.score("c-awa", 4)
    rules.conclude("c-awa")
    return rules


rules, planned, certified = copied("once_appointed"), copied("once_planned"), copied("once_certified")


@pytest.fixture(scope="session")
def once_in_service(once_appointed: Rules) -> Rules:
    """Awa, Bob and Cleo are in the pool; Awa has a key."""
    rules = deepcopy(once_appointed)
    prepare(rules)
    return rules


in_service = copied("once_in_service")


@pytest.fixture(scope="session")
def once_pre_accredited(once_in_service: Rules) -> Rules:
    """Dia, Eli and Fay passed a workshop under a scheme with a field phase."""
    rules = deepcopy(once_in_service)
    pre_accredit(rules, "dia", "eli", "fay")
    return rules


pre_accredited = copied("once_pre_accredited")
