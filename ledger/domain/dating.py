"""When a statement says that it was made, against what its signer had seen and what was recorded before it."""

from __future__ import annotations

from datetime import datetime, timedelta

STATEMENT_LIFETIME = timedelta(days=7)  # docs/decisions/0003: how long a statement may wait for its signatures
CLOCK_SKEW = timedelta(minutes=2)


def is_back_dated(time: datetime, seen: datetime, before: datetime) -> bool:
    """Whether a statement's ``time`` is earlier than can be true.

    ``seen`` is the latest time in the log that its signers saw (the head inside the statement), ``before``
    the latest time established for anything recorded before it.
    """
    return time + CLOCK_SKEW < seen or time + STATEMENT_LIFETIME + CLOCK_SKEW < before
