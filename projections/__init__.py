"""Read models: one folder a question, each with its own tables and queries.

They follow the log and commit their position with their rows. They hold pseudonymous ids and digests
only; a name is read from the vault each time it is shown. To add one, write a folder with ``TABLES``
and ``record(cursor, entry)``, and name it in ``following.READ_MODELS``.
"""
