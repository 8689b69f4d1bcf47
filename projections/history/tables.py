"""The tables of the history: each event by position, and which streams belong to a certification."""

from functools import lru_cache

import msgspec

from ledger.domain.events.candidacy import CandidateNominated
from ledger.domain.events.persons import PersonsMerged, PersonsUnmerged
from ledger.domain.events.scheme import SchemeVersionApproved, SchemeVersionDrafted, SchemeVersionDraftedV1
from ledger.domain.events.session import SessionPlanned
from ledger.domain.record import Fact, Signer
from ledger.domain.subjects import BY_FACT
from projections.entry import Entry
from projections.read_model import on
from projections.writing import Cursor

TABLES = {
    "history_events": (
        "position INTEGER PRIMARY KEY, stream TEXT NOT NULL, version INTEGER NOT NULL, wire_name TEXT NOT NULL, "
        "time TEXT NOT NULL, known INTEGER NOT NULL, signers_json TEXT NOT NULL, scheme_version TEXT"
    ),
    "history_sessions": ("session_id TEXT PRIMARY KEY, scheme_id TEXT NOT NULL, scheme_version TEXT NOT NULL"),
    "history_merges": "merged_id TEXT PRIMARY KEY, person_id TEXT NOT NULL",
    "history_candidacies": ("candidacy_id TEXT PRIMARY KEY, person_id TEXT NOT NULL, session_id TEXT NOT NULL"),
}
INDEXES = ("CREATE INDEX IF NOT EXISTS history_of_stream ON history_events (stream)",)


def _event(cursor: Cursor, entry: Entry, _: Fact) -> None:
    _insert(cursor, entry)


def _version(
    cursor: Cursor, entry: Entry, facts: SchemeVersionDrafted | SchemeVersionDraftedV1 | SchemeVersionApproved
) -> None:
    _insert(cursor, entry, facts.version)


def _session(cursor: Cursor, entry: Entry, facts: SessionPlanned) -> None:
    _insert(cursor, entry)
    row = (facts.session_id, facts.scheme_id, facts.scheme_version)
    cursor.execute("INSERT INTO history_sessions VALUES (?, ?, ?)", row)


def _candidacy(cursor: Cursor, entry: Entry, facts: CandidateNominated) -> None:
    _insert(cursor, entry)
    row = (facts.candidacy_id, facts.person_id, facts.session_id)
    cursor.execute("INSERT INTO history_candidacies VALUES (?, ?, ?)", row)


def _merge(cursor: Cursor, entry: Entry, facts: PersonsMerged) -> None:
    _insert(cursor, entry)
    cursor.execute("INSERT INTO history_merges VALUES (?, ?)", (facts.merged_id, facts.person_id))


def _unmerge(cursor: Cursor, entry: Entry, facts: PersonsUnmerged) -> None:
    _insert(cursor, entry)
    cursor.execute("DELETE FROM history_merges WHERE merged_id = ?", (facts.merged_id,))


# Every event belongs to the history.
RECORD = dict(
    [
        *(on(fact, _event) for fact in BY_FACT),
        on(SchemeVersionDrafted, _version),
        on(SchemeVersionDraftedV1, _version),
        on(SchemeVersionApproved, _version),
        on(SessionPlanned, _session),
        on(CandidateNominated, _candidacy),
        on(PersonsMerged, _merge),
        on(PersonsUnmerged, _unmerge),
    ]
)


def _insert(cursor: Cursor, entry: Entry, scheme_version: str | None = None) -> None:
    event = entry.event
    cursor.execute(
        "INSERT INTO history_events VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            entry.position,
            event.stream,
            event.version,
            event.type,
            event.time.isoformat(),
            entry.known,
            _signers_json(event.by, entry.key_ids),
            scheme_version,
        ),
    )


@lru_cache(maxsize=1024)  # the same few people sign much
def _signers_json(by: tuple[Signer, ...], key_ids: tuple[str, ...]) -> str:
    signers = [(signer.person, signer.role, key_id) for signer, key_id in zip(by, key_ids, strict=True)]
    return msgspec.json.encode(signers).decode()
