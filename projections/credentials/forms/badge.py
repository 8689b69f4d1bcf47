"""The badge: an image for profiles and pages, of our own design, as PNG and as SVG. It bears no emblem and no name.

The image is the same for every certificate of a scheme. The credential of one certificate is baked into it
(:mod:`projections.credentials.forms.baking`).
"""

from collections.abc import Callable
from functools import lru_cache
from xml.sax.saxutils import escape

import msgspec

from ledger.verdict import CheckResult
from ledger.words import Words
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import baking, open_badge, typesetting
from projections.credentials.forms.form import Form, text_of

TEMPLATE = "badge.typ"
NOTICE = Words("DEMONSTRATION", "DÉMONSTRATION")
CACHED_IMAGES = 64  # one for each version of a scheme, official or not


class _Design(msgspec.Struct, frozen=True):
    """Everything that the image depends on."""

    scheme: str
    title: Words
    terms: int
    notice: Words | None

    @property
    def inputs(self) -> dict[str, str]:
        return {"data": msgspec.json.encode(self).decode()}


def svg(facts: CertificateFacts, official: bool) -> bytes:
    """600 x 600, self-contained, with letters as outlines, a title and a description. Raises ValueError."""
    return _svg(_design(facts, official))


def png(facts: CertificateFacts, official: bool) -> bytes:
    """600 x 600 pixels, transparent around the corners. Raises ValueError when the texts cannot be set."""
    return _png(_design(facts, official))


def _design(facts: CertificateFacts, official: bool) -> _Design:
    scheme = facts.scheme
    return _Design(scheme.id.upper(), scheme.title, len(scheme.scope), None if official else NOTICE)


@lru_cache(CACHED_IMAGES)
def _svg(design: _Design) -> bytes:
    drawn = typesetting.svg(TEMPLATE, design.inputs).decode()
    opening, rest = drawn.split(">", 1)
    title = f"<title>{escape(' / '.join(design.title))}</title>"
    words = f"Certification badge of the scheme {design.scheme} / Badge de certification du programme {design.scheme}"
    if design.notice is not None:
        words += ". Demonstration, not an official badge / Démonstration, pas un badge officiel"
    return f'{opening} role="img">{title}<desc>{escape(words)}</desc>{rest}'.encode()


@lru_cache(CACHED_IMAGES)
def _png(design: _Design) -> bytes:
    return typesetting.png(TEMPLATE, design.inputs)


def _recognise_png(data: bytes) -> str | None:
    is_baked = data.startswith(baking.PNG_SIGNATURE) and baking.KEYWORD in data
    return baking.credential_in_png(data).strip() if is_baked else None


def _recognise_svg(data: bytes) -> str | None:
    text = text_of(data)
    return baking.credential_in_svg(data).strip() if text is not None and text.startswith("<") else None


def _form(
    name: str,
    media_type: str,
    draw: Callable[[CertificateFacts, bool], bytes],
    bake: Callable[[bytes, bytes], bytes],
    recognise: Callable[[bytes], str | None],
) -> Form:
    kind = name.upper()
    return Form(
        name=name,
        media_types=(media_type,),
        label=Words(f"Badge ({kind})", f"Badge ({kind})"),
        kind=Words(f"a badge ({kind}) with a credential in it", f"un badge ({kind}) contenant une attestation"),
        make=lambda material, credential: bake(draw(material.facts, material.official), credential),
        recognise=recognise,
        issuer=open_badge.issuer_named,
        verify=open_badge.verify,
        altered=CheckResult.UNKNOWN,  # nobody signs the picture around a credential
    )


PNG = _form("png", "image/png", png, baking.bake_png, _recognise_png)
SVG = _form("svg", "image/svg+xml", svg, baking.bake_svg, _recognise_svg)
