"""The rules at three moments of one story."""

import pytest

from tests.ledger.domain.rules import Rules


@pytest.fixture
def rules() -> Rules:
    """Officers are appointed."""
    rules = Rules()
    rules.appoint()
    return rules


@pytest.fixture
def planned(rules: Rules) -> Rules:
    """A workshop is planned, and Awa is selected for it."""
    rules.plan(seats=1)
    rules.candidate("awa")
    return rules


@pytest.fixture
def certified(planned: Rules) -> Rules:
    """Awa is certified and holds a certificate."""
    planned.score("c-awa", 4)
    planned.conclude("c-awa")
    return planned
