"""Write one page for each type of event: ``python docs/generate_events.py``.

The sentences about fields are in ``docs/fields.toml``. The pages are committed; a test fails when they
differ from what the rows of the events and that file say.
"""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
from msgspec import inspect as types

from ledger.domain.decisions.rows import EventType
from ledger.domain.events.common import Digest, Ratio
from ledger.domain.record import ROLE_LABELS, Fact
from ledger.domain.subjects import COMMAND_TYPES, EARLIER_TYPES, EVENT_TYPES, KIND_OF

FOLDER = Path(__file__).parent / "events"
COMMON = "common"
SHARED = (Digest, Ratio)  # described once, on the index page

ON_THE_WIRE = {
    "text": "JSON string",
    "number": "JSON number, whole, below 2⁵³",
    "yes or no": "`true` or `false`",
    "day": "`YYYY-MM-DD`",
    "moment": "`YYYY-MM-DDTHH:MM:SSZ`, in UTC",
    "bytes": "base64 (RFC 4648, 4)",
    "code": "one of the strings listed",
    "null": "`null`: the meaning says what it states",
}


def load_meanings() -> dict[str, dict[str, str]]:
    """The sentence about each field, by class name or ``common``, then by field."""
    return tomllib.loads((Path(__file__).parent / "fields.toml").read_text(encoding="utf-8"))


def sources(structs: Iterable[type[msgspec.Struct]], meanings: dict[str, dict[str, str]]) -> Iterator[tuple[str, str]]:
    """The table and the key in which each field of these classes finds its sentence. Raises LookupError."""
    for struct in structs:
        for field in msgspec.structs.fields(struct):
            yield _source(struct, field.name, meanings)


def described() -> Iterator[type[msgspec.Struct]]:
    """Every fact and every class inside one, the same class perhaps more than once."""
    for row in EVENT_TYPES:
        yield from _with_parts(row.fact)


def page_name(row: EventType) -> str:
    """``certification-granted/v1`` is described in ``certification-granted-v1.md``."""
    return row.wire_name.replace("/", "-") + ".md"


def page(row: EventType, meanings: dict[str, dict[str, str]]) -> str:
    """The page of one event: what it says, who signs it, its fields, and the command behind it."""
    signers = ", ".join(ROLE_LABELS[role].en for role in row.seats)
    lines = [
        f"# {row.label.en}",
        "",
        f"*{row.label.fr}*",
        "",
        _docstring(row.fact),
        "",
        "| | |",
        "|---|---|",
        f"| wire name | `{row.wire_name}` |",
        f"| stream | `{KIND_OF[row.fact]}` |",
        f"| signed by | {signers} |",
        f"| visibility | {row.visibility} |",
        f"| command | {_command(row.fact)} |",
        f"| in code | `{row.fact.__module__}.{row.fact.__name__}` |",
        "",
        "## Fields",
        "",
        *_table(row.fact, meanings),
        "",
    ]
    if any(part in SHARED for part in _with_parts(row.fact)):
        lines += ["`Digest` and `Ratio` are described with the [types](README.md#types).", ""]
    return "\n".join(lines)


def index(meanings: dict[str, dict[str, str]]) -> str:
    """The list of all events in the order of their rows, and the types of their fields."""
    rows = [
        f"| [{row.label.en}]({page_name(row)}) | {row.label.fr} | `{row.wire_name}` | {row.visibility} |"
        for row in EVENT_TYPES
    ]
    lines = [
        "# Events",
        "",
        "`docs/generate_events.py` writes these pages from `ledger/domain/decisions/` and `docs/fields.toml`.",
        "",
        "| event | événement | wire name | visibility |",
        "|---|---|---|---|",
        *rows,
        "",
        "## Types",
        "",
        "| type | in the statement |",
        "|---|---|",
        *(f"| {name} | {form} |" for name, form in ON_THE_WIRE.items()),
        "",
    ]
    for shape in SHARED:
        lines += [f"`{shape.__name__}`: {_first_line(shape)}", "", *_table(shape, meanings), ""]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Every page by file name. Raises LookupError for a field without a meaning."""
    meanings = load_meanings()
    return {"README.md": index(meanings), **{page_name(row): page(row, meanings) for row in EVENT_TYPES}}


def _command(fact: type[Fact]) -> str:
    if any(fact in command.facts for command in EARLIER_TYPES):
        return "none any more: it is read where it was recorded, and a later version took its place"
    for command in COMMAND_TYPES:
        if fact in command.facts:
            allowed = f" A signer may be the person concerned: {command.own_case}." if command.own_case else ""
            return f"`{command.name}`: {inspect.getdoc(command.decide) or ''}{allowed}"
    return "none: it founds the ledger (`pca-ledger init`)"


def _first_line(struct: type[msgspec.Struct]) -> str:
    return _docstring(struct).splitlines()[0]


def _docstring(struct: type[msgspec.Struct]) -> str:
    """The docstring of a class, as Markdown: a cross-reference becomes the name that it points to."""
    return re.sub(r":\w+:(`[^`]+`)", r"\1", inspect.cleandoc(struct.__doc__ or ""))


def _table(struct: type[msgspec.Struct], meanings: dict[str, dict[str, str]]) -> list[str]:
    rows = [f"| `{path}` | {kind} | {meaning} |" for path, kind, meaning in _fields(struct, "", meanings)]
    if not rows:
        return ["None: the event itself says everything."]
    return ["| field | type | meaning |", "|---|---|---|", *rows]


def _fields(
    struct: type[msgspec.Struct], prefix: str, meanings: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Path, type and meaning of each field, with the fields of its parts below it."""
    for field in msgspec.structs.fields(struct):
        kind = types.type_info(field.type)
        table, key = _source(struct, field.name, meanings)
        yield f"{prefix}{field.name}", _kind(kind), meanings[table][key]
        part = _part(kind)
        if part is not None and part not in SHARED:
            listed = "[]" if isinstance(kind, types.VarTupleType) else ""
            yield from _fields(part, f"{prefix}{field.name}{listed}.", meanings)


def _source(struct: type[msgspec.Struct], field: str, meanings: dict[str, dict[str, str]]) -> tuple[str, str]:
    for table in (struct.__name__, COMMON):
        if field in meanings.get(table, {}):
            return table, field
    raise LookupError(f"docs/fields.toml gives no meaning for {struct.__name__}.{field}")


def _with_parts(struct: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    yield struct
    for field in msgspec.structs.fields(struct):
        part = _part(types.type_info(field.type))
        if part is not None:
            yield from _with_parts(part)


def _part(kind: types.Type) -> type[msgspec.Struct] | None:
    """The class of which a field holds one, at most one, or several."""
    match kind:
        case types.StructType():
            return kind.cls
        case types.VarTupleType():
            return _part(kind.item_type)
        case types.UnionType():
            return next((part for part in map(_part, kind.types) if part is not None), None)
        case _:
            return None


def _kind(kind: types.Type) -> str:
    match kind:
        case types.UnionType():
            return " or ".join(_kind(option) for option in kind.types)
        case types.VarTupleType():
            return f"list of {_kind(kind.item_type)}"
        case types.DictType():
            return f"map from {_kind(kind.key_type)} to {_kind(kind.value_type)}"
        case types.LiteralType():
            return "code: " + ", ".join(f"`{value}`" for value in kind.values)
        case types.EnumType():
            return f"code of a [role](../reference/words.md#{kind.cls.__name__.lower()}s)"
        case types.StructType():
            return f"`{kind.cls.__name__}`"
        case types.StrType():
            return "text"
        case types.IntType():
            return "number"
        case types.BoolType():
            return "yes or no"
        case types.DateType():
            return "day"
        case types.DateTimeType():
            return "moment"
        case types.BytesType():
            return "bytes"
        case types.NoneType():
            return "null"
        case _:
            raise LookupError(f"the event pages have no word for {kind}")


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
