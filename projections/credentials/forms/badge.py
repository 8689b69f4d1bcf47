"""The badge: an image for profiles and pages, of our own design. It bears no emblem, and says nothing of the holder.

One image serves every certificate of a scheme; what is of one
certificate is baked in by :mod:`projections.credentials.forms.baking`.
"""

from __future__ import annotations

from functools import lru_cache
from xml.sax.saxutils import escape

import msgspec

from ledger.verdict import Result
from ledger.words import Words
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import baking, open_badge, typesetting
from projections.credentials.forms.form import Form, Material, text_of

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


def _make_png(material: Material) -> bytes:
    return baking.bake_png(png(material.facts, material.official), material.credential)


def _make_svg(material: Material) -> bytes:
    return baking.bake_svg(svg(material.facts, material.official), material.credential)


def _recognise_png(data: bytes) -> str | None:
    is_baked = data.startswith(baking.PNG_SIGNATURE) and baking.KEYWORD in data
    return baking.credential_in_png(data).strip() if is_baked else None


def _recognise_svg(data: bytes) -> str | None:
    text = text_of(data)
    return baking.credential_in_svg(data).strip() if text is not None and text.startswith("<") else None


# The picture around a credential is signed by nobody: another picture leaves a doubt.
PNG = Form(
    name="png",
    media_types=("image/png",),
    label=Words("Badge (PNG)", "Badge (PNG)"),
    kind=Words("a badge (PNG) with a credential in it", "un badge (PNG) contenant une attestation"),
    make=_make_png,
    recognise=_recognise_png,
    issuer=open_badge.issuer_named,
    verify=open_badge.verify,
    altered=Result.UNKNOWN,
)
SVG = Form(
    name="svg",
    media_types=("image/svg+xml",),
    label=Words("Badge (SVG)", "Badge (SVG)"),
    kind=Words("a badge (SVG) with a credential in it", "un badge (SVG) contenant une attestation"),
    make=_make_svg,
    recognise=_recognise_svg,
    issuer=open_badge.issuer_named,
    verify=open_badge.verify,
    altered=Result.UNKNOWN,
)
