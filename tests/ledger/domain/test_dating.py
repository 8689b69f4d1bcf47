"""No statement is dated earlier than what its signers saw, nor much earlier than what was recorded before it."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.domain.dating import CLOCK_SKEW, STATEMENT_LIFETIME, is_back_dated

SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("time", "before", "back_dated"),
    [
        (SEEN, SEEN, False),
        (SEEN - CLOCK_SKEW, SEEN, False),  # clocks differ a little
        (SEEN - CLOCK_SKEW - SECOND, SEEN, True),
        (SEEN, SEEN + STATEMENT_LIFETIME + CLOCK_SKEW, False),  # it waited for a signature
        (SEEN, SEEN + STATEMENT_LIFETIME + CLOCK_SKEW + SECOND, True),
        (SEEN + timedelta(days=1), SEEN, False),
    ],
)
def test_the_dates_of_a_statement(time: datetime, before: datetime, back_dated: bool) -> None:
    assert is_back_dated(time, SEEN, before) is back_dated
