"""A file that is empty, cut short or something else: one line that names it and what was expected, and the exit code of what could not be done."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from api.sharing.subscriptions import subscribe
from tests.api.sharing.subscribed import put_file
from tests.commands import run
from tests.support import World

BREAKS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda data: data[: len(data) // 2],
    "something else": lambda _: b"something else\n",
}
TRUST = ("--trust", "trust.json")
MONITOR = ("monitor", "www", *TRUST, "--state", "seen", "--once")
# The file that is broken, and what is asked then.
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "audit, trust root": ("ledger/trust.json", ("audit",)),
    "audit of an export, trust root": ("trust.json", ("audit", "www", *TRUST)),
    "audit, kept checkpoint": ("www/checkpoint", ("audit", "--seen", "www/checkpoint")),
    "audit, database": ("ledger/ledger.db", ("audit",)),
    "roster, trust root": ("ledger/trust.json", ("roster",)),
    "roster, key of the log": ("ledger/log.key", ("roster",)),
    "roster, published note": ("ledger/published.note", ("roster",)),
    "roster, database": ("ledger/ledger.db", ("roster",)),
    "pending, key": ("ledger/log.key", ("pending", "--key", "ledger/log.key")),
    "monitor, memory": ("seen/monitor.json", MONITOR),
    "monitor, trust root": ("trust.json", MONITOR),
    "set-policy": ("policy", ("set-policy", "policy")),
    "publish, checkpoint": ("www/checkpoint", ("publish", "www")),
    "webhooks": ("ledger/webhooks.json", ("webhooks", "list")),
    "evidence": ("www/checkpoint", ("evidence", "www/checkpoint", "www/checkpoint", *TRUST, "--out", "new")),
    "check-evidence": ("evidence.json", ("check-evidence", "evidence.json", *TRUST)),
    "check-time-stamp": ("stamp", ("check-time-stamp", "www/checkpoint", "stamp", "--authority", "trust.json")),
}
RAW = ("truncated", "JSON is malformed", "Expecting", "ParseError", "MalformedFraming", "Traceback", "codec")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded ledger that was published and watched."""
    folder = tmp_path_factory.mktemp("broken")
    world = World(folder / "ledger")
    world.ledger.close()
    (folder / "trust.json").write_bytes(bytes(world.ledger.trust))
    run(folder, "publish", "www")
    run(folder, *MONITOR)
    put_file(folder / "ledger", subscribe("https://example.org/changes", (), internal=False))
    for name in ("policy", "evidence.json", "stamp"):
        (folder / name).write_bytes(b"x" * 100)
    return folder


@pytest.mark.parametrize("broken", BREAKS)
@pytest.mark.parametrize("command", COMMANDS)
def test_a_broken_file_is_named(whole: Path, tmp_path: Path, command: str, broken: str) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(whole, folder)
    name, arguments = COMMANDS[command]
    path = folder / name
    path.write_bytes(BREAKS[broken](path.read_bytes()))
    for language in ("en", "fr"):
        printed = run(folder, *arguments, code=2 if arguments[0] == "audit" else 1, language=language)
        (line,) = [line for line in printed.splitlines() if line.startswith("pca-ledger: ")]
        assert Path(name).name in line
        assert not any(word in line for word in RAW), line
        assert language == "en" or any(word in line for word in ("attendu", "tronqué", "ne peut être lue")), line


@pytest.mark.parametrize("name", ["ledger.db", "trust.json", "log.key"])
def test_a_missing_file_is_named(whole: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "folder"
    shutil.copytree(whole, folder)
    (folder / "ledger" / name).unlink()
    printed = run(folder, "roster", code=64 if name == "ledger.db" else 1)
    assert name in printed or "there is no ledger here" in printed
    assert len(printed.strip().splitlines()) == 1
