"""The table of read models, and the questions that each answers."""

from typing import get_type_hints

from ledger.store.port import Database
from projections.certificates import Certificates
from projections.changes import Changes
from projections.history import History
from projections.names import Names
from projections.read_model import ReadModel
from projections.roster import Roster
from projections.schemes import Schemes


class Questions:
    """Every read model under its name. To add one, write its folder and add a line here."""

    roster: Roster
    certificates: Certificates
    history: History
    schemes: Schemes
    changes: Changes

    def __init__(self, database: Database, names: Names) -> None:
        for name, model in READ_MODELS.items():
            setattr(self, name, model(database, names))


READ_MODELS: dict[str, type[ReadModel]] = get_type_hints(Questions)
