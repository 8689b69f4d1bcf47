"""Which ids are of one human: the merges in force, over all persons."""

from functools import cached_property

import msgspec

from ledger.domain.events.persons import PersonsMerged, PersonsUnmerged
from ledger.domain.record import Fact


class Merges(msgspec.Struct, frozen=True, dict=True):
    """``into`` holds, by each merged id, the id that it was merged into, which may have been merged since.

    The rules merge no id twice and none into itself, and no merge that would is remembered: following them ends.
    """

    into: dict[str, str] = {}

    def one(self, person_id: str) -> str:
        """The id under which a human counts."""
        while (into := self.into.get(person_id)) is not None:
            person_id = into
        return person_id

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        """Every id of the same human: the one that counts, then those merged into it, in order."""
        counts = self.one(person_id)
        return (counts, *self._merged_into.get(counts, ()))

    @cached_property
    def _merged_into(self) -> dict[str, list[str]]:
        """By the id that counts: those merged into it. Merges never change, and the rules ask many times."""
        merged_into: dict[str, list[str]] = {}
        for merged in self.into:
            merged_into.setdefault(self.one(merged), []).append(merged)
        return merged_into


def evolve_merges(state: Merges, fact: Fact) -> Merges:
    """Remember which ids were merged, and which are persons by themselves again.

    Raises ValueError for a merge into oneself, whichever merges are between: a forgery, as the rules refuse it.
    """
    match fact:
        case PersonsMerged():
            into = fact.person_id
            while into != fact.merged_id and into in state.into:
                into = state.into[into]
            if into == fact.merged_id:
                raise ValueError(f"{fact.merged_id} cannot be merged into itself")
            return Merges({**state.into, fact.merged_id: fact.person_id})
        case PersonsUnmerged():
            return Merges({merged: into for merged, into in state.into.items() if merged != fact.merged_id})
        case _:
            return state
