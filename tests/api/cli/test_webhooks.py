"""Webhooks as the operator manages them: added, tested, listed, delivered once, removed."""

import os
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from api.sharing.subscriptions import subscribe
from ledger.store.leases import WEBHOOKS, holding
from tests.api.sharing.subscribed import put_file
from tests.commands import run
from tests.support import World

Got = list[tuple[dict[str, str], bytes]]


@pytest.fixture
def receiving() -> Iterator[tuple[str, Got]]:
    """The address of a server that acknowledges everything, and what it got."""
    got: Got = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/hook", got
    server.shutdown()
    server.server_close()


def webhooks(folder: Path, *arguments: str, code: int = 0) -> str:
    return run(folder, "webhooks", *arguments, code=code)


def test_the_life_of_a_subscription(
    workshop: World, tmp_path: Path, receiving: tuple[str, Got], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCA_LEDGER_URL", "https://register.example.org")
    workshop.ledger.close()
    url, got = receiving
    added = re.search(r"^(\w+)  secret (whsec_\S+)$", webhooks(tmp_path, "add", url, "--after", "0"), re.MULTILINE)
    assert added is not None
    name, secret = added.groups()
    assert "acknowledged" in webhooks(tmp_path, "test", name)
    assert Webhook(secret).verify(got[0][1], got[0][0])["type"] == "test"
    assert "everything has been sent" in webhooks(tmp_path, "deliver")
    assert Webhook(secret).verify(got[1][1], got[1][0])["type"] == "certificate.issued"
    webhooks(tmp_path, "deliver")
    assert len(got) == 2
    listed = webhooks(tmp_path, "list")
    assert re.search(rf"^{name}  {re.escape(url)}  every certificate  sent up to entry \d+$", listed, re.MULTILINE)
    assert secret not in listed
    webhooks(tmp_path, "remove", name)
    assert name not in webhooks(tmp_path, "list")
    assert "no subscription" in webhooks(tmp_path, "test", name, code=64)


def test_a_new_one_begins_now_and_what_fails_is_listed(
    workshop: World, tmp_path: Path, receiving: tuple[str, Got], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCA_LEDGER_URL", "https://register.example.org")
    workshop.ledger.close()
    url, got = receiving
    webhooks(tmp_path, "add", url)
    webhooks(tmp_path, "deliver")
    assert got == []
    webhooks(tmp_path, "add", "http://127.0.0.1:9/", "--after", "0", "--number", "TOA-PCA-FR-2017-01-BTH")
    assert "some notifications were not acknowledged" in webhooks(tmp_path, "deliver", code=1)
    listed = webhooks(tmp_path, "list")
    assert "TOA-PCA-FR-2017-01-BTH" in listed
    assert "failed 1 times: " in listed


def test_one_that_cannot_be_opened_is_listed_and_removed(workshop: World, tmp_path: Path) -> None:
    name = webhooks(tmp_path, "add", "https://hooks.example/").split()[0]
    workshop.ledger.keys.destroy([f"webhooks:{name}"])
    workshop.ledger.close()
    said = webhooks(tmp_path, "list")
    assert f"the keys that are there do not open {name}; remove it and add it again" in said
    assert f"{name} removed" in webhooks(tmp_path, "remove", name)
    assert name not in webhooks(tmp_path, "list")


def test_the_file_of_an_earlier_version_is_taken_in(workshop: World, tmp_path: Path) -> None:
    workshop.ledger.close()
    subscription = subscribe("https://hooks.example/", (), internal=False)
    for command in ("list", "add", "remove"):
        folder = tmp_path / command
        shutil.copytree(workshop.ledger.folder, folder / "ledger")
        file = put_file(folder / "ledger", subscription)
        arguments = {"list": (), "add": ("https://hooks.example/",), "remove": (subscription.id,)}[command]
        webhooks(folder, command, *arguments)
        assert not file.exists()
        assert (subscription.id in webhooks(folder, "list")) == (command != "remove")


def test_one_who_sends_already_is_named(
    workshop: World, tmp_path: Path, receiving: tuple[str, Got], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PCA_LEDGER_URL", "https://register.example.org")
    webhooks(tmp_path, "add", receiving[0], "--after", "0")
    with holding(workshop.ledger.folder, WEBHOOKS):
        said = webhooks(tmp_path, "deliver", code=1)
        assert f"another process does this: {socket.gethostname()}, process {os.getpid()}" in said
        assert receiving[1] == []
    assert "everything has been sent" in webhooks(tmp_path, "deliver")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "http://hooks.example/"), "url: expected https://"),
        (("add", "https://hooks.example/", "--number", "X"), "numbers: X"),
        (("remove", "abc"), "ID: there is no subscription abc"),
        (("deliver",), "PCA_LEDGER_URL: expected"),
    ],
)
def test_wrong_input_is_said(
    workshop: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], says: str
) -> None:
    monkeypatch.delenv("PCA_LEDGER_URL", raising=False)
    workshop.ledger.close()
    assert says in webhooks(tmp_path, *arguments, code=64)
    assert not (tmp_path / "ledger" / "webhooks.json").exists()


def test_without_a_ledger_there_are_none(tmp_path: Path) -> None:
    for arguments in (("list",), ("remove", "abc"), ("add", "https://hooks.example/")):
        assert "there is no ledger here" in webhooks(tmp_path, *arguments, code=64)
