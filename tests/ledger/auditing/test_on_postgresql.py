"""The audit of a record in PostgreSQL: by whom it can be run, and what is no fault of the ledger."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from ledger.auditing import audit
from ledger.errors import Unreachable, Unreadable
from ledger.store import opening
from ledger.store.engines import postgresql
from ledger.store.port import Unavailable
from tests.clusters import cluster
from tests.engines import ledgers_on, server
from tests.postgresql import free_port
from tests.support import World


@pytest.fixture
def on_postgresql(tmp_path: Path) -> Iterator[None]:
    with ledgers_on("postgresql", tmp_path):
        yield


@pytest.fixture
def folder(on_postgresql: None, workshop: World) -> Path:
    """A closed ledger after one workshop."""
    workshop.ledger.close()
    return workshop.ledger.folder


@pytest.fixture
def owner(folder: Path) -> Iterator[psycopg.Connection]:
    """Who may do everything to the ledger's database, and is done at once."""
    with closing(psycopg.connect(opening.address_of(folder), autocommit=True)) as connection:
        yield connection


@pytest.fixture
def auditor(folder: Path, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The role by which the ledger is opened: it may read, and nothing else."""
    owner.execute("CREATE ROLE auditor LOGIN")
    owner.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
    address = make_url(opening.address_of(folder)).set(username="auditor").render_as_string()
    with monkeypatch.context() as patch:
        patch.setattr(opening, "address_of", lambda _: address)
        yield "auditor"
    owner.execute("DROP OWNED BY auditor")
    owner.execute("DROP ROLE auditor")


@pytest.mark.usefixtures("auditor")
def test_who_may_only_read_may_audit(folder: Path) -> None:
    report = audit(folder)
    assert (report.findings, report.checked["tables"] > 0) == ((), True)


def test_a_table_that_the_role_may_not_read_is_no_fault(folder: Path, owner: psycopg.Connection, auditor: str) -> None:
    owner.execute(f"REVOKE SELECT ON sealed_values FROM {auditor}")
    with pytest.raises(Unavailable, match="permission denied for table sealed_values"):
        audit(folder)


def test_settings_of_the_role_neither_end_the_audit_nor_change_what_names_mean(
    folder: Path, owner: psycopg.Connection, auditor: str
) -> None:
    for name in ("statement_timeout", "idle_in_transaction_session_timeout", "transaction_timeout"):
        owner.execute(f"ALTER ROLE {auditor} SET {name} = '20ms'")
    owner.execute(f"ALTER ROLE {auditor} SET search_path = public, pg_catalog")
    owner.execute("CREATE FUNCTION public.min(bigint) RETURNS bigint RETURN 7")
    report = audit(folder)
    assert [finding.message for finding in report.findings] == ["function public.min(bigint) is not the ledger's"]


def test_a_replica_is_audited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with cluster() as servers:
        monkeypatch.setattr(opening, "address_of", lambda _: servers.primary.url())
        world = World(tmp_path / "ledger")
        world.appoint()
        size = world.ledger.size()
        world.ledger.close()
        (replica,) = servers.replicas
        with servers.primary.connect() as connection:
            (written,) = connection.execute("SELECT pg_current_wal_lsn()").fetchone() or ()
        with replica.connect() as connection:
            reached = "SELECT pg_last_wal_replay_lsn() >= %s"
            while connection.execute(reached, (written,)).fetchone() != (True,):
                pass
        monkeypatch.setattr(opening, "address_of", lambda _: replica.url())
        report = audit(tmp_path / "ledger")
        assert (report.findings, report.entries) == ((), size)


def test_a_server_that_does_not_answer_is_no_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "address_of", lambda _: f"postgresql://postgres@127.0.0.1:{free_port()}/ledger")
    with pytest.raises(Unreachable, match="refused"):
        audit(folder)


def test_a_connection_that_is_lost_in_between_is_no_fault(folder: Path, owner: psycopg.Connection) -> None:
    def ended(*_: int) -> None:
        owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'")

    with pytest.raises(Unavailable, match="terminating connection"):
        audit(folder, ended)


def test_a_table_that_somebody_holds_is_no_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "_BEGIN_AUDIT", f"{postgresql._BEGIN_AUDIT}; SET LOCAL lock_timeout = '50ms'")
    with psycopg.connect(opening.address_of(folder)) as holding:
        holding.execute("LOCK TABLE tree_nodes")
        with pytest.raises(Unavailable, match="lock timeout"):
            audit(folder)


def test_a_database_without_a_ledger_is_none(folder: Path, owner: psycopg.Connection) -> None:
    owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    with pytest.raises(Unreadable, match=r"expected the entries of a ledger; .*does not exist"):
        audit(folder)


def test_text_that_is_none_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database in SQL_ASCII takes every byte."""
    with server().connect() as connection:
        connection.execute("CREATE DATABASE bytes TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
    monkeypatch.setattr(opening, "address_of", lambda _: server().url("bytes"))
    World(tmp_path / "ledger").ledger.close()
    with psycopg.connect(server().url("bytes")) as connection:
        connection.execute(
            "UPDATE sealed_values SET name = convert_from('\\xff', 'SQL_ASCII') WHERE person_id = 'director'"
        )
    report = audit(tmp_path / "ledger")
    with server().connect() as connection:
        connection.execute("DROP DATABASE bytes")
    (finding,) = report.findings
    assert finding.message == "encoding of the database is another one: sql_ascii"
    assert "invalid byte sequence" in finding.consequences.first[0].message
