"""Other parties' programs that the tests of this folder install, each once, and ask."""

import subprocess
from collections.abc import Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from projections.credentials.proofs import json_ld
from tests.programs import program

T = TypeVar("T")

JS = Path(__file__).parent / "js"
SECONDS = 300
CONTEXTS: dict[str, Any] = {
    url: msgspec.json.decode((Path(json_ld.__file__).parent / "contexts" / name).read_bytes())
    for url, (name, _) in json_ld.PINNED.items()
}
"""The contexts by their addresses, as our documents are read with them."""


def install_once(locked: Path, made: Path, command: Sequence[str]) -> None:
    """Install what the file ``locked`` names, unless ``made`` is newer; the command makes or touches it."""
    with locked.open() as file:
        flock(file, LOCK_EX)  # tests run in several processes: one installs, the others wait
        if not made.exists() or made.stat().st_mtime < locked.stat().st_mtime:
            done = subprocess.run(
                command, cwd=locked.parent, capture_output=True, text=True, timeout=SECONDS, check=False
            )
            assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
            made.touch()


def javascript() -> Path:
    """Return the folder of the verifiers in JavaScript, with the packages in it that the lock file names."""
    program("node")
    command = [program("npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    install_once(JS / "package-lock.json", JS / "node_modules" / ".package-lock.json", command)
    return JS


def answer_of(script: str, question: Any, kind: type[T]) -> T:
    """Return what a script of that folder answers to a question; both are JSON."""
    done = subprocess.run(
        [program("node"), script],
        cwd=javascript(),
        input=msgspec.json.encode(question),
        capture_output=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return msgspec.json.decode(done.stdout, type=kind)
