"""The databases behind the port: what both do, and what only SQLite or only PostgreSQL does."""
