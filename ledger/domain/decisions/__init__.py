"""One module a subject: its commands, what it remembers, how it evolves, what it decides."""
