"""The history: one search, lists with filters and files, a person's timeline, and a result computed again."""
