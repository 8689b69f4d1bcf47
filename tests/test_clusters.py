"""What tests do to PostgreSQL is really done: a death, a failover, a lost answer, a full disk."""

from pathlib import Path
from threading import Timer

import psycopg
import pytest

from tests.clusters import cluster, durable_server, pooler, server_on_small_disk
from tests.network import Commit, network_to


def rows(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [number for (number,) in connection.execute("SELECT c FROM t ORDER BY c")]


def insert(url: str, number: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("INSERT INTO t VALUES (%s)", (number,))
        connection.execute("COMMIT")


def test_a_server_that_is_killed_has_what_it_acknowledged_when_it_is_started_again() -> None:
    with durable_server() as server:
        with server.connect() as connection:
            connection.execute("CREATE TABLE t (c bigint PRIMARY KEY)")
        for number in range(3):
            insert(server.url(), number)
            server.kill()
            assert not server.is_running
            server.start()
        assert rows(server.url()) == [0, 1, 2]


def test_a_replica_has_what_the_primary_acknowledged_and_takes_over(tmp_path: Path) -> None:
    with cluster(2) as servers:
        with servers.primary.connect() as connection:
            connection.execute("CREATE TABLE t (c bigint PRIMARY KEY)")
        insert(servers.primary.url(), 1)
        first, second = servers.replicas
        second.kill()
        insert(servers.primary.url(), 2)
        servers.primary.kill()
        servers.promote(first)
        assert rows(servers.primary.url()) == [1, 2]
        insert(first.url(), 3)
        assert rows(first.url()) == [1, 2, 3]


def test_without_a_replica_nothing_is_acknowledged() -> None:
    with cluster() as servers:
        with servers.primary.connect() as connection:
            connection.execute("CREATE TABLE t (c bigint PRIMARY KEY)")
        (replica,) = servers.replicas
        replica.kill()
        with psycopg.connect(servers.primary.url(), autocommit=True) as connection:
            notices: list[str | None] = []
            connection.add_notice_handler(lambda notice: notices.append(notice.message_primary))
            connection.execute("SET statement_timeout = '0.1s'")  # which is off while a commit waits
            waits = Timer(1, connection.cancel_safe)
            waits.start()
            connection.execute("INSERT INTO t VALUES (1)")
            waits.join()
            assert notices == ["canceling wait for synchronous replication due to user request"]
        replica.start()
        insert(servers.primary.url(), 2)


def test_a_base_backup_is_a_server_of_its_own(tmp_path: Path) -> None:
    with durable_server() as server:
        with server.connect() as connection:
            connection.execute("CREATE TABLE t (c bigint PRIMARY KEY)")
        insert(server.url(), 1)
        server.base_backup(tmp_path / "backup")
    assert (tmp_path / "backup" / "base").is_dir()


def test_behind_pgbouncer_clients_share_sessions() -> None:
    with (
        durable_server() as server,
        pooler(server) as url,
        psycopg.connect(url, autocommit=True) as one,
        psycopg.connect(url, autocommit=True) as other,
    ):
        sessions = [c.execute("SELECT pg_backend_pid()").fetchone() for c in (one, other)]
        assert sessions[0] == sessions[1]


@pytest.mark.parametrize(("commit", "committed"), [(Commit.IS_LOST, []), (Commit.ANSWER_IS_LOST, [1])])
def test_a_connection_is_cut_in_the_middle_of_a_commit(commit: Commit, committed: list[int]) -> None:
    with durable_server() as server, network_to(server.port) as network:
        with server.connect() as connection:
            connection.execute("CREATE TABLE t (c bigint PRIMARY KEY)")
        network.commit = commit
        with pytest.raises(psycopg.OperationalError):
            insert(network.url(), 1)
        assert rows(network.url()) == committed
        insert(network.url(), 2)
        assert rows(server.url()) == [*committed, 2]


def test_a_network_refuses_and_stalls() -> None:
    with durable_server() as server, network_to(server.port) as network:
        with psycopg.connect(network.url()) as connection, network.refused():
            with pytest.raises(psycopg.OperationalError):
                connection.execute("SELECT 1")
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(network.url())
        with network.stalled(), pytest.raises(psycopg.errors.ConnectionTimeout):
            psycopg.connect(network.url(), connect_timeout=2)
        psycopg.connect(network.url()).close()


def test_on_a_full_disk_nothing_grows_and_afterwards_it_does() -> None:
    with server_on_small_disk() as disk, disk.server.connect() as connection:
        connection.execute("CREATE TABLE t (c bigint)")
        grow = "INSERT INTO t SELECT * FROM generate_series(1, 100000)"
        with disk.full(), pytest.raises(psycopg.errors.DiskFull):
            connection.execute(grow)
        connection.execute(grow)
        assert connection.execute("SELECT count(*) FROM t").fetchone() == (100000,)
