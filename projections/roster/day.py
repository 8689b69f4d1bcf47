"""The roster of one day, as known at a moment: who is on it with which status, in the order of names. In memory only.

A page is a slice of it, and a count is kept: neither depends on how many people there are. Whoever fills it puts again
whom a new entry of the log concerns (:mod:`projections.roster.queries`). It holds ids and keys, and no name but in
those of the index.
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

import msgspec

from ledger.domain.standing import Status
from projections.roster.index import Index, Key

SORTING = 8  # times as much as to walk along the order, for each one of those who were found


class Place(NamedTuple):
    """What is counted of a person."""

    status: Status
    administration_id: str


class Page(msgspec.Struct, frozen=True):
    """The ids on one page of a list of ``total`` persons. ``number`` counts from 1; ``start`` persons come before."""

    person_ids: list[str]
    start: int
    total: int
    number: int
    pages: int


class Day:
    """Persons by id, as many as are on the roster."""

    def __init__(self, index: Index, places: Iterable[tuple[str, Place]]) -> None:
        self._index = index
        self._places = dict(places)
        self._counts = Counter(self._places.values())
        everyone = sorted(map(index.key, self._places))
        self._ordered: dict[Status | None, list[Key]] = {None: everyone} | {status: [] for status in Status}
        for key in everyone:
            self._ordered[self._places[key.person_id].status].append(key)

    def remove(self, person_id: str) -> None:
        """Take a person off. The index has the same name for them as when they were put."""
        if person_id in self._places:
            place, key = self._places.pop(person_id), self._index.key(person_id)
            self._counts[place] -= 1
            for keys in (self._ordered[None], self._ordered[place.status]):
                del keys[bisect_left(keys, key)]

    def put(self, person_id: str, place: Place) -> None:
        """Add a person who is not on it."""
        self._places[person_id] = place
        self._counts[place] += 1
        for keys in (self._ordered[None], self._ordered[place.status]):
            insort(keys, self._index.key(person_id))

    def count(self, person_ids: Iterable[str] | None = None) -> Counter[Status]:
        """How many there are by status, among some or in all."""
        if person_ids is None:
            return Counter({status: len(keys) for status, keys in self._ordered.items() if status is not None and keys})
        return Counter([place.status for i in person_ids if (place := self._places.get(i))])

    def administrations(self, status: Status) -> int:
        """How many administrations nominated somebody with a status."""
        return sum(count > 0 and place.status is status for place, count in self._counts.items())

    def ordered(self, status: Status | None, among: Collection[str] | None = None) -> Sequence[Key]:
        """The keys of those with a status, or of all; among some persons or all; in the order of names."""
        keys = self._ordered[status]
        if among is None:
            return keys
        if len(among) * SORTING > len(keys):
            return [key for key in keys if key.person_id in among]
        found = (i for i in among if i in self._places and status in (None, self._places[i].status))
        return sorted(map(self._index.key, found))


def page_of(keys: Sequence[Key], number: int, size: int, after: Key | None = None) -> Page:
    """Returns a page of so many persons; of one beyond the last, the last.

    ``after`` is who was last on the page before: others may have come or gone since, and the page begins behind them,
    or behind where they were. Further down they are no guide if they went, or may have another name or none: then lines
    are repeated rather than one left out.
    """
    total = len(keys)
    start = min(number - 1, max(0, total - 1) // size) * size
    if after is not None and start:
        place = bisect_left(keys, after)
        is_there = keys[place : place + 1] == [after]
        behind = place + is_there
        furthest = start if after.is_nameless else min(start + size, total - 1)
        is_guide = behind < start or (is_there and behind <= furthest)
        start = behind if is_guide else start - 1
    number, left = round(start / size) + 1, max(0, total - start - size)
    return Page([key.person_id for key in keys[start : start + size]], start, total, number, number + -(-left // size))
