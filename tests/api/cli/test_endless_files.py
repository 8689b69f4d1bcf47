"""A file without end, in whatever place: one line that names it, and the exit code of what could not be done."""

from pathlib import Path

import pytest

from tests.commands import run
from tests.support import World, key_of

ENDLESS = "/dev/zero"
COMMANDS = {
    "verify": ("verify", "trust.json", "--trust", ENDLESS),
    "audit": ("audit", "elsewhere", "--trust", ENDLESS),
    "audit, seen": ("audit", "--seen", ENDLESS),
    "evidence": ("evidence", "trust.json", ENDLESS, "--trust", "trust.json", "--out", "new"),
    "check-evidence": ("check-evidence", ENDLESS, "--trust", "trust.json"),
    "check-time-stamp": ("check-time-stamp", "trust.json", ENDLESS, "--authority", "trust.json"),
    "set-policy": ("set-policy", ENDLESS),
    "sign": ("sign", "--key", ENDLESS),
    "issuer enrol": ("issuer", "enrol", f"file:{ENDLESS}", "--director-key", "key", "--security-key", "key"),
    "issuer enrol, chain": (
        *("issuer", "enrol", "file:key", "--chain", ENDLESS),
        *("--director-key", "key", "--security-key", "key"),
    ),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded ledger, its trust root and a key."""
    folder = tmp_path_factory.mktemp("endless")
    world = World(folder / "ledger")
    world.ledger.close()
    (folder / "trust.json").write_bytes(bytes(world.ledger.trust))
    key_of("director").save(folder / "key")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_without_end_is_refused_by_name(folder: Path, command: str) -> None:
    could_not = {"verify": 3, "audit": 2, "audit, seen": 2}
    printed = run(folder, *COMMANDS[command], code=could_not.get(command, 1))
    assert printed.startswith("pca-ledger: ")
    assert "/dev/zero: expected at most" in printed
    assert len(printed.splitlines()) == 1
