"""From the arguments of a command to the texts of its form: the inverse of :mod:`api.console.forms.reading`."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from api.console.forms.fields import Field, fields_of
from api.console.forms.typed import Typed
from ledger.domain.decisions.rows import CommandType


def write(row: CommandType, arguments: Mapping[str, Any]) -> Typed:
    """Return the texts of a form in which these arguments, as JSON has them, were entered."""
    return Typed(
        {
            path: texts
            for field in fields_of(row)
            if arguments.get(field.name) is not None
            for path, texts in _written(field, field.name, arguments[field.name])
        }
    )


def _written(field: Field, path: str, value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    match field.kind:
        case "rows":
            for row, group in enumerate(value):
                for part in field.fields:
                    yield from _written(part, f"{path}.{row}.{part.name}", group[part.name])
        case "values":
            parts = {part.name: part for part in field.fields}
            for sealed in value:
                name = sealed["name"]
                yield f"{path}.{name}", (_text(parts[name], sealed["value"]),)
        case "levels":
            for competency, level in value["value"].items():
                yield f"{path}.{competency}", (str(level),)
        case "several":
            yield from [(path, tuple(value))] if value else []
        case _:
            yield path, (_text(field, value if field.sealed is None else value["value"]),)


def _text(field: Field, value: Any) -> str:
    match field.kind:
        case "boolean":
            return "yes" if value else "no"
        case "moment":  # an input of this kind has no zone
            return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None).isoformat()
        case "languages":
            return ", ".join(value)
        case "chain":
            return "\n".join(value)
        case _:
            return str(value)
