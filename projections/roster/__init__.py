"""Who is an advisor now, and who was on any past day, as known on any day."""

from projections.roster.queries import Advisor, Roster
from projections.roster.tables import TABLES, record

__all__ = ["TABLES", "Advisor", "Roster", "record"]
