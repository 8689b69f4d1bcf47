"""French is set as French: typographic apostrophes, and spaces that keep punctuation on its line."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FILES = [path for folder in ("ledger", "projections", "api") for path in sorted(Path(folder).rglob("*"))]
# The texts of a signed credential stay as they are: an audit compares what is kept with what would be made.
FROZEN = Path("projections/credentials/forms/open_badge.py")
TEXTS = [path for path in FILES if path.suffix in (".py", ".po", ".html", ".typ") and path != FROZEN]
SQL = re.compile(r"\b(SELECT|INSERT|UPDATE|DELETE|CREATE|PRAGMA|WHERE|LIMIT|VACUUM)\b")
STRAIGHT = re.compile(
    r"\b([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quelqu|aujourd)'(?=[aeiouyhàâéèêëîïôûœ{%<])", re.IGNORECASE
)
# A no-break space before « : », a narrow one before « ; ! ? » and inside « »; English has a space before none of them.
BREAKING = re.compile(r"(?:^|[\w)}»’%]) [;:!?»](?=[\s\"'{<)]|$)|« ")
# The same in both languages, or the name of a format; ``{}`` is what the record names.
SAME = {"administration", "version", "omission", "documents", "places", "Signature", "Dates", "Ed25519", "ES256"}
SAME |= {"Action", "Administration", "Certification", "Version"}  # labels of a form
SAME |= {"exclusion", "suspension"}  # decisions
SAME |= {"Mission", "Missions", "mission", "missions", "surveillance", "publication", "sanction"}
SAME |= {"Bluetooth", "NFC", "USB", "Europe"}
SAME |= {"Administrations", "Exceptions", "Signatures", "certification"}  # lists
SAME |= {"ARGUMENTS", "DOCUMENT", "ID", "SOURCE", "URL", "VERSION"}  # names of arguments on the command line
SAME |= {"Badge ({})", "Open Badge 3.0 (JSON-LD)", "Open Badge 3.0 (JWT)", "{} ({})", "{}{}", "{}", "{says}", "{} / {}"}


def constant(node: ast.expr) -> str:
    """A text as written; what an f-string fills in is ``{}``."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "{}"


def literals(tree: ast.AST) -> Iterator[str]:
    """Every text of a program but its docstrings."""
    passed = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    passed |= {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in passed:
            yield constant(node)


def texts(path: Path) -> list[str]:
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text for text in literals(ast.parse(content)) if not SQL.search(text)]
    if path.suffix == ".po":
        return re.findall(r'^msgstr\S* "(.*)"$', content, re.MULTILINE)
    code = re.sub(r"\$\{[^}]*\}", "{}", content)
    return [text for text in re.findall(r"[`\"]([^`\"\n]*)[`\"]", code) if re.search("[àâéèêëîïôûœç’]", text)]


@pytest.mark.parametrize("path", TEXTS, ids=str)
def test_french_is_set_as_french(path: Path) -> None:
    assert [text for text in texts(path) if STRAIGHT.search(text) or BREAKING.search(text)] == []


@pytest.mark.parametrize("text", ["l'an", "n'{}", "vu : {}", "vu ; là", "« oui"])
def test_what_is_set_otherwise_is_found(text: str) -> None:
    assert STRAIGHT.search(text) or BREAKING.search(text)


def test_every_text_in_both_languages_is_translated() -> None:
    calls = [
        node
        for path in FILES
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Words"
    ]
    pairs = [(constant(en), constant(fr)) for en, fr in (call.args for call in calls if len(call.args) == 2)]
    assert len(pairs) > 300
    assert [pair for pair in pairs if "" in pair and pair != ("", "")] == []
    assert {en for en, fr in pairs if en == fr != ""} <= SAME


KEYS = sorted(Path("projections/credentials/keys").glob("*.py"))


@pytest.mark.parametrize("path", KEYS, ids=str)
def test_what_is_wrong_with_a_key_is_told_in_both_languages(path: Path) -> None:
    """Whoever enrols a key at the terminal reads it: no error of this folder has a text in English alone."""
    english = [
        constant(call.args[-1])
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.args
        if len(call.args)
        < {"Unverifiable": 3, "Unfit": 2, "Unreadable": 2, "ValueError": 2, "OSError": 2}.get(call.func.id, 0)
    ]
    assert [text for text in english if text != "{}"] == []
