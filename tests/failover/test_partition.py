"""The database is there, and says nothing: no request waits for ever, none is answered from behind, and it passes."""

import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.domain.dating import CLOCK_SKEW
from ledger.errors import Unverifiable
from ledger.store.engines import postgresql
from ledger.store.ledger import Ledger
from ledger.store.port import Unavailable
from tests.clusters import Cluster, cluster
from tests.network import Network, network_to
from tests.postgresql import Server
from tests.serving import client_of
from tests.support import World

ADDRESS = "PCA_LEDGER_DATABASE"
WAITED = 1.0  # seconds for a server that says nothing
POSITION = "Ledger-Position"


@pytest.fixture(scope="module")
def servers() -> Iterator[Cluster]:
    """A primary and a replica, of which nobody is promoted: each test has a database of its own."""
    with cluster() as made:
        yield made


@pytest.fixture
def name(servers: Cluster, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of the test's database on the primary, which ledgers are opened on."""
    name = f"of_{secrets.token_hex(8)}"
    with servers.primary.connect() as connection:
        connection.execute(f"CREATE DATABASE {name}")
    monkeypatch.setenv(ADDRESS, servers.primary.url(name))
    return name


@pytest.fixture
def network(servers: Cluster, name: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Network]:
    with network_to(servers.primary.port) as network:
        monkeypatch.setenv(ADDRESS, network.url(name))
        yield network


def test_a_silent_database_is_given_up_and_taken_up_again(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql._Connection, "seconds", WAITED)
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)
    world = World(tmp_path / "ledger")
    world.appoint()
    with client_of(world.ledger) as client:
        assert client.get("/advisors").status_code == 200
        with network.stalled():
            for path in ("/advisors", "/checkpoint"):
                assert client.get(path).status_code == 503, path
            with pytest.raises(Unavailable):
                world.person("ama")
        deadline = time.monotonic() + 30
        while client.get("/advisors").status_code != 200:
            assert time.monotonic() < deadline
        world.person("efua")
        assert client.get("/advisors").headers[POSITION] == str(world.ledger.size())
    world.ledger.close()


@pytest.mark.usefixtures("name")
def test_three_clocks_on_one_record(tmp_path: Path) -> None:
    """What two minutes explain is recorded in the order of the log; what they do not is refused, in clear words."""
    world = World(tmp_path / "ledger")
    world.appoint()
    right = world.ledger
    aheads = [timedelta(0), timedelta(minutes=2), -timedelta(minutes=2)]
    others = [
        Ledger.open(right.folder, lambda ahead=ahead: world.now + ahead, is_simulated=True)  # type: ignore[misc]
        for ahead in aheads
    ]
    for round_ in range(2):
        for number, ledger in enumerate(others):
            world.ledger = ledger
            world.person(f"person-{round_}-{number}")
    known = [right.size_at(world.now + timedelta(seconds=seconds)) for seconds in (-600, -120, 0, 120)]
    assert known == sorted(known)
    assert known[-1] == right.size()
    world.ledger = right
    prepared = Ledger.open(right.folder, lambda: world.now + 2 * CLOCK_SKEW, is_simulated=True)
    world.ledger = prepared
    with pytest.raises(Unverifiable, match="time: lies in the future"):
        right.record(world.submission("give-listing-consent", "registrar", person_id="person-0-0"))
    world.person("person-2")
    world.ledger = right
    with pytest.raises(Unverifiable, match="time: earlier than what its signers saw in the log"):
        world.person("person-3")
    for ledger in (right, prepared, *others):
        ledger.close()


def test_what_was_recorded_is_read_from_a_replica(
    servers: Cluster, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (replica,) = servers.replicas
    world = World(tmp_path / "ledger")
    world.appoint()
    monkeypatch.setenv(ADDRESS, replica.url(name))
    monkeypatch.setenv("PCA_LEDGER_READ_MODELS", str(tmp_path / "models"))
    wait_until_there(replica, name, world.ledger.size())
    with (
        Ledger.open(world.ledger.folder, lambda: world.now, is_simulated=True, read_only=True) as ledger,
        client_of(ledger) as client,
    ):
        world.person("ama")
        size = world.ledger.size()
        answer = client.get("/advisors", headers={POSITION: str(size)})
        assert (answer.status_code, answer.headers[POSITION]) == (200, str(size))
        assert POSITION in answer.headers["Vary"]
        assert client.get("/checkpoint", headers={POSITION: str(size)}).text == world.ledger.checkpoint()
        assert client.get(f"/proof/{size - 1}.tlog-proof").status_code == 200
        ahead = client.get("/advisors", headers={POSITION: str(size + 1)})
        assert (ahead.status_code, ahead.json()["code"], ahead.headers["retry-after"]) == (503, "behind", "5")
        for wrong in ("x", "-1", "01", "1.0", "99999999999999999999"):
            refused = client.get("/advisors", headers={POSITION: wrong})
            assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, POSITION), wrong
        assert client.get("/advisors", headers={POSITION: "0"}).status_code == 200
        assert client.get("/secretariat/statements").status_code == 404
        with pytest.raises(Unavailable):
            ledger.record(world.submission("give-listing-consent", "registrar", person_id="ama"))
    world.ledger.close()


def wait_until_there(replica: Server, name: str, size: int) -> None:
    """Until the replica has replayed as many entries."""
    deadline = time.monotonic() + 30
    with replica.connect(name) as connection:
        while True:
            found = connection.execute("SELECT max(position) FROM stored_events").fetchone()
            if found is not None and found[0] is not None and found[0] >= size:
                return
            assert time.monotonic() < deadline
            time.sleep(0.05)
