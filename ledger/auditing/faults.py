"""Faults as an audit comes upon them, and how they become findings: each cause once, with what follows from it.

An entry that was altered spoils its stream: what rests on that stream is judged from a state that nobody recorded, so
that what is wrong there follows from the alteration. A fault that rests on nothing spoiled is a cause of its own.
"""

from collections.abc import Iterable
from math import inf

import msgspec

from ledger.auditing.report import AuditFinding, Consequences
from ledger.domain.record import Stream
from ledger.signing.passkey_faults import FAULTS, LATER_VERSION

EVERYTHING = "*"  # an entry was lost that may have belonged to any stream
INDEX = "*index"  # who is whose candidate, and whose keys are whose: read across streams
SCHEMA = "*schema"  # the form of the tables
VAULT = "*vault"  # which values entries name
INDEXED = ("candidacy", "officer", "ledger")
NEWER = ("wire-name-unknown", *LATER_VERSION)  # a later version of this program recorded the entry: its hash is right
# Nothing excuses a signature that does not hold: what else is wrong with that entry follows from it.
SIGNATURES = ("signature-invalid", "signature-unknown-key", *(code for code in FAULTS if code not in LATER_VERSION))


class Fault(msgspec.Struct, eq=False):
    """``rests_on`` is what it was judged from, ``spoils`` what nobody can judge from after it: streams, tables, or the
    names above. ``cause`` is the fault that it is known to follow from, which has none itself. A fault with ``since``
    concerns the tree of so many entries as ``position`` says, and follows from whatever is wrong with one of them after
    the first ``since``. ``of_entry`` is false if not the entry itself is wrong at ``position``.
    """

    code: str
    position: int | None
    message: str
    rests_on: frozenset[str] = frozenset()
    spoils: frozenset[str] = frozenset()
    cause: "Fault | None" = None
    since: int | None = None
    of_entry: bool = True


def spoiled_with(*streams: object) -> frozenset[str]:
    """What is spoiled with an entry of one of these streams, or of any, if none is known."""
    named = {str(stream) for stream in streams if isinstance(stream, str | Stream)}
    indexed = any(name.partition(":")[0] in INDEXED for name in named)
    return frozenset(named or {EVERYTHING}) | {VAULT} | ({INDEX} if indexed else frozenset())


def as_findings(faults: Iterable[Fault]) -> tuple[AuditFinding, ...]:
    """The causes among the faults, in the order in which they were found, each with what follows from it."""
    found = list(faults)
    causes = _causes(found)
    following: dict[int, list[AuditFinding]] = {}
    for fault in found:
        cause = causes[id(fault)]
        if cause is not fault:
            following.setdefault(id(cause), []).append(AuditFinding(fault.code, fault.position, fault.message))
    return tuple(
        AuditFinding(fault.code, fault.position, fault.message, Consequences.of(following.get(id(fault), [])))
        for fault in found
        if causes[id(fault)] is fault
    )


def _causes(found: list[Fault]) -> dict[int, Fault]:
    """The cause of each fault by its identity: itself, or one that was found at an entry before it, or at its own."""
    causes: dict[int, Fault] = {}
    spoilers: dict[str, Fault] = {}
    at: dict[int, Fault] = {}
    for fault in sorted(found, key=_order):
        cause = causes[id(fault.cause)] if fault.cause is not None else _spoiler(fault, spoilers, at)
        causes[id(fault)] = fault if cause is None else cause
        for name in fault.spoils:
            spoilers.setdefault(name, causes[id(fault)])
        if fault.position is not None and fault.of_entry and fault.code not in NEWER:
            at.setdefault(fault.position, causes[id(fault)])
    return causes


def _order(fault: Fault) -> tuple[bool, float, bool, bool]:
    """What is known to follow comes after what it follows from; what concerns no entry comes after all entries."""
    return fault.cause is not None, fault.position or inf, not fault.of_entry, fault.code not in SIGNATURES


def _spoiler(fault: Fault, spoilers: dict[str, Fault], at: dict[int, Fault]) -> Fault | None:
    if fault.since is not None and fault.position is not None:
        within = [position for position in at if fault.since < position <= fault.position]
        if within:
            return at[min(within)]
    elif fault.of_entry and fault.position in at:
        return at[fault.position]
    names = [*sorted(fault.rests_on), EVERYTHING] if fault.rests_on else []
    return next((spoilers[name] for name in names if name in spoilers), None)
