"""The inbox of an earlier version, which was a file beside the ledger: its rows are taken into the record."""

from pathlib import Path
from secrets import token_hex
from typing import Any

from sqlalchemy import insert, update

from api.secretariat.desk import DeskTables
from api.secretariat.endings import COMMAND_LINE
from api.secretariat.requests import digests
from api.secretariat.sealing import REASON, VALUES
from ledger.store.desk_tables import DESK_HEAD, IMPORT_ANSWERS, IMPORTED_FILES, NONCES, PROPOSALS, REQUESTS
from ledger.store.earlier import Rows, other, read_rows, take_in

FILE = "desk.db"
_OFFICER = "officer "
_KEPT = ("id", "command", "arguments", "signers", "source", "payload", "signatures", "follows", "leaf")
_ENDING = ("ended", "ended_at", "ended_by")


def take_in_desk(desk: DeskTables, folder: Path, size: int, now: int) -> None:
    """Take in the file, if there is one, with the numbers that its proposals have.

    What it notes as recorded after the ``size`` entries of the log is left out: it belongs to a log that was set back.
    ``now`` counts for what was filed by a version that did not note when. Raises ``Unreadable``.
    """
    file = folder / FILE
    if not file.exists():
        return
    with desk.transaction() as cursor:

        def put(rows: Rows) -> None:
            ((last,),) = cursor.run(DESK_HEAD.select().with_only_columns(DESK_HEAD.c.last))
            if last:
                raise other(file)
            proposals = [row for row in rows.get("proposals", ()) if (row["leaf"] or 0) < size]
            for row in proposals:
                cursor.run(insert(PROPOSALS), _proposal(desk, row, now))
            cursor.run(update(DESK_HEAD).values(last=max((row["id"] for row in rows.get("proposals", ())), default=0)))
            cursor.run(insert(IMPORTED_FILES), rows.get("imported_files", []))
            answers = [{**row, "id": token_hex()} for row in rows.get("import_answers", ())]
            cursor.run(insert(IMPORT_ANSWERS), answers)
            cursor.run(insert(NONCES), rows.get("nonces", []))
            numbers = {row["id"] for row in proposals}
            requests = [_request(row) for row in rows.get("requests", ()) if row["number"] in numbers]
            cursor.run(insert(REQUESTS), requests)

        take_in(cursor, file, read_rows, put)


def _proposal(desk: DeskTables, row: dict[str, Any], now: int) -> dict[str, Any]:
    source, filed = row["source"], row.get("filed")
    filed_by = row.get("filed_by") or (source.removeprefix(_OFFICER) if source.startswith(_OFFICER) else COMMAND_LINE)
    kept = {name: row.get(name) for name in (*_KEPT, *_ENDING)}
    kept |= {"filed": filed if isinstance(filed, int) and filed else now, "filed_by": filed_by}
    if row["disclosures"] != b"[]":
        kept |= desk.sealing.sealed(VALUES, row["disclosures"])
    if (reason := row.get("reason")) is not None:
        kept |= desk.sealing.sealed(REASON, reason.encode())
    return kept


def _request(row: dict[str, Any]) -> dict[str, Any]:
    key, request = digests(row["key"], bytes.fromhex(row["request"]))
    return {**row, "key": key, "request": request}
