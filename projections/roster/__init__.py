"""Who was a certified advisor on any day, as known on any day."""

from projections.roster.lines import RANK
from projections.roster.queries import PAGE, Administration, Advisor, Person, Roster

__all__ = ["PAGE", "RANK", "Administration", "Advisor", "Person", "Roster"]
