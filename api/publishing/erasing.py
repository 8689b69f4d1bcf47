"""What `publish` wrote with a name is written anew as soon as that name may not be shown any more.

A person was erased, or no longer agrees to be listed, or was merged with one who does not: their bundles in every
published folder are replaced at once, without the name, and not with the next `publish`. The ledger's folder remembers
where `publish` wrote.
"""

from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from api.publishing.files import bundle_path, covered, sweep, write_bundle
from ledger.domain.events.persons import (
    PersonalDataErased,
    PersonsMerged,
    PersonsUnmerged,
    PublicListingConsentWithdrawn,
)
from ledger.domain.record import Event, Fact
from ledger.domain.subjects import BY_FACT
from ledger.files import write_whole
from ledger.signing.statement import read_stored
from ledger.store.following import Follower, Troubles
from ledger.store.ledger import Ledger

FOLDERS = "published-folders.json"
TROUBLE = "published-files"  # the name of the trouble that says why they could not be written anew
LOOK_SECONDS = 2.0  # how late at most what another process records is seen
ENDING = {
    BY_FACT[fact].wire_name
    for fact in (PersonalDataErased, PublicListingConsentWithdrawn, PersonsMerged, PersonsUnmerged)
}
BATCH = 1000


def folders(folder: Path) -> list[Path]:
    """Returns the folders to which a ledger was published. Raises ValueError when the list cannot be read."""
    try:
        return [Path(path) for path in msgspec.json.decode((folder / FOLDERS).read_bytes(), type=list[str])]
    except FileNotFoundError:
        return []
    except msgspec.DecodeError as error:
        raise ValueError(f"{FOLDERS}: expected a list of folders ({error})") from None


def remember(folder: Path, target: Path) -> None:
    """Adds a folder to which a ledger is published."""
    known = folders(folder)
    if target.absolute() not in known:
        listed = [str(path) for path in (*known, target.absolute())]
        write_whole(folder / FOLDERS, msgspec.json.format(msgspec.json.encode(listed)) + b"\n")


class Republishing:
    """Replaces the bundles of who may not be named any more, in every folder to which one ledger was published."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._done: dict[Path, int] = {}  # by folder: the entries after which there is nothing to do

    def rewrite(self) -> int:
        """Replaces what is to be replaced since each folder was published. Returns how many bundles that were."""
        due = {target: people for target in folders(self._ledger.folder) if (people := self._unnamed(target))}
        if not due:
            return 0
        from api.register import Register, Settings  # which make documents: `sign` rarely needs that

        replaced = 0
        with Register(self._ledger, Settings(base_url="")) as register:
            # What is recorded, and waits for witnesses, counts in public later: it is looked at again then.
            position = register.models.following.position
            for target, people in due.items():
                sweep(target)
                for row in register.models.certificates.everything():
                    if row.person_id in people and bundle_path(target, row.number).exists():
                        write_bundle(target, register.bundle(row))
                        replaced += 1
                self._done[target] = position
        return replaced

    def running(self, troubles: Troubles) -> AbstractContextManager[None]:
        """Does so after each append, in a thread of its own."""
        follower = Follower("republishing", self.rewrite, LOOK_SECONDS, troubles.of(TROUBLE))
        return follower.running(self._ledger.log.appends)

    def _unnamed(self, target: Path) -> set[str]:
        """Returns every id of those whose name ended after the folder was published."""
        size, done = self._ledger.size(), self._done.get(target, 0)
        if done >= size:
            return set()
        start, read = max(done, covered(self._ledger, target)), self._ledger.read()
        unnamed = {
            one_id
            for first in range(start, size, BATCH)
            for entry in self._ledger.entries(first, min(first + BATCH, size))
            if entry.topic in ENDING
            for person_id in _concerned(read_stored(entry.topic, entry.state).event)
            for one_id in read.ids_of(person_id)
        }
        if not unnamed:
            self._done[target] = size
        return unnamed


def _concerned(event: Event[Fact]) -> tuple[str, ...]:
    """Returns whose name an event may end. Once a merge is undone, its ids are those of two."""
    merged = (event.facts.merged_id,) if isinstance(event.facts, PersonsMerged | PersonsUnmerged) else ()
    return (event.subject.id, *merged)
