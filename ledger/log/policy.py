"""Who must have witnessed a checkpoint before it counts, as a file (c2sp.org/tlog-policy).

log example.org/log+1a2b3c4d+AQ...  https://example.org
witness north north.example+5e6f7a8b+BA... https://north.example
witness south south.example+9c0d1e2f+BA... https://south.example
group both all north south
quorum both
"""

import re
from datetime import datetime
from typing import Self

import msgspec

from ledger.errors import Unverifiable
from ledger.log.cosignature import KINDS, LOG_KINDS, cosignature_times, moment
from ledger.signing.note import Note, VerifierKey

NOBODY = "none"
MAX_POLICY_BYTES = 100_000
MAX_LINES_OF_A_KIND = 100  # logs, witnesses and groups: groups of groups are no deeper
_CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f]")  # all of ASCII but tab and newline
_SPACE = re.compile("[ \\t]+")
_THRESHOLD = re.compile("[1-9][0-9]{0,3}")
_URL = re.compile("https?://[^/].*")


class Witness(msgspec.Struct, frozen=True):
    """``url`` is where it takes checkpoints; None when somebody else asks it."""

    key: VerifierKey
    url: str | None


class WitnessGroup(msgspec.Struct, frozen=True):
    """At least ``threshold`` of the members, which are witnesses or groups."""

    threshold: int
    members: tuple[str, ...]


class Witnessed(msgspec.Struct, frozen=True):
    """When a quorum has witnessed a checkpoint: first (``since``) and last (``at``, with each witness's own last time,
    by name). Aware UTC.

    The first bounds how late its entries can be; the last says how recently anyone has seen that it stands.
    """

    since: datetime
    at: datetime
    times: dict[str, datetime]


class Policy(msgspec.Struct, frozen=True):
    """``quorum`` names the witness or the group that must have cosigned; with ``none`` nobody must."""

    witnesses: dict[str, Witness] = {}
    groups: dict[str, WitnessGroup] = {}
    quorum: str = NOBODY
    logs: tuple[VerifierKey, ...] = ()

    @property
    def origin(self) -> str | None:
        """The name of the log that the policy is about; None when it names none."""
        return self.logs[0].name if self.logs else None

    @property
    def asks(self) -> bool:
        """Whether a quorum must have witnessed."""
        return self.quorum != NOBODY

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises ValueError naming the line and what was expected."""
        if len(text) > MAX_POLICY_BYTES:
            raise ValueError(f"policy: expected at most {MAX_POLICY_BYTES} characters")
        reading = _Reading()
        for number, line in enumerate(text.split("\n"), 1):
            stripped = line.strip(" \t")
            if stripped and not stripped.startswith("#"):
                try:
                    reading.take(stripped)
                except ValueError as error:
                    raise ValueError(f"policy: line {number}: {error}") from None
        if reading.quorum is None:
            raise ValueError("policy: expected a line: quorum NAME")
        return cls(reading.witnesses, reading.groups, reading.quorum, tuple(reading.logs))

    def is_met_by(self, names: set[str]) -> bool:
        """Whether these witnesses are a quorum."""
        return not self.asks or self._counts(self.quorum, names)

    def witnessed(self, note: str) -> Witnessed | None:
        """When a quorum that is asked has cosigned, or None. Raises ``Unverifiable`` when a line does not hold."""
        parsed = Note.parse(note)
        lines = {name: cosignature_times(parsed, witness.key) for name, witness in self.witnesses.items()}
        times = {name: [moment(time) for time in sorted(found)] for name, found in lines.items() if found}
        last = {name: found[-1] for name, found in times.items()}
        at = self._quorum_at(last) if self.asks else None
        if at is None:
            return None
        since = self._quorum_at({name: found[0] for name, found in times.items()})
        assert since is not None  # the same witnesses, each at an earlier time
        return Witnessed(since, at, last)

    def _quorum_at(self, times: dict[str, datetime]) -> datetime | None:
        """When the last witness that the quorum needed had cosigned; None when some are missing."""
        names: set[str] = set()
        for name, time in sorted(times.items(), key=lambda pair: pair[1]):
            names.add(name)
            if self.is_met_by(names):
                return time
        return None

    def require(self, note: str) -> Witnessed | None:
        """As :meth:`witnessed`; raises ``Unverifiable`` (not-witnessed) when the quorum is missing."""
        witnessed = self.witnessed(note)
        if witnessed is None and self.asks:
            raise Unverifiable("not-witnessed", f"the checkpoint is not cosigned by the quorum {self.quorum}")
        return witnessed

    def _counts(self, name: str, names: set[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._counts(member, names) for member in group.members) >= group.threshold


class _Reading:
    """The lines read so far: each may only name what came before it, so that no group holds itself."""

    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, WitnessGroup] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()

    def take(self, line: str) -> None:
        if _CONTROL.search(line):
            raise ValueError("expected no control characters but tab and newline")
        match _SPACE.split(line):
            case ["log", key] | ["log", key, _]:
                self.logs.append(_first_time(VerifierKey.parse(key, *LOG_KINDS), self.logs))
            case ["witness", name, key, *url] if len(url) <= 1:
                keys = [witness.key for witness in self.witnesses.values()]
                found = _first_time(VerifierKey.parse(key, *KINDS), keys)
                self.witnesses[self._new(name)] = Witness(found, _url(url[0]) if url else None)
            case ["group", name, threshold, *members] if members:
                group = WitnessGroup(_threshold(threshold, members), tuple(map(self._new_member, members)))
                self.groups[self._new(name)] = group
            case ["quorum", name] if self.quorum is None:
                self.quorum = name if name == NOBODY else self._known(name)
            case _:
                raise ValueError("expected log, witness, group or (once) quorum")

    def _new(self, name: str) -> str:
        if name == NOBODY or name in self.witnesses or name in self.groups:
            raise ValueError(f"{name}: the name is taken")
        if len(self.groups) == MAX_LINES_OF_A_KIND:
            raise ValueError(f"expected at most {MAX_LINES_OF_A_KIND} lines of a kind")
        return name

    def _known(self, name: str) -> str:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name}: no witness or group before this line has that name")
        return name

    def _new_member(self, name: str) -> str:
        # Each witness counts in one way only: no name is a member twice, of whatever group.
        if name in self._members:
            raise ValueError(f"{name}: a member is named twice")
        self._members.add(name)
        return self._known(name)


def _first_time(key: VerifierKey, others: list[VerifierKey]) -> VerifierKey:
    if any(key.public == other.public for other in others):  # of another name, it is still one key
        raise ValueError(f"{key.name}: a line before this one has the same key")
    if len(others) == MAX_LINES_OF_A_KIND:
        raise ValueError(f"expected at most {MAX_LINES_OF_A_KIND} lines of a kind")
    return key


def _url(text: str) -> str:
    if not _URL.fullmatch(text):
        raise ValueError(f"{text}: expected an http(s) address")
    return text


def _threshold(word: str, members: list[str]) -> int:
    threshold = {"all": len(members), "any": 1}.get(word) or (int(word) if _THRESHOLD.fullmatch(word) else 0)
    if not 0 < threshold <= len(members):
        raise ValueError(f"{word}: expected all, any, or a number from 1 to {len(members)}")
    return threshold
