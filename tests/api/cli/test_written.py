"""What a served register writes, whatever is sent to it and whatever breaks: never a value of a person."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from api.sharing.webhooks import LOOK_SECONDS
from projections.read_models import ReadModels
from tests.api.secretariat.test_http import Officer
from tests.projections.test_changes import NUMBER
from tests.support import World

ROOT = Path(__file__).parents[3]
MARK = "Zoé-Ñandú"
MARKED = MARK.encode()
LINE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (WARNING|ERROR) [\w.-]+ \S.*")
SECONDS = 60


@contextmanager
def served(folder: Path, written: Path) -> Iterator[str]:
    """A register as an operator starts it; both of its outputs go to a file. Yields its address."""
    with written.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", "from api.cli import main; main()", "serve", "--port", "0", "--ledger", str(folder)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PCA_LEDGER_LANG": "en"},
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        end = time.monotonic() + SECONDS
        while not (address := re.search(r"serving (http://\S+)", written.read_text(encoding="utf-8"))):
            assert process.poll() is None, written.read_text(encoding="utf-8")
            assert time.monotonic() < end
            time.sleep(0.1)
        yield address[1]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(SECONDS)


def spoil(database: Path, statement: str) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute(statement, (MARK,))


def test_no_value_reaches_the_log_whatever_is_sent_and_whatever_breaks(workshop: World, tmp_path: Path) -> None:
    folder, written = workshop.ledger.folder, tmp_path / "written"
    workshop.ledger.close()
    with served(folder, written) as address, httpx2.Client(base_url=address, timeout=SECONDS) as client:
        for path in ("/advisors", "/verify", "/certificates/x", "/none", "/changes"):
            client.get(path, params={"q": MARK, "number": MARK, "on": MARK, "after": MARK})
        for form in (
            b'{"identityHash": ["%s"]}',
            b'{"payloadType": "%s"}',
            b"%%PDF-1.7\n%s",
            b"\x89PNG\r\n\x1a\n%s",
            b"<svg>%s</svg>",
            b"eyJ.%s.x",
        ):
            client.post("/verify", content=form % MARKED)
        client.post("/verify", content=b'number\n"%s\n' % MARKED, headers={"Content-Type": "text/csv"})
        client.post("/verify", files={"file": (MARK, MARKED)}, data={"text": MARK})
        client.post("/wallet/token", content=b"pre-authorized_code=" + MARKED)
        client.post("/wallet/credential", headers={"Authorization": "Bearer zzz"}, content=MARKED)
        client.post(
            "/secretariat/statements", content=MARKED, headers={"Signature": "a=:x:", "Signature-Input": "a=()"}
        )
        director = Officer(client, "director", base=address)
        director.prepare({"command": MARK, "arguments": {MARK: MARK}, "signers": [MARK]})
        director.prepare(
            {"command": "grant-role", "arguments": {"person_id": MARK, "role": MARK}, "signers": ["director"]}
        )
        with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as raw:
            raw.sendall(b"%s / \x00 HTTP/9\r\n%s\r\n\r\n" % (MARKED, MARKED))
            raw.recv(1)
        spoil(folder / "ledger.db", "UPDATE sealed_values SET sealed = ?")
        spoil(
            folder / "ledger.db",
            "INSERT INTO proposals (id, command, arguments, disclosures, signers, source, signatures, follows, filed, filed_by) VALUES (1, ?, X'7B', X'7B', X'7B', 'x', X'7B', 0, 1, 'x')",
        )
        (folder / "webhooks.json").write_text(f'{{"{MARK}": 1}}', encoding="utf-8")
        spoil(folder / "projections.db", "UPDATE certificate_spans SET status = ?")
        assert client.get(f"/certificates/{NUMBER}").status_code == 500
        with httpx2.Client(base_url=address, timeout=SECONDS) as another:  # the server ends a connection after an error
            Officer(another, "director", base=address).send("GET", "/secretariat/statements")
        time.sleep(LOOK_SECONDS + 1)
    lines = written.read_text(encoding="utf-8").splitlines()
    for part in (MARK, "Zoé", "Zo\\xe9", "Ñand", "Awa", "Traceback"):
        assert part not in "\n".join(lines)
    logged = lines[3:]  # after what `serve` says of witnesses, mail and its address
    assert [line for line in logged if not LINE.fullmatch(line)] == []
    assert any(" ERROR uvicorn.error Exception in ASGI application " in line for line in logged), logged
    assert any(" request-refused key=none" in line for line in logged)
    assert any(" WARNING pca-ledger webhooks: " in line for line in logged)


def test_an_error_that_nobody_expected_is_one_line(workshop: World, tmp_path: Path) -> None:
    folder = workshop.ledger.folder
    with ReadModels(workshop.ledger) as models:
        models.catch_up()
    workshop.ledger.close()
    spoil(folder / "projections.db", "UPDATE history_events SET wire_name = ?")
    done = subprocess.run(
        [sys.executable, "-c", "from api.cli import main; main()", "history", NUMBER, "--ledger", str(folder)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "PCA_LEDGER_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 70, done.stderr
    assert MARK not in done.stdout + done.stderr
    assert len(done.stderr.splitlines()) == 1
