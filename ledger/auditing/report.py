"""The report of an audit: what was checked, what was not and why, and what was found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self

import msgspec
from msgspec.structs import replace

from ledger.auditing.words import CHECKS, OTHER, REASONS, WORDS
from ledger.words import Words

Progress = Callable[[int, int], None]
UNREAD = ("unreadable", "newer")  # is there, and could not be checked
MOST_NAMED = 20  # of what follows from one finding, or is signed by one key


class Outcome(StrEnum):
    """What an audit says: no fault, a fault, or that what is there could not be read, which is neither."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not-checked"


class Consequences(msgspec.Struct, frozen=True):
    """The faults that follow from an earlier one: how many, and the first of them."""

    count: int = 0
    first: "tuple[AuditFinding, ...]" = ()

    @classmethod
    def of(cls, findings: "Sequence[AuditFinding]") -> Self:
        """Names the first of these."""
        return cls(len(findings), tuple(findings[:MOST_NAMED]))


class AuditFinding(msgspec.Struct, frozen=True):
    """A problem and its place; ``position`` counts entries from 1, and is None where it concerns no entry."""

    code: str
    position: int | None
    message: str
    consequences: Consequences = Consequences()

    @property
    def words(self) -> Words:
        """The kind of problem."""
        return WORDS.get(self.code, OTHER)


class Unchecked(msgspec.Struct, frozen=True):
    """What was not checked, and why: ``reason`` is one of :data:`REASONS`; ``message`` names the file, if it is one."""

    check: str
    reason: str
    message: str = ""

    @property
    def words(self) -> Words:
        check, reason = CHECKS[self.check], REASONS[self.reason]
        more = f" ({self.message})" if self.message else ""
        return Words(f"{check.en}: {reason.en}{more}", f"{check.fr}\N{NO-BREAK SPACE}: {reason.fr}{more}")


class AuditReport(msgspec.Struct, frozen=True):
    """What was audited and the findings; clean without any. ``warnings`` need a look but are no findings.

    ``root`` (hex) is that of the entries; ``witnessed`` is since when a quorum has cosigned the latest checkpoint;
    ``checked`` counts what was checked, by the names of :data:`CHECKS`; ``unchecked`` is the rest. ``size`` is how many
    entries the tree covers, and ``signed`` up to how many of them the log signed its root.
    """

    origin: str
    entries: int
    root: str
    signatures: int
    checkpoints: int
    witnessed: datetime | None
    findings: tuple[AuditFinding, ...]
    warnings: tuple[AuditFinding, ...] = ()
    checked: Mapping[str, int] = {}
    unchecked: tuple[Unchecked, ...] = ()
    size: int = 0
    signed: int = 0

    @property
    def clean(self) -> bool:
        return not self.findings

    @property
    def checked_words(self) -> list[tuple[Words, int]]:
        """What was checked, and how much of it."""
        return [(CHECKS[name], count) for name, count in self.checked.items()]

    @property
    def unread(self) -> bool:
        """Whether something is there that could not be read."""
        return any(gap.reason in UNREAD for gap in self.unchecked)

    @property
    def outcome(self) -> Outcome:
        """Whether everything that is there was read and is right."""
        if self.findings:
            return Outcome.FAILED
        return Outcome.NOT_CHECKED if self.unread else Outcome.PASSED

    @property
    def consequences(self) -> int:
        """How many faults follow from the findings."""
        return sum(finding.consequences.count for finding in self.findings)

    def with_checked(self, check: str, count: int, more: Iterable[AuditFinding] = ()) -> Self:
        """Returns the report after one more check, with what it found."""
        unchecked = tuple(gap for gap in self.unchecked if gap.check != check)
        checked = {**self.checked, check: count}
        return replace(self, findings=(*self.findings, *more), checked=checked, unchecked=unchecked)

    def without(self, check: str, reason: str, message: str = "") -> Self:
        """Returns the report with a check that was not made, or not to its end."""
        others = tuple(gap for gap in self.unchecked if gap.check != check)
        return replace(self, unchecked=(*others, Unchecked(check, reason, message)))
