"""The tables of the secretariat's console: who is signed in, links, saved lists, and what waits for a passkey.

Their statements are with those who use them, outside of the ledger. Moments are in seconds. Secrets are kept as
digests, so nobody who reads the record or a backup can use one. Everything about a person is deleted in the transaction
that erases them, and with it whatever may name anybody; the inbox destroys its keys before anything is acknowledged.
"""

from collections.abc import Iterable

from sqlalchemy import Column, LargeBinary, Table, Text, delete
from sqlalchemy.dialects.postgresql import insert

from ledger.store.desk_tables import KEYS_GOING
from ledger.store.port import Cursor
from ledger.store.tables import RECORD, Long

# ``id`` is the digest of the cookie's secret; ``kind`` says whose pages it opens; ``key`` is the id of the key that
# signed in, empty after a link. ``why`` says how it ended.
SESSIONS = Table(
    "console_sessions",
    RECORD,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("key", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("began", Long, nullable=False),
    Column("seen", Long, nullable=False),
    Column("ended", Long),
    Column("why", Text),
)
# Links that one person may use once: ``code`` is the digest of the secret in the address, ``number`` the statement that
# came of it and waits.
LINKS = Table(
    "console_links",
    RECORD,
    Column("code", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("person", Text, nullable=False, index=True),
    Column("made_by", Text, nullable=False),
    Column("until", Long, nullable=False, index=True),
    Column("number", Long),
    Column("used", Long),
)
# Challenges that wait for a passkey, each to be used once: ``challenge`` in hex, ``session`` a digest or empty. Two
# officers who sign the same statements at once have the same challenge.
CEREMONIES = Table(
    "console_ceremonies",
    RECORD,
    Column("challenge", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("session", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("until", Long, nullable=False, index=True),
)
# The files of an import that somebody checks, until they confirm it, give it up, or a day has passed: one for a person.
# ``files`` is sealed under the key that is named beside it; ``token`` changes with the files and with each answer.
UPLOADS = Table(
    "console_uploads",
    RECORD,
    Column("person", Text, primary_key=True),
    Column("token", Text, nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("files_key", Text, nullable=False),
    Column("until", Long, nullable=False, index=True),
)
# What each passkey counted when it was used last; ``went_back`` is when it counted less than before.
COUNTERS = Table(
    "passkey_counters",
    RECORD,
    Column("key", Text, primary_key=True),
    Column("count", Long, nullable=False),
    Column("went_back", Long),
)
# Lists that officers ask again, each sealed under the key that is named beside it: the name, the filters and the days.
SAVED_LISTS = Table(
    "console_saved_lists",
    RECORD,
    Column("id", Text, primary_key=True),  # random
    Column("person", Text, nullable=False, index=True),
    Column("saved", LargeBinary, nullable=False),
    Column("saved_key", Text, nullable=False),
)
OF_PERSONS = (SESSIONS, LINKS, CEREMONIES)
# What people typed or sent may name anybody, in any spelling: each erasure removes all of it.
OF_ANYBODY = ((UPLOADS, UPLOADS.c.files_key), (SAVED_LISTS, SAVED_LISTS.c.saved_key))


def erase(cursor: Cursor, person_ids: Iterable[str]) -> None:
    """Delete everything about these persons, inside the transaction that records the erasure."""
    person_ids = list(person_ids)
    for table in OF_PERSONS:
        cursor.run(delete(table).where(table.c.person.in_(person_ids)))
    for table, key in OF_ANYBODY:
        owners = [{"owner": owner} for (owner,) in cursor.run(delete(table).returning(key))]
        cursor.run(insert(KEYS_GOING).on_conflict_do_nothing(), owners)
