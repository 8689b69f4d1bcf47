"""The language of the terminal."""

import os

from ledger.words import Language, Words

VARIABLES = ("PCA_LEDGER_LANG", "LC_ALL", "LC_MESSAGES", "LANG")  # ours, then those of POSIX in its order


def language() -> Language:
    """Returns the language of all output: the first of the variables that is set decides."""
    wanted = next(filter(None, map(os.environ.get, VARIABLES)), "")
    return "fr" if wanted.lower().startswith("fr") else "en"


def in_language(en: str, fr: str) -> str:
    """Returns the text in the language of the environment."""
    return Words(en, fr).into(language())


def quoted(text: str) -> Words:
    """Returns what somebody typed between quotation marks, with characters that do not show as escapes."""
    escaped = repr(text)
    return Words(escaped, f"«\N{NO-BREAK SPACE}{escaped[1:-1]}\N{NO-BREAK SPACE}»")
