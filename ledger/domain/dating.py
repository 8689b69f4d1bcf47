"""Whether the time in a statement can be true, given the log that its signers saw and what is recorded."""

from datetime import datetime, timedelta

STATEMENT_LIFETIME = timedelta(days=7)  # docs/decisions/0003: how long a statement may wait for its signatures
CLOCK_SKEW = timedelta(minutes=5)  # by how much the clocks of officers, logs, witnesses and verifiers may differ


def is_back_dated(time: datetime, seen: datetime, before: datetime) -> bool:
    """Whether a statement's ``time`` is earlier than can be true.

    ``seen`` is the latest time in the log that its signers saw (the head inside the statement), ``before``
    the latest time established for anything recorded before it.
    """
    return time + CLOCK_SKEW < seen or time + STATEMENT_LIFETIME + CLOCK_SKEW < before
