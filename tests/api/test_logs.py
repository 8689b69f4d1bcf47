"""No value of a person reaches what a process writes: neither an error's text, nor a traceback, nor a query."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.logs import fault, formatter
from ledger.errors import Corrupt

NAME = "Awa Ndiaye-Sarr"
ROOT = Path(__file__).parents[2]
PROVOKED = f"""
import asyncio, gc, logging, threading, time, warnings
from api import logs
logs.set_up()

class Person:
    name = {NAME!r}
    def __repr__(self): return self.name
    def __del__(self): raise ValueError(self.name)

async def task():
    raise KeyError({NAME!r})

async def loop():
    asyncio.get_running_loop().call_soon(lambda: 1 / len({NAME!r}[:0]))
    forgotten = asyncio.create_task(task(), name={NAME!r})
    await asyncio.sleep(0.01)
    del forgotten
    gc.collect()

asyncio.run(loop())
Person()
thread = threading.Thread(target=lambda: int({NAME!r}), name={NAME!r})
thread.start()
thread.join()
warnings.warn({NAME!r})
logging.getLogger("of.a.library").error("failed for {NAME}")
logging.getLogger("of.a.library").error("failed for %s", {NAME!r}, exc_info=KeyError({NAME!r}))
logging.getLogger("uvicorn.error").error("failed for %s", {NAME!r})
logging.getLogger("uvicorn.error").error("wrong arguments", {NAME!r})
raise RuntimeError({NAME!r}) from ValueError({NAME!r})
"""


@pytest.mark.parametrize("form", ["lines", "json"])
def test_nothing_that_goes_wrong_writes_a_value(form: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROVOKED],
        cwd=ROOT,
        env={**os.environ, "PCA_LEDGER_LOG": form},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "Awa" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = done.stderr.splitlines()
    if form == "json":
        objects = [json.loads(line) for line in lines]
        assert {frozenset(line) - {"fault"} for line in objects} == {
            frozenset({"time", "level", "logger", "event", "instance"})
        }
        lines = [f"{line['level']} {line['logger']} {line['event']} {line.get('fault', '')}" for line in objects]
    for expected in (
        "ERROR asyncio asyncio/base_events.py",
        "ZeroDivisionError at ",
        "KeyError at ",
        "ERROR pca-ledger unexpected: ValueError at ",
        "WARNING py.warnings ",
        "ERROR of.a.library ",
        "ERROR uvicorn.error failed for %s",
        "ERROR pca-ledger unexpected: RuntimeError at ",
    ):
        assert any(expected in line for line in lines), (expected, lines)


def broken(depth: int) -> None:
    if depth == 0:
        raise Corrupt("entry-missing", f"the entry of {NAME}")
    broken(depth - 1)


def test_an_error_is_its_class_its_code_and_its_places_innermost_first() -> None:
    with pytest.raises(Corrupt) as raised:
        broken(20)
    places = fault(raised.value)
    assert places.startswith("Corrupt(entry-missing) at tests/api/test_logs.py:")
    assert places.count(" < ") == 5
    assert fault(KeyError(NAME)) == "KeyError"


def test_a_message_cannot_begin_another_line() -> None:
    record = logging.LogRecord(
        "pca-ledger", logging.ERROR, __file__, 1, "a\n2026 ERROR\x1b[2K %s\r\u2028b", ("c",), None
    )
    record.created = 0
    assert formatter(is_json=False).format(record) == "1970-01-01T00:00:00Z ERROR pca-ledger a 2026 ERROR [2K c b"
