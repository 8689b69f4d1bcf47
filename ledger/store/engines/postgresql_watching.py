"""Watches a server: one question for all who wait at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg.pq.abc import PGconn

from ledger.store.port import Mark

SECONDS = 1.0  # for which a server may take to connect and to return a mark; then nobody knows
# Two snapshots are equal only if nothing was committed in between. That of a replica does not list what is under way on
# its primary, so there the position that it has replayed counts too. After a failover another server answers.
_SNAPSHOT = (
    b"SELECT pg_current_snapshot()::text, pg_postmaster_start_time()::text, "
    b"CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()::text END"
)


class PostgreSQLWatch:
    """Implements :class:`ledger.store.port.Watch`."""

    def __init__(self, connect: Callable[[], Awaitable[psycopg.AsyncConnection[Any]]]) -> None:
        self._connect = connect
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._connections = 0  # a snapshot of one server says nothing of another
        self._asking: asyncio.Task[Mark | None] | None = None

    async def mark(self) -> Mark | None:
        earlier = self._asking
        if earlier is not None and not earlier.done():
            await asyncio.wait({earlier})  # it may not know of a commit that this caller knows of
        if self._asking is earlier:
            self._asking = asyncio.create_task(self._ask())
        assert self._asking is not None
        return await asyncio.shield(self._asking)

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.pgconn.finish()  # and waits for nothing

    async def _ask(self) -> Mark | None:
        try:
            async with asyncio.timeout(SECONDS):
                if self._connection is None:
                    self._connection = await self._connect()
                    self._connections += 1
                return (self._connections, *await _row(self._connection.pgconn))
        except (psycopg.Error, OSError, TimeoutError):
            await self.close()
            return None


async def _row(connection: PGconn) -> list[bytes | None]:
    """The one row, by libpq itself: the library's cursors take some three times as long."""
    loop, arrived = asyncio.get_running_loop(), asyncio.Event()
    socket = connection.socket  # which a connection that is lost no longer says, and the loop must still forget
    connection.send_query(_SNAPSHOT)
    loop.add_reader(socket, arrived.set)
    row: list[bytes | None] = []
    try:
        while True:
            while connection.is_busy():
                await arrived.wait()
                arrived.clear()
                connection.consume_input()
            result = connection.get_result()
            if result is None:
                break
            row = [result.get_value(0, column) for column in range(result.nfields)]  # none of an error
    finally:
        loop.remove_reader(socket)
    if not row:
        raise psycopg.OperationalError("no snapshot")
    return row
