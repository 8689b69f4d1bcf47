"""Help and errors of usage: every command in both languages, from one list."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from api.cli import app, load
from api.cli.commands import COMMANDS
from tests.api.test_typography import BREAKING, STRAIGHT
from tests.commands import run

ROOT = Path(__file__).parents[3]
PROGRAM = [sys.executable, "-c", "from api.cli import main; main()"]
# What is the same in both languages: names, addresses, and the words that French shares.
SHARED = re.compile(
    r"\[?\b[A-Z_]{2,}\b(\.\.\.)?\]?|--[\w-]+|\b(Arguments?|ARGUMENTS|Options?|OPTIONS|Commandes?|Webhooks|DOCUMENT|SOURCE|audit|date|port|version|variable|quorum|type)\b"
)


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Yield every command below one with its path."""
    for name, below in getattr(command, "commands", {}).items():
        yield " ".join((*path, name)), below
        yield from commands(below, (*path, name))


def test_the_list_holds_every_command_with_its_module() -> None:
    load()
    registered = dict(commands(get_command(app)))
    assert set(registered) == set(COMMANDS)
    for path, command in registered.items():
        inside = command.commands.values() if hasattr(command, "commands") else [command]
        assert {c.callback.__module__ for c in inside} == {f"api.cli.{COMMANDS[path].module}"}, path


def test_every_parameter_has_help() -> None:
    load()
    for path, command in commands(get_command(app)):
        for parameter in command.params:
            assert parameter.help, (path, parameter.name)


@pytest.mark.parametrize("path", ["", *COMMANDS])
def test_help_is_in_french_where_french_is_asked(tmp_path: Path, path: str) -> None:
    """No line of the French help is in English, and it is set as French is."""
    english, french = (run(tmp_path, *path.split(), "--help", language=language) for language in ("en", "fr"))
    same = {line.strip() for line in english.splitlines()} & {line.strip() for line in french.splitlines()} - {""}
    untranslated = [line for line in same if re.search(r"[a-z]{3,} [a-z]{2,} [a-z]", SHARED.sub("", line))]
    assert untranslated == []
    assert french.startswith(f"Utilisation\u00a0: pca-ledger {path}".rstrip())
    assert not STRAIGHT.search(french), french
    assert not BREAKING.search(french), french
    for word in ("required", "default", "Show ", "Usage:", "Options:", "Commands:", "NUMBER", "PATH", "TEXT"):
        assert not re.search(rf"\b{word}\b" if word.isalpha() else re.escape(word), french), (word, french)


@pytest.mark.parametrize(
    ("arguments", "en", "fr"),
    [
        (["rostre"], "rostre: unknown command; did you mean roster", "rostre : commande inconnue ; vouliez-vous dire roster"),
        (["keys", "foo"], "foo: unknown command", "foo : commande inconnue"),
        (["--"], "the command is missing", "la commande manque"),
        (["holder"], "NUMBER: missing", "NUMÉRO : valeur manquante"),
        (["sign", "x"], "NUMBERS: expected a whole number, found 'x'", "NUMÉROS : attendu : un nombre entier, et non « x »"),
        (["proof", "0", "x"], "ENTRY: expected a whole number, 1 or more, found '0'", "ENTRÉE : attendu : un nombre entier, 1 ou plus, et non « 0 »"),
        (["serve", "--port", "70000"], "--port: expected a whole number from 0 to 65535", "--port : attendu : un nombre entier de 0 à 65535"),
        (["roster", "x"], "x: unexpected argument", "x : argument inattendu"),
        (["roster", "--onn", "x"], "--onn: unknown option; did you mean --on?", "--onn : option inconnue ; vouliez-vous dire --on ?"),
        (["roster", "--on"], "--on: expected a value", "--on : une valeur est attendue"),
        (["demo", "--no-serve=1"], "--no-serve: takes no value", "--no-serve : cette option ne prend pas de valeur"),
        (["issuer", "new-key", "x", "--kind", "z"], "--kind: expected one of ed25519 | p256", "--kind : valeur attendue parmi ed25519 | p256"),
        (["issuer", "revoke", "x", "--security-key", "k", "--reason", "lost", "--since", "z"], "--since: expected a date and time", "--since : attendu : une date et heure"),
    ],
)  # fmt: skip
def test_an_error_of_usage_is_one_line_in_the_language(tmp_path: Path, arguments: list[str], en: str, fr: str) -> None:
    for language, expected, help_is_at in (("en", en, "; for help, run "), ("fr", fr, " ; pour l’aide, lancez ")):
        printed = run(tmp_path, *arguments, language=language, code=64)
        assert f"pca-ledger: {expected}" in printed
        assert help_is_at in printed
        assert len(printed.splitlines()) == 1


def test_a_group_without_a_command_shows_its_help(tmp_path: Path) -> None:
    assert "Commands:\n  new" in run(tmp_path, "keys", code=64)
    assert "Commandes\u00a0:\n  serve" in run(tmp_path, language="fr", code=64)


def test_the_versions_are_shown(tmp_path: Path) -> None:
    lines = run(tmp_path, "--version").splitlines()
    assert [line.split()[0] for line in lines] == ["pca-ledger", "Python", "SQLite", "statement", "bundle"]
    assert lines[0] == "pca-ledger 0.1.0"


@pytest.mark.parametrize(
    ("variables", "begins"),
    [
        ({"LANG": "fr_FR.UTF-8"}, "Utilisation"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "fr_SN.UTF-8"}, "Utilisation"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8"}, "Usage"),
        ({"LANG": "fr_FR.UTF-8", "LC_ALL": "C.UTF-8", "PCA_LEDGER_LANG": "fr"}, "Utilisation"),
        ({"LANG": "fr_FR.UTF-8", "PCA_LEDGER_LANG": "en"}, "Usage"),
        ({"LANG": "", "PCA_LEDGER_LANG": ""}, "Usage"),
    ],
)
def test_the_first_variable_that_is_set_decides_on_the_language(variables: dict[str, str], begins: str) -> None:
    others = {name: value for name, value in os.environ.items() if name != "LANG" and not name.startswith("LC_")}
    environment = {**others, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **variables}
    done = subprocess.run([*PROGRAM, "keys", "--help"], env=environment, capture_output=True, check=True, timeout=60)
    assert done.stdout.decode().startswith(begins)


def test_a_terminal_without_the_letter_shows_something_all_the_same() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "PCA_LEDGER_LANG": "fr"}
    done = subprocess.run([*PROGRAM, "--help"], env=environment, capture_output=True, check=True, timeout=60)
    assert b"Registre" in done.stdout.title()


def test_help_loads_no_command_and_no_database() -> None:
    """Case: ``--help`` took more than a second of processor time."""
    program = "import sys; sys.argv[1:] = ['--help']\nfrom api.cli import main\ntry: main()\nexcept SystemExit: pass\nprint('loaded', *sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True, timeout=60)
    loaded = done.stdout.decode().rpartition("loaded ")[2].split()
    assert "api.cli.common" in loaded
    heavy = {
        "eventsourcing",
        "fastapi",
        "uvicorn",
        "cryptography",
        "sqlite3",
        "ledger.store",
        "projections",
        "pydantic",
    }
    assert heavy & set(loaded) == set()
