"""Certification schemes at the console: their versions read, drafted, compared, and carried as files."""
