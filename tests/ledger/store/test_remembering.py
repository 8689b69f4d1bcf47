"""States that are kept with their position: a ledger opens where they end, and reads what a fresh replay would."""

import gc
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import msgspec
import pytest

from ledger import remembered
from ledger.domain.events.clock import ClockConfirmed
from ledger.domain.record import Event, Fact, Stream
from ledger.domain.subjects import SUBJECTS
from ledger.errors import Corrupt
from ledger.log.tree import RightEdge, leaf_hash
from ledger.reading import Memory, looked_up
from ledger.remembered import decode, encode, fingerprint
from ledger.signing.envelope import open_envelope, seal
from ledger.signing.statement import decode_payload, payload_of, read_stored
from ledger.store import remembering, replica
from ledger.store.engines import sqlite
from ledger.store.ledger import STATES, Ledger
from ledger.store.opening import open_database
from ledger.store.port import Unavailable
from ledger.store.remembering import KeptMemory, KeptStates
from tests.scenario import value
from tests.support import World, copied

pytestmark = pytest.mark.usefixtures("engine")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory, held_workshop: World) -> World:
    """The workshop, and then what changes look-ups and times: a merge, a new key, an erasure, a confirmed clock."""
    world = held_workshop.copy(tmp_path_factory.mktemp("told") / "ledger")
    world.person("awa2")
    world.do("merge-persons", person_id="awa", merged_id="awa2", reason=value("reason", "same birth date"))
    world.person("gone")
    world.do("erase-personal-data", "protection", "security", person_id="gone", basis_code="request")
    world.reach_today()
    world.ledger.close()
    return world


story = copied("told")


@pytest.fixture(autouse=True)
def _everything_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replica, "WRITE_AT_CLOSE", 1)


def reopened(world: World, **settings: Any) -> Ledger:
    return Ledger.open(world.ledger.folder, lambda: world.now, is_simulated=True, **settings)


def memory_of(ledger: Ledger) -> KeptMemory:
    return ledger._replica.memory


def folded(ledger: Ledger, size: int | None = None) -> Memory:
    """A fresh replay."""
    return ledger._replica._folded_all(ledger.size() if size is None else size)


def assert_same(memory: Memory, fresh: Memory) -> None:
    """Everything that can be read of a memory is as a fresh replay has it."""
    assert memory.size == fresh.size
    assert {stream: memory.state(stream) for stream in fresh.states} == fresh.states
    assert {look_up: list(memory.found(look_up)) for look_up in fresh.index} == fresh.index
    assert memory.known.since == fresh.known.since
    assert memory.merges == fresh.merges
    for kind in SUBJECTS:
        assert memory.ids_of(kind) == fresh.ids_of(kind)
    assert memory.state(Stream("person", "nobody")) is None
    assert memory.version(Stream("person", "nobody")) == 0


def kept(world: World) -> Path:
    return world.ledger.folder / STATES


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("most", [remembering.MOST_HELD, 3])
def test_states_that_are_kept_are_those_that_are_folded_at_any_cut(
    story: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """At each position, what another process reads equals a fresh replay, however little is in memory at once."""
    monkeypatch.setattr(remembering, "MOST_HELD", most)
    monkeypatch.setattr(remembering, "TIMES", 8)
    entries = story.ledger._replica

    def memory() -> KeptMemory:
        states = KeptStates(tmp_path / "states.db", "origin", lambda _: True, writes=True)
        return KeptMemory(states, entries._folded, entries._folded_all)

    fresh, edge = Memory(), RightEdge()
    with closing(memory()) as writing:
        for number, stored in enumerate(story.ledger.entries(0, story.ledger.size())):
            event = read_stored(stored.topic, stored.state).event
            leaf = leaf_hash(stored.state)
            edge, _ = edge.append([leaf])
            fresh.advance([event])
            writing.advance([event])
            writing.write(edge, leaf, 1 + number % 3)
            if number % 5 == 0:
                assert_same(writing, fresh)
                with closing(memory()) as reading:
                    reached = reading.load()
                    assert reached is not None
                    reading.advance(
                        read_stored(entry.topic, entry.state).event
                        for entry in story.ledger.entries(reached.edge.size, number + 1)
                    )
                    assert_same(reading, fresh)
        assert len(writing.states) <= most + len(writing._changed) + 1 or most > 3
    for stream, state in fresh.states.items():
        assert decode(stream.kind, encode(state)) == state


def test_a_ledger_opens_where_the_states_end(story: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what is new is read: here one entry, and the last one before it."""
    story.ledger.close()
    story.ledger = reopened(story)
    story.ledger.close()
    monkeypatch.setattr(replica, "WRITE_AT_CLOSE", 1000)
    story.ledger = reopened(story)
    story.person("late")
    story.ledger.close()
    read: list[Event[Fact]] = []
    advance = Memory.advance

    def noting(memory: Memory, events: Iterable[Event[Fact]]) -> None:
        new = list(events)
        read.extend(new)
        advance(memory, new)

    monkeypatch.setattr(Memory, "advance", noting)
    story.ledger = reopened(story)
    assert [event.type for event in read] == ["person-registered/v1"]
    assert_same(memory_of(story.ledger), folded(story.ledger))
    assert kept(story).stat().st_mode & 0o077 == 0
    story.person("later")  # what is decided on states that were read is recorded


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_states_of_another_program_are_made_anew(story: World, monkeypatch: pytest.MonkeyPatch) -> None:
    story.ledger.close()
    reopened(story).close()
    before = kept(story).read_bytes()
    with monkeypatch.context() as patched:
        patched.setattr(remembering, "fingerprint", lambda: b"another")
        with closing(reopened(story)) as other:
            assert_same(memory_of(other), folded(other))
    with closing(reopened(story)) as ledger:
        assert memory_of(ledger)._generation == b""
        assert_same(memory_of(ledger), folded(ledger))
    assert kept(story).read_bytes() != before


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_states_are_marked_with_the_program_that_folded_them(
    story: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though another version is installed while it runs, and the file is first written at its end."""
    story.ledger.close()
    kept(story).unlink()
    program = fingerprint()
    fingerprint.cache_clear()
    with closing(reopened(story)):
        shutil.copytree(Path(remembered.__file__).parent, tmp_path / "installed")
        (tmp_path / "installed" / "reading.py").write_text("# the next version")
        monkeypatch.setattr(remembered, "_HERE", tmp_path / "installed")
    with closing(open_database(kept(story))) as database:
        ((marked,),) = database.select("SELECT program FROM reached")
    assert marked == program


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_file_that_was_set_back_while_a_process_runs_is_not_read(
    story: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is of the same generation, but lacks what this process wrote and gave up."""
    monkeypatch.setattr(remembering, "MOST_HELD", 0)
    story.ledger.close()
    reopened(story).close()
    shutil.copy(kept(story), tmp_path / "earlier")
    story.ledger = reopened(story)
    story.person("late")
    story.ledger._replica.close()
    shutil.copy(tmp_path / "earlier", kept(story))
    assert_same(memory_of(story.ledger), folded(story.ledger))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_entries_that_are_read_again_are_those_that_were_read(story: World) -> None:
    """Whoever can write in the database decides nothing by altering what a process has read before."""
    story.ledger.close()
    reopened(story).close()
    story.ledger = reopened(story)
    kept(story).write_bytes(b"")
    envelope = open_envelope(story.ledger.entries(2, 3)[0].state)
    other = msgspec.structs.replace(decode_payload(envelope.payload), nonce=bytes(16))
    altered = seal(payload_of(other), envelope.signatures)
    with closing(open_database(story.ledger.folder / "ledger.db")) as database, database.transaction(commit=True) as c:
        c.execute("UPDATE stored_events SET state = ? WHERE position = 3", (altered,))
    with pytest.raises(Corrupt, match="not those that this process read"):
        story.person("late")


def damaged(path: Path, statement: str) -> None:
    with closing(open_database(path)) as database, database.transaction(commit=True) as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "statement",
    [
        None,  # no database at all
        "DROP TABLE found",
        "DELETE FROM times",
        "UPDATE times SET since = x'00'",
        "DELETE FROM reached",
        "UPDATE reached SET merges = 'x'",
        "UPDATE reached SET last = x'00'",
        "UPDATE reached SET peaks = x'00'",
        "UPDATE reached SET origin = 'other'",
        "UPDATE reached SET size = size + 1",
        "UPDATE states SET state = x'ff' WHERE stream = 'person:awa'",
        "DROP TABLE states",
    ],
)
def test_a_file_that_cannot_be_used_is_made_anew(story: World, statement: str | None) -> None:
    """Whenever that shows, everything is as a fresh replay has it."""
    story.ledger.close()
    reopened(story).close()
    if statement is None:
        kept(story).write_bytes(b"garbage " * 1000)
    else:
        damaged(kept(story), statement)
    with closing(reopened(story)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))
    reopened(story).close()
    with closing(reopened(story)) as ledger:
        assert memory_of(ledger)._generation
        assert_same(memory_of(ledger), folded(ledger))


def test_a_log_that_was_set_back_does_not_use_later_states(story: World, tmp_path: Path) -> None:
    """They are of entries that it lacks, though it is consistent in itself."""
    story.ledger.close()
    earlier = story.copy(tmp_path / "earlier")
    story.ledger = reopened(story)
    story.person("late")
    story.ledger.close()
    reopened(story).close()
    kept(earlier).unlink(missing_ok=True)
    kept(earlier).write_bytes(kept(story).read_bytes())
    earlier.ledger.close()
    with closing(reopened(earlier)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))
    with closing(reopened(earlier)) as ledger:
        assert memory_of(ledger)._generation


def test_a_log_that_goes_on_otherwise_does_not_use_the_states(story: World, tmp_path: Path) -> None:
    story.ledger.close()
    other = story.copy(tmp_path / "other")
    story.ledger = reopened(story)
    for world, name in ((story, "here"), (other, "there")):
        world.person(name)
        world.ledger.close()
    reopened(story).close()
    kept(other).unlink(missing_ok=True)
    kept(other).write_bytes(kept(story).read_bytes())
    with closing(reopened(other)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_copy_of_the_ledger_on_the_same_file_changes_no_state(
    story: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as a backup that somebody tries out: both logs go on from what the file has reached."""
    monkeypatch.setenv("PCA_LEDGER_READ_MODELS", str(tmp_path / "models"))
    story.ledger.close()
    reopened(story).close()
    story.ledger = reopened(story)
    other = story.copy(tmp_path / "other")
    other.ledger.close()
    other.ledger = reopened(other)
    other.person("there")
    other.ledger.close()
    story.person("here")
    story.person("here-too")
    assert_same(memory_of(story.ledger), folded(story.ledger))


@pytest.fixture
def two(story: World) -> Iterator[tuple[Ledger, Ledger]]:
    """Two processes on one ledger, whose states are kept; the first has read nothing of them yet."""
    story.ledger.close()
    reopened(story).close()
    with closing(reopened(story)) as first:
        story.ledger = reopened(story)
        yield first, story.ledger


def test_states_that_another_process_wrote_meanwhile_are_read_as_they_were(
    story: World, two: tuple[Ledger, Ledger]
) -> None:
    """A process reads all as of one position: its own."""
    first, second = two
    size = memory_of(first).size
    story.person("late")
    story.do("give-listing-consent", person_id="awa")
    second._replica.close()
    assert_same(memory_of(first), folded(first, size))
    first.size_at(story.now)
    assert_same(memory_of(first), folded(first))
    first._replica.close()  # there is nothing to add
    with closing(reopened(story)) as third:
        assert memory_of(third)._tried == third.size()


def test_a_memory_does_not_go_back_to_a_moment_that_a_thread_still_sees(
    story: World, two: tuple[Ledger, Ledger]
) -> None:
    """Other threads read on, and another process writes the file, while this one has a snapshot of the record."""
    first, second = two

    def meanwhile() -> None:
        story.person("late")
        first.size_at(story.now)
        second._replica.close()

    with first.database.snapshot():
        first.log.size()  # PostgreSQL takes it with the first statement
        other = Thread(target=meanwhile)
        other.start()
        other.join()
        with pytest.raises(Unavailable, match="that this process read"):
            memory_of(first).ids_of("person")
    assert_same(memory_of(first), folded(first))


def test_states_that_another_process_made_anew_are_folded(story: World, two: tuple[Ledger, Ledger]) -> None:
    first, second = two
    kept(story).unlink()
    for suffix in ("-wal", "-shm"):
        kept(story).with_name(STATES + suffix).unlink(missing_ok=True)
    with closing(reopened(story)):
        pass
    memory_of(first).close()  # its next connection is to the new file
    story.person("late")
    first.size_at(story.now)
    assert memory_of(first).ids_of("person")
    first._replica.close()
    assert_same(memory_of(first), folded(first))
    memory_of(second).close()
    second._replica.close()
    assert_same(memory_of(second), folded(second))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_crash_while_states_are_written_repeats_work_and_skips_none(
    story: World, two: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, _ = two
    story.person("late")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(KeptStates, "set_reached", killed)
        with pytest.raises(KeyboardInterrupt):
            story.ledger._replica.close()
    with closing(reopened(story)) as ledger:
        assert memory_of(ledger)._tried == memory_of(first).size < ledger.size()
        assert_same(memory_of(ledger), folded(ledger))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_states_are_written_later_while_another_process_writes(
    story: World, two: tuple[Ledger, Ledger], monkeypatch: pytest.MonkeyPatch
) -> None:
    story.person("late")
    memory_of(story.ledger).close()
    with (
        closing(open_database(kept(story))) as other,
        other.transaction(commit=True),
        monkeypatch.context() as patched,
    ):
        patched.setattr(sqlite, "LOCK_TIMEOUT", 0)
        story.ledger._replica.close()
    story.person("later")
    story.ledger._replica.close()
    with closing(reopened(story)) as ledger:
        assert memory_of(ledger)._tried == ledger.size()
        assert_same(memory_of(ledger), folded(ledger))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_ledger_that_is_only_read_writes_no_states(story: World) -> None:
    story.ledger.close()
    kept(story).unlink()
    with closing(reopened(story, read_only=True)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))
    assert not kept(story).exists()
    reopened(story).close()
    damaged(kept(story), "DROP TABLE states")
    with closing(reopened(story, read_only=True)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))
    assert kept(story).exists()


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_folder_that_cannot_be_written_needs_no_states(story: World, monkeypatch: pytest.MonkeyPatch) -> None:
    story.ledger.close()
    kept(story).unlink()
    monkeypatch.setenv("PCA_LEDGER_READ_MODELS", "/proc/self")
    with closing(reopened(story)) as ledger:
        assert_same(memory_of(ledger), folded(ledger))


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_nothing_is_signed_on_a_tree_that_the_states_do_not_have(story: World) -> None:
    """Entries before the states are not read again, but the head must be that of the tree that was folded."""
    story.ledger.close()
    reopened(story).close()
    with closing(open_database(story.ledger.folder / "ledger.db")) as database, database.transaction(commit=True) as c:
        c.execute("UPDATE log_head SET edge = zeroblob(length(edge))")
    story.ledger = reopened(story)
    with pytest.raises(Corrupt, match="head of the log"):
        story.person("late")


def test_every_look_up_of_the_story_is_told(story: World) -> None:
    """The story has each kind of look-up, a merge and a confirmed clock, so that the tests above mean something."""
    ledger = story.ledger
    entries = ledger.entries(0, ledger.size())
    events = [read_stored(entry.topic, entry.state).event for entry in entries]
    kinds = {look_up[0] for event in events for look_up, _ in looked_up(event)}
    assert kinds == {"of-person", "in-session", "key-holder", "erased"}
    assert memory_of(ledger).merges.into
    assert any(isinstance(event.facts, ClockConfirmed) for event in events)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
@pytest.mark.parametrize("is_enabled", [True, False])
def test_a_replay_leaves_the_collector_as_it_was(story: World, is_enabled: bool) -> None:
    story.ledger.close()
    try:
        (gc.enable if is_enabled else gc.disable)()
        reopened(story).close()
        assert gc.isenabled() == is_enabled
    finally:
        gc.enable()


def test_garbage_is_looked_for_afterwards_as_it_was_before() -> None:
    for was_enabled in (False, True):
        (gc.enable if was_enabled else gc.disable)()
        with replica.uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is was_enabled


def test_garbage_is_looked_for_again_whichever_of_two_threads_is_done_first() -> None:
    for order in ((0, 1), (1, 0)):
        both = replica.uncollected(), replica.uncollected()
        for one in both:
            one.__enter__()
        for number in order:
            both[number].__exit__(None, None, None)
        assert gc.isenabled()
