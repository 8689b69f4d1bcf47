"""The page on ISO/IEC 17024 names every clause and every event, and nothing that does not exist."""

import ast
import re
from collections.abc import Container
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

import pytest

from api.cli.commands import COMMANDS
from api.console.permissions import RULES
from api.lists.catalogue import LISTS
from api.public import about, advisors, certificates, identity, log, sharing, verify
from ledger.domain.subjects import BY_WIRE_NAME, CURRENT_TYPES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "iso17024.md").read_text(encoding="utf-8")
# Clauses of ISO/IEC 17024:2012 that a register can hold, and those of 2026 as far as they are known.
CLAUSES = (
    "4.2",
    "4.3",
    "5.2",
    "6.1 to 6.2",
    "6.3",
    "6.5",
    "7.1",
    "7.2",
    "7.3",
    "7.4",
    "8",
    "9.1",
    "9.2",
    "9.3",
    "9.4.1",
    "9.4.4",
    "9.4.6",
    "9.4.7",
    "9.4.8",
    "9.4.9",
    "9.5",
    "9.6",
    "9.7",
    "9.8",
    "9.9",
    "10.2",
)
PUBLIC = {
    route.path
    for part in (about, advisors, certificates, identity, log, sharing, verify)
    for route in part.router.routes
    if hasattr(route, "path")
}
PLACES: dict[str, Container[str]] = {"console": RULES, "list": LISTS, "public": PUBLIC}


class Row(NamedTuple):
    """One row of the table of a clause, each cell as it is written."""

    clause: str
    events: str
    rule: str
    where: str
    test: str


def rows() -> list[Row]:
    found, clause = [], ""
    for line in PAGE.splitlines():
        if line.startswith("## "):
            heading = re.match(r"## (\d[\d.]*(?: to [\d.]+)?) ", line)
            clause = heading[1] if heading else ""
        elif line.startswith("| `"):
            found.append(Row(clause, *(cell.strip() for cell in line.strip("|").split(" | "))))
    return found


ROWS = rows()


def quoted(text: str) -> list[str]:
    return re.findall(r"`([^`]+)`", text)


@cache
def functions_of(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_clause_has_its_table_in_order() -> None:
    assert list(dict.fromkeys(row.clause for row in ROWS)) == list(CLAUSES)


def test_every_event_of_the_program_is_named_and_no_other() -> None:
    named = {name for name in quoted(PAGE) if re.fullmatch(r"[a-z0-9-]+/v\d+", name)}
    assert named - BY_WIRE_NAME.keys() == set()
    assert {row.wire_name for row in CURRENT_TYPES} - named == set()


def test_what_serves_a_clause_is_not_said_to_serve_none() -> None:
    others = PAGE.partition("## Events that serve no clause")[2]
    assert {name for row in ROWS for name in quoted(row.events)} & set(quoted(others)) == set()


@pytest.mark.parametrize("rule", sorted({rule for row in ROWS for rule in quoted(row.rule)}))
def test_every_rule_is_a_function(rule: str) -> None:
    module, _, name = rule.rpartition(".")
    outside = module.startswith(("api.", "projections.", "ledger."))
    assert callable(getattr(import_module(module if outside else f"ledger.domain.{module}"), name))


def test_every_page_list_command_and_address_exists() -> None:
    for row in ROWS:
        for place in row.where.split(", "):
            kind, _, name = place.rpartition(" `")
            if kind:
                assert name.strip("`") in PLACES[kind], row
            else:
                assert place.strip("`").removeprefix("pca-ledger ") in COMMANDS, row


def test_every_test_exists() -> None:
    for row in ROWS:
        for name in quoted(row.test):
            path, _, function = name.partition("::")
            assert function in functions_of(path), name
