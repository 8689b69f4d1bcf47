"""Sets diplomas and badges with Typst. Texts are passed to it as data, never as code.

Only the fonts that come with Typst are used, so that every machine makes the same bytes. One compiler caches them.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, cast

import typst

UNDISPLAYABLE = "could not be displayed with font"
NO_FONT = "a text could not be displayed: no font has one of its characters"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_LETTER = re.compile(r"(?<!\S)(\w) (?=\S)")
_compiling = Lock()  # a compiler serves one thread at a time


def pdf(template: str, inputs: Mapping[str, str], at: datetime) -> bytes:
    """A template as PDF/A-3a and PDF/UA-1, dated ``at``: the same bytes each time. Raises ValueError."""
    return _compiled(template, inputs, format="pdf", pdf_standards=["a-3a", "ua-1"], timestamp=at)


def svg(template: str, inputs: Mapping[str, str]) -> bytes:
    """A template of one page as SVG, its letters as outlines. Raises ValueError."""
    return _compiled(template, inputs, format="svg")


def png(template: str, inputs: Mapping[str, str]) -> bytes:
    """A template of one page as PNG, a pixel a point. Raises ValueError."""
    return _compiled(template, inputs, format="png", ppi=72)


def unbroken(text: str) -> str:
    """A text in which no line ends with a word of one letter, such as the first of *a posteriori*."""
    return ONE_LETTER.sub("\\1\N{NO-BREAK SPACE}", text)


def undisplayable(text: str) -> set[str]:
    """The characters of a text that no font has: a document with one cannot be made."""
    characters = sorted(set(text))
    return set() if _has("".join(characters)) else {each for each in characters if not _has(each)}


def _has(characters: str) -> bool:
    try:
        _compiled("text.typ", {"text": characters}, format="pdf", pdf_standards=["a-3a"], timestamp=EPOCH)
    except ValueError:
        return False
    return True


def _compiled(template: str, inputs: Mapping[str, str], **options: Any) -> bytes:
    with _compiling:
        try:
            return cast(bytes, _compiler().compile(_source(template), sys_inputs=dict(inputs), **options))
        except typst.TypstError as error:
            # Typst quotes the text, which may be a name, and everyone can read this error.
            why = NO_FONT if UNDISPLAYABLE in error.message else error.message
            raise ValueError(f"{template}: {why}") from None


@cache
def _compiler() -> typst.Compiler:
    return typst.Compiler(ignore_system_fonts=True)


@cache
def _source(template: str) -> bytes:
    return files("projections.credentials.forms").joinpath(template).read_bytes()
