"""Imports: the files of each, so that none is imported twice; and taking one back while nothing of it is signed."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from sqlalchemy import delete, insert, or_, select, update

from api.secretariat.desk import ROW, WAITS, DeskTables
from api.secretariat.endings import IN_WORDS, Ending, How
from api.secretariat.importing.reading import table_of
from api.secretariat.proposals import Waiting
from api.secretariat.refusals import NotFiled
from ledger.domain.decisions.scheme import DraftSchemeVersion
from ledger.domain.decisions.session import PlanSession
from ledger.domain.refusal import Refused
from ledger.reading import Draft
from ledger.store.desk_tables import IMPORT_ANSWERS, IMPORTED_FILES, PROPOSALS

IMPORTED_ONCE = frozenset({"session", "candidates", "scores"})
_SIGNED = or_(ROW.leaf.is_not(None), ROW.signatures != b"{}")
_FILE = IMPORTED_FILES.c
_LISTED = 10  # numbers that a refusal names; more do not help


def require_not_imported(desk: DeskTables, source: str, files: dict[str, str]) -> None:
    """Require that the source is new, and each of its files that names people or scores.

    Two workshops may share a plan, not their candidates. Raises ``Refused``.
    """
    if is_import(desk, source):
        raise NotFiled("workshop-imported", session=source)
    for digest, name in files.items():
        known = desk.database.run(select(_FILE.name, _FILE.source).where(_FILE.sha256 == digest))
        if known and table_of(name) in IMPORTED_ONCE:
            raise NotFiled("file-imported", file=name, name=known[0].name, source=known[0].source)


def note_files(desk: DeskTables, source: str, files: dict[str, str]) -> None:
    """Keep the digests of an import's files, with the names of their tables: that of a workbook may name anybody."""
    with desk.transaction() as cursor:
        rows = [{"sha256": digest, "name": name.rpartition("!")[2], "source": source} for digest, name in files.items()]
        cursor.run(insert(IMPORTED_FILES), rows)


def is_import(desk: DeskTables, source: str) -> bool:
    """Whether an import of this name was filed, and not taken back."""
    return bool(desk.database.run(select(_FILE.source).where(_FILE.source == source).limit(1)))


def require_steps_before(desk: DeskTables, item: Waiting) -> None:
    """Require that all that was filed before it from the same source is recorded. Raises ``Refused``."""
    if desk.is_there(ROW.id < item.number, ROW.source == item.source, WAITS):
        raise NotFiled("not-yet")
    if (ended := _ended_before(desk, item)) is not None:
        raise NotFiled("earlier-step-ended", **ended)


def require_drafts_before(desk: DeskTables, item: Waiting) -> None:
    """Require that earlier drafts of a scheme are recorded before a later one, which they could not follow.

    Raises ``Refused``.
    """
    command = item.proposal.command
    if isinstance(command, DraftSchemeVersion):
        earlier = desk.select(ROW.id < item.number, ROW.command == item.proposal.name, WAITS)
        if any(each.proposal.command.subject == command.subject for each in earlier):
            raise NotFiled("not-yet")


def explained(desk: DeskTables, item: Waiting, refused: Refused) -> Refused:
    """Return a refusal of the rules with what may be the reason: an earlier proposal of the import that ended."""
    ended = None if isinstance(refused, NotFiled) else _ended_before(desk, item)
    return refused if ended is None else NotFiled("import-incomplete", reason=refused.words, **ended)


def _ended_before(desk: DeskTables, item: Waiting) -> dict[str, object] | None:
    """Return the number, and how it ended, of the first proposal of its import that did so without being recorded."""
    before = select(ROW.id, ROW.ended).where(ROW.source == item.source, ROW.id < item.number, ROW.ended.is_not(None))
    ended = desk.database.run(before.order_by(ROW.id).limit(1)) if is_import(desk, item.source) else []
    return {"number": ended[0].id, "how": IN_WORDS[How(ended[0].ended)]} if ended else None


def take_back(desk: DeskTables, source: str, ending: Ending, read: Draft) -> int:
    """End all proposals of an import and forget its files; return how many there were.

    Raises ``Refused`` when something of it was signed, and when what was filed later from elsewhere needs what it
    registers.
    """
    if not is_import(desk, source):
        raise Refused("unknown", kind="import", id=source)
    signed = desk.numbers(ROW.source == source, _SIGNED)
    if signed:
        numbers = ", ".join(map(str, signed[:_LISTED])) + (", …" if len(signed) > _LISTED else "")
        raise NotFiled("import-signed", source=source, numbers=numbers)
    waiting = desk.select(WAITS)
    registered = _registered((item for item in waiting if item.source == source), read)
    later = [item for item in waiting if item.source != source]
    needing = {w.source for w in later if any(registered.get(named, w.number) < w.number for named in _named(w))}
    if needing:
        raise NotFiled("import-needed", source=source, sources=", ".join(sorted(needing)))
    ending_now = desk.numbers(ROW.source == source, WAITS)
    with desk.transaction() as cursor:
        desk.end(ending_now, ending)
        cursor.run(delete(IMPORTED_FILES).where(_FILE.source == source))
        # The corrected files come under the same name, and do not follow from these.
        for table in (PROPOSALS, IMPORT_ANSWERS):
            column = table.c.source
            cursor.run(update(table).where(column == source).values(source=column + f" ({ending.how})"))
    return len(ending_now)


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
