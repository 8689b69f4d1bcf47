"""One module a subject: its commands and what each decides."""
