"""A register behind PgBouncer in transaction mode: it records, shows and publishes, and keeps its duties."""

import time
from pathlib import Path

import httpx2
import pytest

from tests.api.cli.test_serving import started
from tests.clusters import durable_server, pooler
from tests.support import World

DUTY = "SELECT count(*) FROM leases WHERE duty = 'publishing' AND holder <> ''"


def test_a_register_behind_pgbouncer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with durable_server() as server, pooler(server) as url:
        monkeypatch.setenv("PCA_LEDGER_DATABASE", url)
        world = World(folder := tmp_path / "ledger")
        world.appoint()
        with started(folder, "serve", "--port", "0", "--ledger", str(folder)) as (address, _):
            for name in ("ama", "efua", "esi"):
                world.person(name)
                position = str(world.ledger.size())
                page = httpx2.get(f"{address}/advisors", headers={"Ledger-Position": position})
                assert (page.status_code, page.headers["Ledger-Position"]) == (200, position)
            size = world.ledger.size()
            deadline = time.monotonic() + 30
            while (health := httpx2.get(f"{address}/health").json())["published"] != size:
                assert time.monotonic() < deadline, health
                time.sleep(0.1)
            assert health["troubles"] == {}
            with server.connect() as connection:
                assert connection.execute(DUTY).fetchone() == (1,)
        world.ledger.close()
