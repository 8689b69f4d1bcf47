"""What is played of all that stands around the ledger: witnesses, read models, documents, a monitor."""

import shutil
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from api.clients.fetching import reader
from api.publishing.collecting import Collector
from api.publishing.files import write
from api.publishing.monitoring import Monitor
from api.witness.store import KEY as WITNESS_KEY
from api.witness.store import Witness
from ledger.log.checkpoint import open_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.witness import Refusal, Request
from ledger.published import PublishedLog
from ledger.signing.note import Note, VerifierKey
from ledger.store.documents import DocumentSet
from ledger.store.leases import alone
from ledger.store.ledger import Ledger
from ledger.store.submission import Receipt
from ledger.trust import TrustRoot
from projections.read_models import ReadModels
from tests.crash.scene import Telling, Told, appoint, twice
from tests.scenario import ORIGIN, key_of
from tests.support import World

NORTH = "north.example"
LOG = VerifierKey(ORIGIN, key_of("log").public)
POLICY = f"""\
log {LOG}
witness north {Cosigner(NORTH, key_of("north")).verifier_key} http://127.0.0.1:9
quorum north
"""
STAMP = b"what an authority answered"


def with_witness(world: World) -> None:
    appoint(world)
    (world.ledger.folder / "witness").mkdir()
    key_of("north").save(world.ledger.folder / "witness" / WITNESS_KEY)


def _witness(folder: Path, world: World) -> Witness:
    return Witness(folder / "witness", NORTH, {ORIGIN: [LOG]}, lambda: world.now)


def _grant(world: World, tell: Telling) -> None:
    world.now += timedelta(seconds=1)
    submission = world.submission("grant-role", "director", person_id="panel1", role="moderator")
    (answer,) = twice(lambda: world.ledger.submit([submission]), tell)
    assert isinstance(answer, Receipt), answer


class _Near(Collector):
    """Asks a witness of the same process: one kill ends both, wherever either of them is."""

    def __init__(self, ledger: Ledger, witness: Witness) -> None:
        super().__init__(ledger, alone)
        self._witness = witness

    def _post(self, name: str, url: str, note: Note, old: int) -> tuple[int, str]:
        checkpoint = open_checkpoint(str(note), LOG)
        body = str(Request(old, tuple(self._ledger.tree.consistency(old, checkpoint.size)), str(note)))
        try:
            return 200, "".join(map(str, self._witness.add_checkpoint(body.encode())))
        except Refusal as refusal:
            return refusal.status, str(refusal if refusal.size is None else refusal.size)


def collecting(folder: Path, world: World, tell: Telling) -> None:
    """What is recorded waits for its witness, is published, and time-stamped; then the same again."""
    witness = twice(lambda: _witness(folder, world), tell)
    with Ledger.open(folder, lambda: world.now) as ledger:
        world.ledger = ledger
        collector = _Near(ledger, witness)
        for number in range(2):
            if number:
                _grant(world, tell)
            if not collector.collect() and not collector.collect():  # a witness that failed is asked once more
                raise OSError(str(collector.troubles))
            note, _ = ledger.latest()
            tell("published", note)
            tell("ack", str(2 * number), "published")
            if number:
                twice(lambda: ledger.notes.add_time_stamp(note, STAMP), tell)  # noqa: B023
                tell("ack", str(2 * number + 1), "stamped")


def after_collecting(folder: Path, world: World, told: Told) -> list[str]:
    """The witness has seen nothing that the ledger lost; what was published is; and it goes on."""
    witness, faults = _witness(folder, world), []
    with Ledger.open(folder, lambda: world.now) as ledger:
        world.ledger = ledger
        seen = witness.latest(ORIGIN)
        if seen is not None:
            cosigned = open_checkpoint(seen, LOG)
            if cosigned.size > ledger.size() or ledger.tree.root_at(cosigned.size) != cosigned.root:
                faults.append(f"the witness cosigned {cosigned.size} entries that the ledger does not have")
        published = [open_checkpoint(note, LOG).size for note in told.published]
        if ledger.publications.size < max(published, default=0):
            faults.append("what was published is not any more")
        if "stamped" in told.acknowledged.values() and ledger.notes.time_stamp(told.published[-1]) != STAMP:
            faults.append("the time-stamp is gone")
        collector = _Near(ledger, witness)
        if not collector.collect():
            faults.append(f"it does not go on: {collector.troubles}")
        elif ledger.publications.size != ledger.size():
            faults.append("not everything is published")
    return faults


def with_read_models(world: World) -> None:
    appoint(world)
    with ReadModels(world.ledger):
        pass  # they follow, and are closed


def following(folder: Path, world: World, tell: Telling) -> None:
    """Read models follow. A rebuild is swapped in by one such transaction; its many pages go to a file of its own."""
    with Ledger.open(folder, lambda: world.now) as ledger, closing(twice(lambda: ReadModels(ledger), tell)) as models:
        world.ledger = ledger
        _grant(world, tell)
        twice(models.catch_up, tell)
        tell("ack", "0", str(models.following.position))


def after_following(folder: Path, world: World, told: Told) -> list[str]:
    """They take up where they were, and are what a fresh replay makes."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger, closing(ReadModels(ledger)) as models:
        if models.following.position < max(map(int, told.acknowledged.values()), default=0):
            faults.append("they went back")
        models.catch_up()
        if models.following.position != ledger.size():
            faults.append("they do not follow")
        return faults + [f"differs: {difference}" for difference in models.differences()]


NUMBERS = ("TOA-PCA-FR-2017-01-BTH", "TOA-PCA-FR-2017-02-BTJ")
BODIES = {"jsonld": b"{}" * 1000, "pdf": b"%PDF" * 3000}


def keeping(folder: Path, world: World, tell: Telling) -> None:
    """Certificates get their places in the status lists, and their documents are kept."""
    with Ledger.open(folder, lambda: world.now) as ledger:
        for index, number in enumerate(NUMBERS):
            place = ledger.documents.place(number)
            made = DocumentSet(number, "panel1", f"token {number}", world.now, tuple(BODIES), False)
            if not twice(lambda: ledger.documents.keep(made, place, BODIES), tell):  # noqa: B023
                assert ledger.documents.set_of(number) == made  # kept, and not answered
            tell("ack", str(index), repr(place))


def after_keeping(folder: Path, world: World, told: Told) -> list[str]:
    """Each certificate has all of its documents or none, the place that was told, and no other's."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger:
        documents = ledger.documents
        for index, number in enumerate(NUMBERS):
            made = documents.set_of(number)
            if made is None and index in told.acknowledged:
                faults.append(f"{number}: the documents are gone")
            found = {form: documents.get(number, form) for form in BODIES}
            if found != (dict.fromkeys(BODIES) if made is None else BODIES):
                faults.append(f"{number}: only a part of the documents is there")
            if (number in documents.indexes()) != (made is not None):
                faults.append(f"{number}: place and documents are not there together")
            if index in told.acknowledged and told.acknowledged[index] != repr(documents.place(number)):
                faults.append(f"{number}: another place in the status lists")
        if len(set(documents.indexes().values())) != len(documents.indexes()):
            faults.append("one place was given twice")
    return faults


def with_two_exports(world: World) -> None:
    """The log as it is published, and as it was some entries before."""
    write(world.ledger, world.ledger.folder / "www0")
    appoint(world)
    write(world.ledger, world.ledger.folder / "www1")


def _look(folder: Path, world: World, www: str) -> list[str]:
    trust = TrustRoot.load(folder / "trust.json")
    shown = PublishedLog(reader(str(folder / www)), trust)
    monitor = Monitor(shown, folder / "seen", lambda: world.now, late=timedelta(days=1))
    return [alert.code for alert in monitor.look()]


def monitoring(folder: Path, world: World, tell: Telling) -> None:
    """A monitor looks at a log, and again when it has grown."""
    for number in range(2):
        assert twice(lambda: _look(folder, world, f"www{number}"), tell) == []  # noqa: B023
        tell("ack", str(number), "")


def after_monitoring(folder: Path, world: World, told: Told) -> list[str]:
    """It remembers what it said that it saw: a log that is set back is noticed."""
    faults = []
    if 1 in told.acknowledged:
        shutil.copytree(folder / "seen", folder / "copy")
        if "rolled-back" not in _look(folder, world, "www0"):
            faults.append("it forgot how large the log was")
        shutil.rmtree(folder / "seen")
        (folder / "copy").rename(folder / "seen")
    return faults + [f"alert: {code}" for code in _look(folder, world, "www1")]
