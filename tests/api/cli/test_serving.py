"""``serve`` and ``demo`` as people start them: in a process of their own, asked over HTTP."""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Timer

import httpx2
import pytest

from api.notices.outbox import Outbox, Place
from projections.read_models import ReadModels
from tests.api.notices.postbox import Postbox
from tests.api.notices.postbox import listening as mail_server
from tests.commands import run
from tests.engines import copy_ledger, ledgers_on, server
from tests.support import World

ROOT = Path(__file__).parents[3]
SECONDS = 120


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """Start a serving command; answers its address and what it printed before."""
    process = subprocess.Popen(
        [sys.executable, "-c", "from api.cli import main; main()", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    printed, address = "", None
    patience = Timer(SECONDS, process.kill)  # without the address, the next line never comes
    patience.start()
    for line in process.stdout:
        printed += line
        address = re.search(r"(?:serving|disponible sur) (http://\S+)", line)
        if address:
            break
    patience.cancel()
    try:
        assert address is not None, printed
        yield address[1], printed
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=30)
        assert "Traceback" not in rest, rest


@pytest.fixture
def mail(monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, which processes know."""
    with mail_server() as postbox:
        monkeypatch.setenv("PCA_LEDGER_SMTP", f"smtp://127.0.0.1:{postbox.port}")
        monkeypatch.setenv("PCA_LEDGER_MAIL_FROM", "register@register.example.org")
        yield postbox


@pytest.mark.usefixtures("mail")
def test_a_demonstration_is_made_introduced_and_served(tmp_path: Path) -> None:
    arguments = ("demo", "--in", "register", "--port", "0")
    with started(tmp_path, *arguments) as (address, printed):
        urls = [url for url in re.findall(r"http://\S+", printed) if url != address]
        assert len(urls) == 9
        for url in urls:
            assert url.startswith(address)
            opened = httpx2.get(url, headers={"Accept": "text/html"}, follow_redirects=True)
            assert opened.status_code == 200, url
        assert httpx2.get(f"{address}/health").json()["status"] == "ok"
    commands = re.findall(r"^  \./dev run (.*)$", printed, re.MULTILINE)
    assert len(commands) == 7
    answers: dict[str, str] = {}
    for command in commands:
        ledger = () if command.startswith("verify") else ("--ledger", "register/ledger")
        answers[command.split()[0]] = run(tmp_path, *command.split(), *ledger)
    assert "Consent to publication given: person" in answers["pending"]
    assert "1 waiting" in answers["pending"]
    assert "1 signed, none waiting" in answers["sign"]
    with started(tmp_path, *arguments) as (address, _):  # found again, not made again
        assert httpx2.get(f"{address}/advisors").json()["advisors"]
        duties = re.findall('leases_held{duty="([a-z]+)"}', httpx2.get(f"{address}/metrics").text)
        assert sorted(duties) == ["documents", "publishing", "webhooks"], "and it sends no notices"


def test_a_ledger_is_served(workshop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mail: Postbox) -> None:
    details = [{"name": "email", "value": "awa@example.org"}]
    workshop.do("update-person-details", "registrar", person_id="awa", details=details)
    Outbox(workshop.ledger).queue([], workshop.now, Place(0))
    workshop.ledger.close()
    serve = ("serve", "--port", "0", "--ledger", str(workshop.ledger.folder))
    monkeypatch.setenv("PCA_LEDGER_LANG", "fr")
    with monkeypatch.context() as patched:
        patched.setenv("PCA_LEDGER_SMTP", "")
        with started(tmp_path, *serve) as (_, printed):
            assert "ce journal n’a aucun témoin" in printed
            assert "aucun avis n’est envoyé par courriel" in printed
    monkeypatch.setenv("PCA_LEDGER_LANG", "en")
    with started(tmp_path, *serve) as (address, printed):
        assert "this log has no witnesses" in printed
        page = httpx2.get(f"{address}/", headers={"Accept": "text/html"}).text
        assert "Demonstration, not an official register." in page
        assert "simulated clock" not in page
        assert "no notices" not in printed
        until = time.monotonic() + SECONDS
        while not mail.mails and time.monotonic() < until:
            time.sleep(0.05)
        assert mail.recipients == ["awa@example.org"]
        assert f"{address}/certificates/" in mail.mails[0].get_content()


def test_what_is_broken_keeps_nothing_else_from_being_served(workshop: World, tmp_path: Path) -> None:
    folder = workshop.ledger.folder
    with ReadModels(workshop.ledger):
        pass  # they are there, and closed
    workshop.ledger.close()
    for name in ("desk.db", "webhooks.json"):
        (folder / name).write_bytes(b"{" * 8192)
    with closing(sqlite3.connect(folder / "projections.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with started(tmp_path, "serve", "--port", "0", "--ledger", str(folder)) as (address, _):
            assert len(httpx2.get(f"{address}/advisors").json()["advisors"]) == 0, "that workshop is long ago"
            deadline = time.monotonic() + SECONDS
            while len(httpx2.get(f"{address}/health").json()["troubles"]) < 2 and time.monotonic() < deadline:
                time.sleep(0.2)
            health = httpx2.get(f"{address}/health")
            assert (health.status_code, health.json()["status"]) == (200, "ok")
            assert set(health.json()["troubles"]) == {"inbox", "webhooks"}


@pytest.mark.parametrize("command", [("serve",), ("demo", "--in", "register")])
def test_a_port_that_is_taken_is_said_at_once(tmp_path: Path, command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.listen()
        printed = run(tmp_path, *command, "--port", str(taken.getsockname()[1]), code=64)
    assert "--port: cannot listen" in printed
    assert not (tmp_path / "register").exists()


def test_a_demonstration_that_is_not_served_takes_no_port(demonstration: Path, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        found = ("demo", "--in", str(shutil.copytree(demonstration, tmp_path / "register")), "--no-serve")
        assert f"http://127.0.0.1:{port}/advisors\n" in run(tmp_path, *found, "--port", port)
        assert "http://127.0.0.1:8000/advisors\n" in run(tmp_path, *found, "--port", "0")
        (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
        refused = run(tmp_path, "demo", "--in", ".", "--no-serve", "--port", port, code=64)
    assert "expected an empty folder" in refused, "not even before one is made"


def test_another_folder_is_not_taken_for_a_demonstration(tmp_path: Path) -> None:
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / "mine.txt").write_text("mine", encoding="utf-8")
    assert "expected an empty folder" in run(tmp_path, "demo", "--in", "register", "--port", "0", code=64)
    assert "no ledger here" in run(tmp_path, "serve", "--port", "0", "--ledger", "register", code=64)


def test_a_process_that_only_reads_serves_what_is_public(workshop: World) -> None:
    folder = workshop.ledger.folder
    workshop.ledger.close()
    before = (folder / "ledger.db").read_bytes()
    with started(folder, "serve", "--read-only", "--port", "0", "--ledger", str(folder)) as (address, _):
        assert httpx2.get(f"{address}/advisors", headers={"Ledger-Position": "1"}).status_code == 200
        assert httpx2.get(f"{address}/secretariat/statements").status_code == 404
    assert (folder / "ledger.db").read_bytes() == before


@pytest.mark.parametrize(
    ("address", "code", "en", "fr"),
    [
        ("mysql://u:hunter2@h/n", 64, "expected postgresql://", "postgresql://UTILISATEUR@HÔTE/NOM"),
        ("postgresql://u:hun/hunter2@h/n", 64, "expected postgresql://", "postgresql://UTILISATEUR@HÔTE/NOM"),
        ("postgresql://u:hunter2@nowhere.invalid/n", 1, "cannot be reached (nowhere.invalid/n: ", "est injoignable ("),
        ("postgresql://u:hunter2@127.0.0.1:1/n", 1, "Connection refused Is the server", "est injoignable ("),
        (
            "postgresql://nobody:hunter2@127.0.0.1:{port}/postgres",
            1,
            'role "nobody" does not exist',
            "est injoignable (",
        ),
        ("postgresql://postgres:hunter2@127.0.0.1:{port}/n", 1, 'database "n" does not exist', "est injoignable ("),
    ],
)
def test_a_database_that_cannot_be_used_is_said_in_one_line_without_its_password(
    workshop: World, monkeypatch: pytest.MonkeyPatch, address: str, code: int, en: str, fr: str
) -> None:
    folder = workshop.ledger.folder
    workshop.ledger.close()
    monkeypatch.setenv("PCA_LEDGER_DATABASE", address.replace("{port}", str(server().port)))
    for language, says in (("en", en), ("fr", fr)):
        printed = run(folder, "serve", "--port", "0", "--ledger", str(folder), language=language, code=code)
        assert says in printed
        assert (printed.count("\n"), "hunter2" in printed) == (1, False), printed


def test_a_role_that_may_not_read_is_told_so(workshop: World, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = workshop.ledger.folder
    with ledgers_on("postgresql", folder.parent) as engine:
        workshop.ledger.close()
        (folder.parent / "other").mkdir()
        copy_ledger(folder, copied := folder.parent / "other" / "ledger")
        monkeypatch.setenv("PCA_LEDGER_DATABASE", engine.address_of(copied).replace("postgres@", "stranger@"))
        with server().connect() as connection:
            connection.execute("CREATE ROLE stranger LOGIN")
        printed = run(copied, "serve", "--port", "0", "--ledger", str(copied), code=1)
    assert "forbids this to its role (" in printed
    assert "permission denied for table" in printed
