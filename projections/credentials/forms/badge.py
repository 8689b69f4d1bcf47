"""The badge: an image for profiles and pages, of our own design, as PNG and as SVG. It bears no emblem and no holder.

It shows the body, the title and the year in one language: that of the certificate, or the other as a picture of its
own. All certificates of a title and a year have the same image. The credential of one certificate is baked into it
(:mod:`projections.credentials.forms.baking`).
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Self
from xml.sax.saxutils import escape

import msgspec
from PIL import Image

from ledger.verdict import CheckResult
from ledger.words import Language, Words
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import baking, open_badge, typesetting
from projections.credentials.forms.form import Form, text_of
from projections.credentials.forms.typesetting import unbroken

TEMPLATE = "badge.typ"
NOTICE = Words("DEMONSTRATION", "DÉMONSTRATION")
DESCRIPTION = Words("Certification badge, {year}: {issuer}", "Badge de certification, {year} : {issuer}")
NOT_OFFICIAL = Words(". Demonstration, not an official badge", ". Démonstration : ceci n’est pas un badge officiel")
CACHED_IMAGES = 128  # one for each title, year and language


class Design(msgspec.Struct, frozen=True):
    """Everything that the image depends on."""

    language: Language
    issuer: str
    title: str
    year: str
    notice: str | None

    @classmethod
    def of(cls, body: Words, title: Words, year: int, *, official: bool, language: Language) -> Self:
        """The design of every certificate of a title and a year, in one language."""
        notice = None if official else NOTICE.into(language)
        return cls(language, body.into(language), unbroken(title.into(language)), str(year), notice)

    @property
    def inputs(self) -> dict[str, str]:
        return {"data": msgspec.json.encode(self).decode()}


def svg(facts: CertificateFacts, official: bool) -> bytes:
    """The image in the certificate's language, as ``svg_of``."""
    return svg_of(_design(facts, official))


def png(facts: CertificateFacts, official: bool) -> bytes:
    """The image in the certificate's language, as ``png_of``."""
    return png_of(_design(facts, official))


@lru_cache(CACHED_IMAGES)
def svg_of(design: Design) -> bytes:
    """600 x 600, self-contained, with letters as outlines, a title and a description. Raises ValueError."""
    drawn = typesetting.svg(TEMPLATE, design.inputs).decode()
    opening, rest = drawn.split(">", 1)
    words = DESCRIPTION.into(design.language).format(year=design.year, issuer=design.issuer)
    if design.notice is not None:
        words += NOT_OFFICIAL.into(design.language)
    named = f"<title>{escape(design.title)}</title><desc>{escape(words)}</desc>"
    return f'{opening} role="img" lang="{design.language}">{named}{rest}'.encode()


@lru_cache(CACHED_IMAGES)
def png_of(design: Design) -> bytes:
    """600 x 600 pixels, transparent around the medal. Raises ValueError when the texts cannot be set."""
    drawn, small = Image.open(BytesIO(typesetting.png(TEMPLATE, design.inputs))), BytesIO()
    drawn.quantize(256, Image.Quantize.FASTOCTREE).save(small, "PNG")  # of 85 kB it makes 31, and each holder has one
    return small.getvalue()


def _design(facts: CertificateFacts, official: bool) -> Design:
    year, language = facts.effective_from.year, facts.page_language
    return Design.of(facts.body, facts.scheme.title, year, official=official, language=language)


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
