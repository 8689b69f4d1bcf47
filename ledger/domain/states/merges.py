"""Which ids are of one human: the merges in force, over all persons."""

import msgspec

from ledger.domain.events.persons import PersonsMerged, PersonsUnmerged
from ledger.domain.record import Fact


class Merges(msgspec.Struct, frozen=True):
    """``into`` holds, by each merged id, the id that it was merged into, which may have been merged since.

    The rules merge no id twice and none into itself, so following them ends.
    """

    into: dict[str, str] = {}

    def followed(self, person_id: str) -> tuple[str, ...]:
        """The id, the one that it was merged into, and so on to the one that counts."""
        ids = [person_id]
        while ids[-1] in self.into:
            ids.append(self.into[ids[-1]])
        return tuple(ids)

    def one(self, person_id: str) -> str:
        """The id under which a human counts."""
        return self.followed(person_id)[-1]

    def ids_of(self, person_id: str) -> tuple[str, ...]:
        """Every id of the same human: the one that counts, then those merged into it, in order."""
        counts = self.one(person_id)
        return (counts, *(merged for merged in self.into if self.one(merged) == counts))


def evolve_merges(state: Merges, fact: Fact) -> Merges:
    """Remember which ids were merged, and which are persons by themselves again."""
    match fact:
        case PersonsMerged():
            return Merges({**state.into, fact.merged_id: fact.person_id})
        case PersonsUnmerged():
            return Merges({merged: into for merged, into in state.into.items() if merged != fact.merged_id})
        case _:
            return state
