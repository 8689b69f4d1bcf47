"""A checkpoint is public once the policy's witnesses have cosigned it; what was published is never taken back."""

import os
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from eventsourcing.persistence import OperationalError

from ledger.errors import Conflict, Corrupt, Unverifiable
from ledger.files import write_whole
from ledger.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import Note, VerifierKey
from ledger.store import publishing
from ledger.store.founding import TRUST
from ledger.store.ledger import Ledger
from ledger.store.publishing import PUBLISHED
from tests.scenario import ORIGIN
from tests.support import World, key_of

NORTH, SOUTH = (Cosigner(f"{name}.example", key_of(name)) for name in ("north", "south"))
LOG = VerifierKey(ORIGIN, key_of("log").public)


def policy(quorum: str) -> str:
    lines = [f"witness {n} {one.verifier_key}" for n, one in (("north", NORTH), ("south", SOUTH))]
    return "\n".join([f"log {LOG}", *lines, "group one any north south", f"quorum {quorum}", ""])


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A log with a key of either kind, which one of two witnesses must have seen."""
    world = World(tmp_path / "ledger", ml_dsa_key=MlDsaKey.from_seed(bytes(32)), policy=policy("one"))
    with closing(world.ledger):
        yield world


def cosigned(world: World, *witnesses: Cosigner) -> Note:
    """What is to be published, with the signatures of witnesses."""
    note = world.ledger.publications.candidate()
    assert note is not None
    checkpoint, time = open_checkpoint(str(note), LOG), int(world.now.timestamp())
    return note.signed_too(*(witness.cosign(checkpoint, time) for witness in witnesses))


def forged(world: World, *witnesses: Cosigner) -> Note:
    """A checkpoint of the log's size over another tree, signed by everybody."""
    checkpoint, time = Checkpoint(ORIGIN, world.ledger.size(), bytes(32)), int(world.now.timestamp())
    cosigners = Cosigner(ORIGIN, MlDsaKey.from_seed(bytes(32))), *witnesses
    note = Note.parse(sign_checkpoint(checkpoint, key_of("log")))
    return note.signed_too(*(cosigner.cosign(checkpoint, time) for cosigner in cosigners))


def grow(world: World) -> None:
    """One more entry."""
    world.do("confirm-clock", reason_code="long-silence")


def test_nothing_is_public_before_the_first_witness(world: World) -> None:
    publications = world.ledger.publications
    assert publications.size == 0
    with pytest.raises(Conflict, match="waits for its witnesses"):
        publications.latest()
    assert (publications.signed_at(), publications.latest_of(1)) == (None, None)
    assert publications.cosigned() == {"north": 0, "south": 0}
    with pytest.raises(Unverifiable, match="quorum"):
        publications.publish(cosigned(world))


def test_what_a_witness_cosigned_is_public_and_says_when_and_by_whom(world: World) -> None:
    publications = world.ledger.publications
    publications.publish(cosigned(world, SOUTH))
    assert publications.signed_at() == world.now
    grow(world)
    publications.publish(cosigned(world, NORTH))
    size = world.ledger.size()
    assert publications.size == publications.latest()[1].size == size
    assert publications.cosigned() == {"north": size, "south": 1}
    first = publications.latest_of(size - 1)
    assert first is not None
    assert (first.size, first.root) == (1, world.ledger.tree.root_at(1))


def test_a_witness_that_has_been_silent_for_long_cosigned_none_of_the_last(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "NOTES", 2)
    publications = world.ledger.publications
    publications.publish(cosigned(world, SOUTH))
    for _ in range(2):
        grow(world)
        publications.publish(cosigned(world, NORTH))
    assert publications.cosigned() == {"north": world.ledger.size(), "south": 0}


def test_what_was_published_is_published_again_when_it_is_old_or_the_policy_another_one(world: World) -> None:
    publications = world.ledger.publications
    publications.publish(cosigned(world, NORTH))
    assert publications.unpublished() is None
    world.now += publishing.SIGNED_AGAIN - timedelta(seconds=1)
    assert publications.unpublished() is None
    world.now += timedelta(seconds=1)
    assert publications.unpublished() is not None
    publications.publish(cosigned(world, NORTH))
    assert publications.unpublished() is None
    other = msgspec.structs.replace(world.ledger.trust, policy=policy("south"))
    world.ledger.close()
    write_whole(world.ledger.folder / TRUST, bytes(other))
    with Ledger.open(world.ledger.folder, lambda: world.now) as ledger:
        assert ledger.publications.unpublished() is not None


def test_a_checkpoint_of_another_tree_is_not_published_whoever_signed_it(world: World) -> None:
    with pytest.raises(Unverifiable, match="another tree"):
        world.ledger.publications.publish(forged(world, NORTH, SOUTH))
    assert world.ledger.publications.size == 0


def test_a_log_that_is_not_the_published_one_does_not_start(world: World) -> None:
    world.ledger.close()
    write_whole(world.ledger.folder / PUBLISHED, str(forged(world)).encode())
    with pytest.raises(Corrupt, match="shows 1 entries that this log does not have"):
        Ledger.open(world.ledger.folder, lambda: world.now)


def test_a_note_that_cannot_be_kept_beside_the_database_is_not_shown_until_it_is(world: World) -> None:
    publications, file = world.ledger.publications, world.ledger.folder / PUBLISHED
    publications.publish(cosigned(world, NORTH))
    before = file.read_text(encoding="utf-8")
    unfinished = file.with_name(f"{PUBLISHED}.{os.getpid()}.tmp")
    unfinished.mkdir()  # where it would be written first
    grow(world)
    note = cosigned(world, NORTH)
    for showing in (lambda: publications.publish(note), publications.latest):
        with pytest.raises(OperationalError):
            showing()
    assert file.read_text(encoding="utf-8") == before
    unfinished.rmdir()
    assert publications.latest()[0] == file.read_text(encoding="utf-8") == str(note)
