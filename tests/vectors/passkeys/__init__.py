"""What passkeys made in Chromium, with what every verifier must say of it: for Python, for the page, for others.

A file of made passkeys holds one credential. ``log`` is the origin of the ledger, ``site`` the web origin of the page.
``faults.json`` says how to change one thing, and the code of what is wrong then; :mod:`tests.vectors.passkeys.cases` reads it.
"""
