"""The signatures of entries, which are verified while later entries are judged: step 3 of the audit.

A false one, though it is found later, is among the faults after those that its entry has besides.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

from ledger.auditing.faults import NEWER, Fault, spoiled_with
from ledger.signing.second_process import SecondProcess
from ledger.signing.verifying import Claim

AHEAD = 3  # groups of claims that wait: the next is given only after the first of them is verified


class Entry(NamedTuple):
    """The stream of an entry with signatures, and how many faults were found until it was judged."""

    stream: str
    faults: int


class Signatures:
    """Within it claims are given; when it ends, each is verified, whatever ended it."""

    def __init__(self, faults: list[Fault], process: SecondProcess) -> None:
        """``faults`` is where others note what they find, and where these are put in."""
        self._faults = faults
        self._process = process
        self._waiting: deque[Mapping[int, Entry]] = deque()
        self._late: list[tuple[int, Fault]] = []

    def give(self, claims: Sequence[Claim], entries: Mapping[int, Entry]) -> None:
        """Take the claims of the next entries, which are given by their positions."""
        self._process.give(claims)
        self._waiting.append(entries)
        if len(self._waiting) > AHEAD:
            self._verified()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        while self._waiting:
            self._verified()
        for place, fault in reversed(self._late):
            self._faults.insert(place, fault)

    def _verified(self) -> None:
        entries = self._waiting.popleft()
        for claim in self._process.false():
            entry, wrong = entries[claim.number], claim.fault()
            assert wrong is not None  # the process that says so only says that others hold
            spoils = frozenset[str]() if wrong.code in NEWER else spoiled_with(entry.stream)
            self._late.append((entry.faults, Fault(wrong.code, claim.number, str(wrong), spoils=spoils)))
