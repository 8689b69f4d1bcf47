"""Who is an advisor now, and who was on any past day, as known on any day."""

from projections.roster.queries import Advisor, Roster

__all__ = ["Advisor", "Roster"]
