"""Who is an advisor now, and who was on any past day, as known on any day."""

from projections.roster.queries import Administration, Advisor, Person, Roster

__all__ = ["Administration", "Advisor", "Person", "Roster"]
