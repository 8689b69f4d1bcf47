"""The command line ``pca-ledger``. Its exit codes are in docs/reference/command-line.md."""

import sys
from importlib import import_module
from io import TextIOWrapper

import typer
from typer.main import get_command

from api import logs
from api.cli.commands import COMMANDS, FAILED
from api.cli.common import app

__all__ = ["app", "load", "main"]


def load(command: str | None = None) -> None:
    """Load the module of ``command`` only, so that commands that serve nothing start fast; every module if None."""
    modules = [row.module for name, row in COMMANDS.items() if command is None or name == command]
    for module in dict.fromkeys(modules):
        import_module(f"api.cli.{module}")


def main() -> None:
    """Run one command; an expected failure prints one line on standard error."""
    logs.set_up()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # as on standard error: no character ends a command
    name = next((argument for argument in sys.argv[1:] if not argument.startswith("-")), "")
    load(name)
    try:
        sys.exit(get_command(app).main(prog_name="pca-ledger", standalone_mode=False))
    except (Exception, typer.Abort) as error:  # noqa: BLE001 - a traceback would show names and what people typed
        from api.cli.failing import end  # it knows every kind of failure, and so loads much

        sys.exit(end(error, COMMANDS[name].failed if name in COMMANDS else FAILED))
