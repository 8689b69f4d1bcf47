"""Who reads the levels of a score sheet before they are revealed: its assessor, and nobody else."""

from collections.abc import Sequence

from ledger.domain.decisions.acting import Command
from ledger.domain.decisions.assessment import LEVELS, SupersedeScoreSheet
from ledger.domain.events.candidacy import ScoreSheetSuperseded
from ledger.domain.reader import Disclosed
from ledger.domain.record import Event, Fact, Signer
from ledger.reading import Draft


class LevelsSealed(Draft):
    """The record for readers of the past, and for all but the assessor: no sealed level is disclosed."""

    def __init__(self, read: Draft) -> None:
        self.__dict__.update(vars(read))

    def disclosure(self, digest: str) -> Disclosed | None:
        found = super().disclosure(digest)
        return None if found is None or found.name == LEVELS else found


def as_read_by(person: str, stated: Event[Fact], read: Draft) -> Draft:
    """Return the record for somebody who is to sign an event."""
    return _as_read_by(person, stated.by, stated.subject.id, stated.facts, read)


def as_asked_of(person: str, command: Command, signers: Sequence[Signer], read: Draft) -> Draft:
    """Return the record for somebody who files or signs what waits."""
    return _as_read_by(person, signers, command.subject.id, command, read)


def _as_read_by(person: str, signers: Sequence[Signer], subject: str, says: Fact | Command, read: Draft) -> Draft:
    """The assessor of a sheet signs first. Who countersigns the change of a revealed one must see it."""
    if read.is_among(person, [signers[0].person]):
        return read
    if isinstance(says, SupersedeScoreSheet | ScoreSheetSuperseded):
        old = read.candidacy(subject).sheets.get(says.old_sheet_id)
        if old is not None and old.levels is not None:
            return read
    return LevelsSealed(read)
