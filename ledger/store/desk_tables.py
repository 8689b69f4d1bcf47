"""The tables of what surrounds the log: the secretariat's inbox, the webhooks' places, the wallets' codes.

Their statements are with those who use them, outside of the ledger. The tables are here, so that the record is created,
migrated and audited whole by whoever opens it.
"""

from sqlalchemy import CheckConstraint, Column, Index, Integer, LargeBinary, Table, Text, and_

from ledger.store.tables import RECORD, Long

# One row: every change of the inbox locks it, after the head of the log in an append. ``last`` is the number that was
# given last: none is given twice, and a larger one is never committed before a smaller one.
DESK_HEAD = Table(
    "desk_head",
    RECORD,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    Column("last", Long, nullable=False),
)
# ``disclosures`` and ``reason`` are sealed, each under a key of its own that is named beside it, and empty once that is
# destroyed. ``filed`` and ``ended_at`` are in seconds.
PROPOSALS = Table(
    "proposals",
    RECORD,
    Column("id", Long, primary_key=True, autoincrement=False),
    Column("command", Text, nullable=False),
    Column("arguments", LargeBinary, nullable=False),
    Column("disclosures", LargeBinary),
    Column("disclosures_key", Text),
    Column("signers", LargeBinary, nullable=False),
    Column("source", Text, nullable=False, index=True),
    Column("payload", LargeBinary),
    Column("signatures", LargeBinary, nullable=False),
    Column("follows", Integer, nullable=False),
    Column("leaf", Long),
    Column("filed", Long, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("ended", Text),
    Column("ended_at", Long),
    Column("ended_by", Text),
    Column("reason", LargeBinary),
    Column("reason_key", Text),
)
# Of what waits: all others are as many as were ever recorded.
_WAITS = and_(PROPOSALS.c.leaf.is_(None), PROPOSALS.c.ended.is_(None))
Index("ix_proposals_waiting", PROPOSALS.c.command, sqlite_where=_WAITS, postgresql_where=_WAITS)
# Keys of values that were removed: destroyed, or to be destroyed at the next opening.
KEYS_GOING = Table("keys_going", RECORD, Column("owner", Text, primary_key=True))
IMPORTED_FILES = Table(
    "imported_files",
    RECORD,
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("source", Text, primary_key=True),
)
IMPORT_ANSWERS = Table(
    "import_answers",
    RECORD,
    Column("id", Text, primary_key=True),  # random
    Column("source", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("known", Text, nullable=False),
    Column("is_same", Integer, nullable=False),
    Column("answered_by", Text, nullable=False),
    Column("filed", Long, nullable=False),
)
# ``key`` and ``request`` are digests; without the key nobody can guess what was requested.
REQUESTS = Table(
    "requests",
    RECORD,
    Column("person", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("number", Long, nullable=False),
    Column("until", Long, nullable=False, index=True),
)
NONCES = Table(
    "nonces",
    RECORD,
    Column("digest", Text, primary_key=True),
    Column("until", Long, nullable=False),
)
# Files of an earlier version whose rows are in these tables: the name, and the digest of what was in it.
TAKEN_IN = Table(
    "taken_in",
    RECORD,
    Column("file", Text, primary_key=True),
    Column("digest", Text, nullable=False),
)
# Subscriptions to webhooks: ``sealed`` is JSON with the address and the secret, under the key of ``webhooks:<id>``.
SUBSCRIPTIONS = Table(
    "subscriptions",
    RECORD,
    Column("id", Text, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
# How far each subscription to webhooks has been notified. ``again`` is in microseconds.
PLACES = Table(
    "places",
    RECORD,
    Column("subscription", Text, primary_key=True),
    Column("position", Long, nullable=False),
    Column("failures", Long, nullable=False),
    Column("again", Long, nullable=False),
    Column("trouble", Text),
)
# Codes that were offered to wallets, and the access tokens given for them: digests, of which nobody makes a code.
WALLET_CODES = Table(
    "wallet_codes",
    RECORD,
    Column("code", Text, primary_key=True),
    Column("token", Text, unique=True),
    Column("number", Text, nullable=False),
    Column("formats", Text, nullable=False),
    Column("ends", Long, nullable=False, index=True),
)
