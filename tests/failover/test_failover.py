"""A primary is killed and a replica takes its place: what was acknowledged is there, or nobody goes on."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from api.publishing.collecting import Collector
from ledger.auditing import audit
from ledger.errors import Corrupt
from ledger.store.leases import alone
from ledger.store.ledger import Ledger
from ledger.store.port import Unavailable
from projections.read_models import ReadModels
from tests.clusters import Cluster, cluster
from tests.postgresql import Server
from tests.serving import client_of
from tests.support import World
from tests.watched import Watched

ADDRESS = "PCA_LEDGER_DATABASE"
PEOPLE = ("ama", "efua", "esi", "yaw")


def address(*servers: Server) -> str:
    """Whichever of them can be written."""
    hosts = ",".join(f"127.0.0.1:{server.port}" for server in servers)
    return f"postgresql://postgres@{hosts}/postgres?target_session_attrs=read-write"


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A primary and a replica, which every process knows. A commit waits for the replica."""
    with cluster() as servers:
        monkeypatch.setenv(ADDRESS, address(servers.primary, *servers.replicas))
        yield servers


@pytest.fixture
def world(two: Cluster, tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path / "ledger")
    world.appoint()
    yield world
    world.ledger.close()


def do_not_wait(primary: Server) -> None:
    """From now on the replica follows when it can."""
    with primary.connect() as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
        connection.execute("SELECT pg_reload_conf()")


def fail_over_to_one_that_lacks(two: Cluster, record: Callable[[], object]) -> None:
    """The replica takes over without what ``record`` recorded."""
    (replica,) = two.replicas
    do_not_wait(two.primary)
    replica.stop()
    record()
    two.primary.kill()
    replica.start()
    two.promote(replica)


@contextmanager
def twin(world: World, folder: Path, server: Server, patch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    """The ledger as a process on another machine has it open, on this server."""
    shutil.copytree(world.ledger.folder, folder)
    with patch.context() as within:
        within.setenv(ADDRESS, address(server))
        with Ledger.open(folder, lambda: world.now, is_simulated=True) as ledger:
            yield ledger


def test_what_was_acknowledged_survives_the_primary_which_is_refused_when_it_comes_back(
    two: Cluster, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    acknowledged: list[str] = []
    failed = list[Exception]()
    ended, promoted, recovered = Event(), Event(), Event()

    def record() -> None:
        while not ended.is_set():
            name = f"person-{len(acknowledged) + len(failed)}"
            try:
                world.person(name)
            except Unavailable as error:
                failed.append(error)
            else:
                acknowledged.append(name)
                if promoted.is_set():  # perhaps without a failure: what is uncertain is found out for a while
                    recovered.set()

    load = Thread(target=record)
    load.start()
    try:
        while len(acknowledged) < 20:
            ended.wait(0.05)
        old = two.primary
        old.kill()
        two.promote(two.replicas[0])
        promoted.set()
        assert recovered.wait(60), failed
    finally:
        ended.set()
        load.join()
    world.ledger.publications.keep_recorded()  # as a writer's thread does within a moment
    ids = set(world.ledger.ids_of("person"))
    assert set(acknowledged) <= ids
    assert audit(world.ledger.folder).clean
    with ReadModels(world.ledger, public=True) as models:
        assert models.current() == world.ledger.size()
    old.start()
    monkeypatch.setenv(ADDRESS, address(old))
    with pytest.raises(Corrupt, match="were published"):
        Ledger.open(world.ledger.folder, lambda: world.now)


def test_a_replica_that_lacks_what_was_published_is_refused(
    two: Cluster, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a process that opens it, and by one that runs; also when the replica has as many entries again."""
    ledger = world.ledger
    bare = tmp_path / "bare"
    shutil.copytree(ledger.folder, bare)
    with client_of(ledger) as client:
        assert client.get("/advisors").status_code == 200

        def record() -> None:
            world.person("ama")
            ledger.publications.keep_recorded()  # as a writer's thread does within a moment
            assert client.get("/advisors").headers["Ledger-Position"] == str(ledger.size())

        fail_over_to_one_that_lacks(two, record)
        for _ in ("fewer entries", "as many"):
            with pytest.raises(Corrupt, match="set back"):
                ledger.read()
            with pytest.raises(Corrupt):
                world.person("efua")
            answer = client.get("/advisors")
            assert (answer.status_code, answer.json()["code"]) == (500, "projection-differs")
            deadline = time.monotonic() + 10
            while client.get("/health").status_code != 503:
                assert time.monotonic() < deadline
                time.sleep(0.1)
            assert client.get("/readyz").status_code == 503
            with pytest.raises(Corrupt, match="published"), Ledger.open(ledger.folder, lambda: world.now):
                pass
            with Ledger.open(bare, lambda: world.now, is_simulated=True) as unaware:  # it has an earlier note
                if unaware.size() < ledger._replica.memory.size:
                    record_in(world, unaware, "yaw")


def record_in(world: World, ledger: Ledger, name: str) -> None:
    """The world's officers record somebody in another process."""
    before, world.ledger = world.ledger, ledger
    try:
        world.person(name)
    finally:
        world.ledger = before


def test_witnesses_let_one_of_two_primaries_publish(
    two: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both can be written, and each has recorded something else."""
    with closing(Watched(tmp_path / "watched")) as watched:
        world, first = watched.world, two.primary
        world.appoint()
        assert watched.collector.collect()
        (replica,) = two.replicas
        do_not_wait(first)
        two.promote(replica)
        with twin(world, tmp_path / "twin", replica, monkeypatch) as other:
            record_in(world, other, "yaw")
            world.person("ama")
            assert other.size() == world.ledger.size()
            size = world.ledger.size()
            assert watched.collector.collect()
            assert world.ledger.publications.size == size
            collector = Collector(other, alone)
            assert not collector.collect()
            assert other.publications.size < size
            assert set(collector.troubles) >= {"north", "south"}
