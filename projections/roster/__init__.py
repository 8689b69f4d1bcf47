"""Who was a certified advisor on any day, as known on any day."""

from projections.roster.queries import RANK, Administration, Advisor, Person, Roster

__all__ = ["RANK", "Administration", "Advisor", "Person", "Roster"]
