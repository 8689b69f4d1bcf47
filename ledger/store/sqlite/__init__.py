"""SQLite: one file holds the whole ledger, so that one transaction can hold all that an append changes."""
