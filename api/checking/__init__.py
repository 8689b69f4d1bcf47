"""Checks what others present: a file, a picture, a token, a number, or a table of numbers."""
