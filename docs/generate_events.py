"""Write one page an event from the catalogue: ``python docs/generate_events.py``.

The pages are committed; a test fails when they differ from what the catalogue says.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import msgspec

from ledger.domain.decisions.rows import EventType
from ledger.domain.record import ROLE_LABELS, Fact
from ledger.domain.subjects import COMMAND_TYPES, EVENT_TYPES, KIND_OF

FOLDER = Path(__file__).parent / "events"


def page_name(row: EventType) -> str:
    """``certification-granted/v1`` is described in ``certification-granted-v1.md``."""
    return row.wire_name.replace("/", "-") + ".md"


def page(row: EventType) -> str:
    """The page of one event: what it says, who signs it, its fields, and what decides it."""
    signers = ", ".join(ROLE_LABELS[role].en for role in row.seats)
    lines = [
        f"# {row.label.en}",
        "",
        f"*{row.label.fr}*",
        "",
        inspect.cleandoc(row.fact.__doc__ or ""),
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
        "## Facts",
        "",
        *_fields(row.fact),
        "",
    ]
    return "\n".join(lines)


def index() -> str:
    """The list of all events, in the order of the catalogue."""
    rows = [
        f"| [{row.label.en}]({page_name(row)}) | {row.label.fr} | `{row.wire_name}` | {row.visibility} |"
        for row in EVENT_TYPES
    ]
    head = [
        "# Events",
        "",
        "Written by `docs/generate_events.py` from the rows in `ledger/domain/decisions/`.",
        "",
        "| event | événement | wire name | visibility |",
        "|---|---|---|---|",
    ]
    return "\n".join([*head, *rows, ""])


def pages() -> dict[str, str]:
    """Every page by file name."""
    return {"README.md": index(), **{page_name(row): page(row) for row in EVENT_TYPES}}


def _command(fact: type[Fact]) -> str:
    for command in COMMAND_TYPES:
        if fact in command.facts:
            decision = inspect.getdoc(command.decide) or ""
            return f"`{command.name}`: {decision}"
    return "none: it founds the ledger (`pca-ledger init`)"


def _fields(fact: type[Fact]) -> list[str]:
    fields = msgspec.structs.fields(fact)
    if not fields:
        return ["None: the event itself says everything."]
    annotations = {name: text for cls in reversed(fact.__mro__) for name, text in _annotations(cls).items()}
    rows = [f"| `{field.name}` | `{_escape(annotations[field.name])}` |" for field in fields]
    return ["| field | type |", "|---|---|", *rows]


def _annotations(cls: type) -> dict[str, str]:
    return inspect.get_annotations(cls)


def _escape(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Write every page."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
