"""The tables of what surrounds the log: the secretariat's inbox, the webhooks' places, the wallets' codes.

Their statements are with those who use them, outside of the ledger. The tables are here, so that the record is created,
migrated and audited whole by whoever opens it.
"""

from sqlalchemy import Column, Table, Text

from ledger.store.tables import RECORD, Long

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
