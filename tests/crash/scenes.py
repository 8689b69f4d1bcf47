"""What is played of the ledger while writes fail, and what must hold afterwards."""

from contextlib import closing, suppress
from functools import partial
from itertools import pairwise
from pathlib import Path

from eventsourcing.persistence import PersistenceError

from api.clients.fetching import reader
from api.publishing.files import write
from api.secretariat.endings import COMMAND_LINE
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.witness.store import Witness
from ledger.auditing import audit
from ledger.disclosures import Disclosure
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.log.checkpoint import open_checkpoint
from ledger.log.tree import root_at
from ledger.log.witness import Refusal
from ledger.published import PublishedLog
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import MlDsaKey, SigningKey
from ledger.signing.statement import decode_payload
from ledger.store.founding import found as found_ledger
from ledger.store.ledger import Ledger
from ledger.store.opening import DATABASE
from ledger.store.submission import Receipt, Submission
from tests.api.secretariat.test_erasure import forms
from tests.crash.scene import Scene, Telling, Told, twice
from tests.crash.scenes_around import (
    POLICY,
    after_collecting,
    after_following,
    after_keeping,
    after_monitoring,
    collecting,
    following,
    keeping,
    monitoring,
    with_read_models,
    with_two_exports,
    with_witness,
)
from tests.ledger.log.test_witness_and_evidence import KEY, request
from tests.ledger.log.test_witness_and_evidence import ORIGIN as WITNESSED
from tests.scenario import ORIGIN, ROLES, key_of, value
from tests.support import World


def recording(folder: Path, world: World, tell: Telling) -> None:
    """Statements one by one and in a group, each tried again once when it failed; then what is published."""
    ledger = Ledger.open(folder, lambda: world.now)
    world.ledger = ledger
    for person in ("panel1", "panel2"):
        submission = world.submission("grant-role", "director", person_id=person, role="moderator")
        _record(ledger, [submission], tell)
    group = [
        world.submission("revoke-role", "director", person_id=person, role="moderator")
        for person in ("panel1", "panel2")
    ]
    _record(ledger, group, tell)
    ledger.close()


def appending(folder: Path, world: World, tell: Telling) -> None:
    """One group of statements, which is tried again once when it failed; then what is published."""
    with Ledger.open(folder, lambda: world.now) as ledger:
        world.ledger = ledger
        people = ("panel1", "panel2")
        group = [world.submission("grant-role", "director", person_id=person, role="moderator") for person in people]
        _record(ledger, group, tell)


def _record(ledger: Ledger, submissions: list[Submission], tell: Telling) -> None:
    for _ in range(2):
        try:
            for submission, answer in zip(submissions, ledger.submit(submissions), strict=True):
                assert isinstance(answer, Receipt), answer
                tell("ack", str(answer.index), submission.envelope.hex())
            tell("published", ledger.latest()[0])
        except PersistenceError:
            tell("failed")
        else:
            return


def founding(folder: Path, world: World, tell: Telling) -> None:
    """A new ledger, from nothing to its first published checkpoint."""
    found(folder / "new", world)
    tell("founded")


def found(folder: Path, world: World) -> None:
    founders: list[tuple[str, Role, SigningKey, list[Disclosure]]] = [
        (name, ROLES[name], key_of(name), []) for name in ("director", "security")
    ]
    found_ledger(
        folder,
        world.now,
        origin=ORIGIN,
        body=("Body", "Organisme"),
        founders=founders,
        log_key=key_of("log"),
        ml_dsa_key=MlDsaKey.from_seed(bytes(32)),
    )
    Ledger.open(folder, lambda: world.now).close()


def after_recording(folder: Path, world: World, told: Told) -> list[str]:
    """What is wrong with the folder that the scene left."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger:
        stored = {entry.id - 1: entry.state.hex() for entry in ledger.entries(0, ledger.size())}
        faults += [f"lost {index}" for index, state in told.acknowledged.items() if stored.get(index) != state]
        key = ledger.trust.verifier_key
        shown = [open_checkpoint(note, key) for note in told.published]
        faults += [f"another past at {c.size}" for c in shown if ledger.tree.root_at(c.size) != c.root]
        if shown and ledger.latest()[1].size < max(c.size for c in shown):
            faults.append("the checkpoint went back")
        world.ledger = ledger
        (answer,) = ledger.submit([world.submission("grant-role", "director", person_id="panel2", role="auditor")])
        if not isinstance(answer, Receipt):
            faults.append(f"it does not go on: {answer}")
        # What was told is told again: the same statement is recorded once.
        for state in list(told.acknowledged.values())[:1]:
            event = decode_payload(open_envelope(bytes.fromhex(state)).payload)
            if [s.event for s in ledger.signed_events(event.subject)].count(event) != 1:
                faults.append("recorded twice")
    return faults + [f"audit: {finding}" for finding in audit(folder).findings]


_audited = set[frozenset[str]]()


def after_founding(folder: Path, world: World, told: Told) -> list[str]:
    """Either there is no ledger yet, and it can be founded; or there is all of it.

    What is founded anew has begun from nothing, whatever was left: it is audited once over each kind of remains.
    """
    new, left = folder / "new", frozenset(path.name for path in folder.rglob("*"))
    if not (new / DATABASE).exists():
        if told.acknowledged or told.ended:
            return ["it was founded, and is not there"]
        found(new, world)
        if left in _audited:
            return []
        _audited.add(left)
    with Ledger.open(new, lambda: world.now) as ledger:
        ledger.latest()
    return [f"audit: {finding}" for finding in audit(new).findings]


SIZES = (0, 3, 4, 9, 20)


def witnessing(folder: Path, world: World, tell: Telling) -> None:
    """A witness is made and cosigns a growing log; what failed is tried again once."""
    witness = twice(lambda: _witness(folder, world), tell)
    for old, size in pairwise(SIZES):
        asked = str(request(old, size)[0]).encode()
        try:
            twice(partial(witness.add_checkpoint, asked), tell)
        except Refusal as refusal:
            if (refusal.status, refusal.size) != (409, size):  # it may have been kept, and not answered
                raise
        tell("ack", str(size), "")


def _witness(folder: Path, world: World) -> Witness:
    return Witness(folder / "witness", "north.example", {WITNESSED: [KEY]}, lambda: world.now)


def after_witnessing(folder: Path, world: World, told: Told) -> list[str]:
    """It remembers whatever it cosigned, and goes on from there."""
    witness = _witness(folder, world)
    latest = witness.latest(WITNESSED)
    size = 0 if latest is None else open_checkpoint(latest, KEY).size
    if size < max(told.acknowledged, default=0):
        return [f"it cosigned {max(told.acknowledged)} entries, and knows of {size}"]
    witness.add_checkpoint(str(request(size, 50)[0]).encode())
    return []


def publishing(folder: Path, world: World, tell: Telling) -> None:
    """A log is written to a folder as it grows; each time again once when it failed."""
    ledger = Ledger.open(folder, lambda: world.now)
    world.ledger = ledger
    for person in ("panel1", "panel2"):
        twice(lambda: write(ledger, folder / "www", entries=True), tell)
        tell("published", (folder / "www" / "checkpoint").read_text(encoding="utf-8"))
        try:
            world.do("grant-role", "director", person_id=person, role="moderator")
        except PersistenceError:
            tell("failed")
    ledger.close()


def after_publishing(folder: Path, world: World, told: Told) -> list[str]:
    """The folder holds all that its checkpoint promises, and its checkpoint has not gone back."""
    with Ledger.open(folder, lambda: world.now) as ledger:
        www, faults = folder / "www", []
        log = PublishedLog(reader(str(www)), ledger.trust) if www.exists() else None
        if log is not None and (www / "checkpoint").exists():
            shown = log.latest()
            if root_at(shown.size, log.nodes(shown.size).get_node) != shown.root:
                faults.append("the tiles are not of the checkpoint")
            sizes = [open_checkpoint(note, ledger.trust.verifier_key).size for note in told.published]
            if shown.size < max(sizes, default=0):
                faults.append("the checkpoint went back")
        elif told.published:
            faults.append("the checkpoint is gone")
        write(ledger, www, entries=True)
    return faults


SECOND = SigningKey.from_seed(b"second".ljust(32, b"."))


def signing(folder: Path, world: World, tell: Telling) -> None:
    """Two people sign a statement in the inbox, one after the other; what failed is tried again once."""
    with Ledger.open(folder, lambda: world.now) as ledger, closing(twice(lambda: Inbox(ledger), tell)) as inbox:
        wanted = proposal("register-key", "security", "panel1", person_id="panel1", public_key=SECOND.public)
        (number,) = twice(lambda: inbox.file([wanted], "scene"), tell)
        tell("ack", "0", str(number))
        twice(lambda: inbox.sign(number, "security", key_of("security")), tell)
        tell("ack", "1", str(number))
        _, prepared = twice(lambda: inbox.prepare(number, "panel1"), tell)
        receipt = twice(lambda: inbox.add(number, "panel1", prepared.signed_by(SECOND)), tell)
        assert isinstance(receipt, Receipt)
        tell("ack", "2", str(receipt.index))


def after_signing(folder: Path, world: World, told: Told) -> list[str]:
    """What was filed is there, the first signature too, and the second one completes it."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger, closing(Inbox(ledger)) as inbox:
        if 0 in told.acknowledged:
            number = int(told.acknowledged[0])
            item = inbox.find(number)
            if item is None:
                return ["what was filed is gone"]
            if item.leaf is None:
                if 2 in told.acknowledged:
                    faults.append("it was recorded, and waits")
                if 1 in told.acknowledged and "security" not in item.signatures:
                    faults.append("the first signature is gone")
                inbox.sign(number, "security", key_of("security"))
                inbox.sign(number, "panel1", SECOND)
            if SECOND.key_id not in ledger.read().officer("panel1").keys:
                faults.append("it is signed by both, and not recorded")
    return faults + [f"audit: {finding}" for finding in audit(folder).findings]


VALUE = "Zénobie-Éphémère"


def ending(folder: Path, world: World, tell: Telling) -> None:
    """A proposal is withdrawn, and an import taken back; what failed is tried again once."""
    update = proposal("update-person-details", "security", person_id="panel1", details=[value("given_name", VALUE)])
    with Ledger.open(folder, lambda: world.now) as ledger, closing(twice(lambda: Inbox(ledger), tell)) as inbox:
        (number,) = twice(lambda: inbox.file([update], COMMAND_LINE), tell)
        tell("ack", "0", str(number))
        twice(lambda: inbox.withdraw(number, COMMAND_LINE), tell)
        tell("ack", "1", str(number))
        with suppress(Refused):  # it was filed, which its process could not tell
            twice(lambda: inbox.file([update, update], "import", {"0": "session.csv"}), tell)
        tell("ack", "2", "import")
        with suppress(Refused):
            twice(lambda: inbox.take_back("import", COMMAND_LINE), tell)
        tell("ack", "3", "import")


def after_ending(folder: Path, world: World, told: Told) -> list[str]:
    """What waits is whole, what ended has left its trace and no value, and the import can be filed again."""
    faults = []
    with Ledger.open(folder, lambda: world.now) as ledger, closing(Inbox(ledger)) as inbox:
        ended = [trace.number for trace in inbox.ended()]
        imported = [item for item in inbox.waiting() if item.source == "import"]
        if 1 in told.acknowledged and int(told.acknowledged[1]) not in ended:
            faults.append("it was withdrawn, and waits")
        if len(imported) not in ((0,) if 3 in told.acknowledged else (0, 2)):
            faults.append(f"{len(imported)} of an import wait")
        if imported:
            inbox.take_back("import", COMMAND_LINE)
        inbox.require_not_imported("import", {"0": "session.csv"})
        for item in inbox.waiting():
            inbox.withdraw(item.number, COMMAND_LINE)
    left = b"".join(path.read_bytes() for path in folder.glob("desk.db*"))
    return faults + [f"left: {form!r}" for form in forms(VALUE) if form in left]


ON_POSTGRESQL = {"appending": Scene(play=appending, judge=after_recording, stages=frozenset({0, 2}))}
"""What is played where each statement that is sent counts as a write."""
SCENES = {
    "recording": Scene(play=recording, judge=after_recording, stages=frozenset({0, 1, 2, 4})),
    "founding": Scene(play=founding, judge=after_founding, stages=frozenset({0})),
    "witnessing": Scene(play=witnessing, judge=after_witnessing, stages=frozenset({0, 1, 2, 3})),
    "publishing": Scene(play=publishing, judge=after_publishing, stages=frozenset({0})),
    "signing": Scene(play=signing, judge=after_signing, stages=frozenset({0, 1, 2, 3})),
    "ending": Scene(play=ending, judge=after_ending, stages=frozenset({0, 1, 2, 3, 4})),
    "collecting": Scene(
        play=collecting, judge=after_collecting, stages=frozenset({0, 1, 2, 3}), prepare=with_witness, policy=POLICY
    ),
    "following": Scene(play=following, judge=after_following, stages=frozenset({0, 1}), prepare=with_read_models),
    "keeping": Scene(play=keeping, judge=after_keeping, stages=frozenset({0, 1, 2})),
    "monitoring": Scene(play=monitoring, judge=after_monitoring, stages=frozenset({0, 1}), prepare=with_two_exports),
}
