"""The command line as people use it, each command in a process of its own that need not load everything anew.

Loading takes most of the time of a short command. So one process loads what the commands import, and forks for each
of them: the child has the arguments, folder, environment and open files that it was given, and loads ``api.cli``
itself, as at any start.
"""

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import IO

from tests.commands.client import ask

ROOT = Path(__file__).parents[2]


def run(folder: Path, *arguments: str, language: str = "en", code: int = 0) -> str:
    """Run ``pca-ledger`` in a folder; returns what it printed, on both channels."""
    environment = {
        **os.environ,
        "PCA_LEDGER": "ledger",
        "PCA_LEDGER_LANG": language,
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "40",  # no line is broken, however narrow the terminal
    }
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err, open(os.devnull, "rb") as nothing:
        files = nothing.fileno(), out.fileno(), err.fileno()
        ended = ask(server(), str(folder), environment, arguments, files)
        printed, complained = _read(out), _read(err)
    assert ended == code, (printed, complained)
    assert "Traceback" not in complained
    return printed + complained


def script(path: Path, before: str = "") -> None:
    """Write a program of the shell that stands for ``pca-ledger``; ``before`` is shell code."""
    program = Path(__file__).with_name("client.py")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\n{before}exec {sys.executable} -S -E {program} {server()} "$@"\n', encoding="utf-8")
    path.chmod(0o755)


@cache
def server() -> str:
    """The address of the process that forks for each command; it ends with this one."""
    address = str(Path(tempfile.mkdtemp()) / "commands")
    alive, _writing = os.pipe()  # closed when this process ends
    starting = subprocess.Popen(
        [sys.executable, "-m", "tests.commands.server", address, str(alive)],
        cwd=ROOT,
        pass_fds=(alive,),
        stdout=subprocess.PIPE,
    )
    os.close(alive)
    assert starting.stdout is not None
    assert starting.stdout.readline() == b"listening\n"
    return address


def _read(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()
