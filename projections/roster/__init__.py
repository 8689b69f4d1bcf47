"""Who was a certified advisor on any day, as known on any day."""

from projections.roster.queries import Administration, Advisor, Person, Roster

__all__ = ["Administration", "Advisor", "Person", "Roster"]
