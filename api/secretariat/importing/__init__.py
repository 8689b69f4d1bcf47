"""The import of a workshop: read its spreadsheets, check everything, then file proposals."""
