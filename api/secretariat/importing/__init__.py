"""The import of a workshop: read its spreadsheets, check everything, then file proposals."""

from api.secretariat.importing.proposing import ImportPlan, plan_import
from api.secretariat.importing.reading import Fault, WrongWorkshop
from api.secretariat.importing.results import CandidacyResult, results
from api.secretariat.importing.workshop import Workshop, read_workshop

__all__ = [
    "CandidacyResult",
    "Fault",
    "ImportPlan",
    "Workshop",
    "WrongWorkshop",
    "plan_import",
    "read_workshop",
    "results",
]
