"""The notices by e-mail at the console: what became of each, what one looks like, and what a person decides."""
