"""Read models: one folder for each question, with its tables and queries.

They follow the log and commit their position with their rows. They hold pseudonymous ids and digests only; a name is
read from the vault each time a page shows it. docs/how-to/add-a-projection.md says how to add one.
"""
