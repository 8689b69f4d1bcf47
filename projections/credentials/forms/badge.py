"""The badge: an image for profiles and pages, of our own design. It bears no emblem, and says nothing of the holder.

One image serves every certificate of a scheme; what is of one
certificate is baked in by :mod:`projections.credentials.forms.baking`.
"""

from __future__ import annotations

from functools import lru_cache
from xml.sax.saxutils import escape

import msgspec

from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import typesetting

TEMPLATE = "badge.typ"
NOTICE = ("DEMONSTRATION", "DÉMONSTRATION")
KEPT = 64  # images of so many scheme versions, official and not


class _Face(msgspec.Struct, frozen=True):
    """All that the image depends on."""

    scheme: str
    titles: tuple[str, str]
    terms: int
    notice: tuple[str, str] | None

    @property
    def inputs(self) -> dict[str, str]:
        return {"data": msgspec.json.encode(self).decode()}


def svg(facts: CertificateFacts, official: bool) -> bytes:
    """600 x 600, self-contained, letters as outlines, with a title and a description. Raises ValueError."""
    return _svg(_face(facts, official))


def png(facts: CertificateFacts, official: bool) -> bytes:
    """600 x 600 pixels, transparent around its corners. Raises ValueError when the texts cannot be set."""
    return _png(_face(facts, official))


def _face(facts: CertificateFacts, official: bool) -> _Face:
    titles = (facts.title_en, facts.title_fr)
    return _Face(facts.scheme_id.upper(), titles, len(facts.scope), None if official else NOTICE)


@lru_cache(KEPT)
def _svg(face: _Face) -> bytes:
    drawn = typesetting.svg(TEMPLATE, face.inputs).decode()
    opening, rest = drawn.split(">", 1)
    title = f"<title>{escape(' / '.join(face.titles))}</title>"
    words = f"Certification badge of the scheme {face.scheme} / Badge de certification du programme {face.scheme}"
    if face.notice is not None:
        words += ". Demonstration, not an official badge / Démonstration, pas un badge officiel"
    return f'{opening} role="img">{title}<desc>{escape(words)}</desc>{rest}'.encode()


@lru_cache(KEPT)
def _png(face: _Face) -> bytes:
    return typesetting.png(TEMPLATE, face.inputs)
