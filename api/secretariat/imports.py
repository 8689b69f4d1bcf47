"""Imports: the files of each, so that none is imported twice; and taking one back while nothing of it is signed."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from api.secretariat.desk import WAITS, DeskFile
from api.secretariat.endings import IN_WORDS, Ending, How
from api.secretariat.proposals import Waiting
from api.secretariat.refusals import NotFiled
from ledger.domain.decisions.scheme import DraftSchemeVersion
from ledger.domain.decisions.session import PlanSession
from ledger.domain.refusal import Refused
from ledger.reading import Draft

IMPORTED_ONCE = frozenset({"session", "candidates", "scores"})
_SIGNED = "leaf IS NOT NULL OR signatures <> ?"
_LISTED = 10  # numbers that a refusal names; more do not help


def require_not_imported(desk: DeskFile, source: str, files: dict[str, str]) -> None:
    """Require that the source is new, and each of its files that names people or scores.

    Two workshops may share a plan, not their candidates. Raises ``Refused``.
    """
    if is_import(desk, source):
        raise NotFiled("workshop-imported", session=source)
    for digest, name in files.items():
        known = desk.rows("SELECT name, source FROM imported_files WHERE sha256 = ?", digest)
        if known and Path(name).stem in IMPORTED_ONCE:
            raise NotFiled("file-imported", file=name, name=known[0]["name"], source=known[0]["source"])


def note_files(desk: DeskFile, source: str, files: dict[str, str]) -> None:
    """Keep the digests of an import's files, with their names."""
    with desk.transaction() as cursor:
        rows = [(digest, name, source) for digest, name in files.items()]
        cursor.executemany("INSERT INTO imported_files VALUES (?, ?, ?)", rows)


def is_import(desk: DeskFile, source: str) -> bool:
    """Whether an import of this name was filed, and not taken back."""
    return bool(desk.rows("SELECT 1 FROM imported_files WHERE source = ?", source))


def require_steps_before(desk: DeskFile, item: Waiting) -> None:
    """Require that all that was filed before it from the same source is recorded. Raises ``Refused``."""
    earlier = f"SELECT 1 FROM proposals WHERE id < ? AND source = ? AND {WAITS} LIMIT 1"
    if desk.rows(earlier, item.number, item.source):
        raise NotFiled("not-yet")
    if (ended := _ended_before(desk, item)) is not None:
        raise NotFiled("earlier-step-ended", **ended)


def require_drafts_before(desk: DeskFile, item: Waiting) -> None:
    """Require that earlier drafts of a scheme are recorded before a later one, which they could not follow.

    Raises ``Refused``.
    """
    command = item.proposal.command
    if isinstance(command, DraftSchemeVersion):
        earlier = desk.select(f"WHERE id < ? AND command = ? AND {WAITS}", item.number, item.proposal.name)
        if any(each.proposal.command.subject == command.subject for each in earlier):
            raise NotFiled("not-yet")


def explained(desk: DeskFile, item: Waiting, refused: Refused) -> Refused:
    """Return a refusal of the rules with what may be the reason: an earlier proposal of the import that ended."""
    ended = None if isinstance(refused, NotFiled) else _ended_before(desk, item)
    return refused if ended is None else NotFiled("import-incomplete", reason=refused.words, **ended)


def _ended_before(desk: DeskFile, item: Waiting) -> dict[str, object] | None:
    """Return the number, and how it ended, of the first proposal of its import that did so without being recorded."""
    statement = "SELECT id, ended FROM proposals WHERE source = ? AND id < ? AND ended IS NOT NULL ORDER BY id LIMIT 1"
    ended = desk.rows(statement, item.source, item.number) if is_import(desk, item.source) else []
    return {"number": ended[0]["id"], "how": IN_WORDS[How(ended[0]["ended"])]} if ended else None


def take_back(desk: DeskFile, source: str, ending: Ending, read: Draft) -> int:
    """End all proposals of an import and forget its files; return how many there were.

    Raises ``Refused`` when something of it was signed, and when what was filed later from elsewhere needs what it
    registers.
    """
    if not is_import(desk, source):
        raise Refused("unknown", kind="import", id=source)
    signed = desk.rows(f"SELECT id FROM proposals WHERE source = ? AND ({_SIGNED}) ORDER BY id", source, b"{}")
    if signed:
        numbers = ", ".join(str(row["id"]) for row in signed[:_LISTED]) + (", …" if len(signed) > _LISTED else "")
        raise NotFiled("import-signed", source=source, numbers=numbers)
    waiting = desk.select(f"WHERE {WAITS}")
    registered = _registered((item for item in waiting if item.source == source), read)
    later = [item for item in waiting if item.source != source]
    needing = {w.source for w in later if any(registered.get(named, w.number) < w.number for named in _named(w))}
    if needing:
        raise NotFiled("import-needed", source=source, sources=", ".join(sorted(needing)))
    numbers_of = [int(row["id"]) for row in desk.rows(f"SELECT id FROM proposals WHERE source = ? AND {WAITS}", source)]
    desk.end(numbers_of, ending)
    desk.execute("DELETE FROM imported_files WHERE source = ?", source)
    # The corrected files come under the same name, and do not follow from these.
    for table in ("proposals", "import_answers"):
        desk.execute(f"UPDATE {table} SET source = source || ? WHERE source = ?", f" ({ending.how})", source)
    return len(numbers_of)


def _registered(items: Iterable[Waiting], read: Draft) -> dict[object, int]:
    """Return the ids of what is not recorded yet, and the versions of schemes, with the number that is the first."""
    first: dict[object, int] = {}
    for item in items:
        command = item.proposal.command
        if not read.version(command.subject):
            first.setdefault(command.subject.id, item.number)
        if isinstance(command, DraftSchemeVersion):
            first.setdefault((command.scheme_id, command.version), item.number)
    return first


def _named(item: Waiting) -> set[object]:
    """Return every text in the arguments of a proposal, and the version of the scheme that a workshop cites."""
    command = item.proposal.command
    named = set(_texts(msgspec.to_builtins(command)))
    return named | {(command.scheme_id, command.scheme_version)} if isinstance(command, PlanSession) else named


def _texts(tree: Any) -> Iterator[object]:
    match tree:
        case str():
            yield tree
        case dict():
            for item in tree.values():
                yield from _texts(item)
        case list() | tuple():
            for item in tree:
                yield from _texts(item)
        case _:
            pass
