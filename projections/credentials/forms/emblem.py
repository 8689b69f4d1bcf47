"""The pictures of its own that a body puts on diplomas: its logo, and the seal in the middle of the rosette."""

from base64 import b64encode
from io import BytesIO
from typing import Literal

import msgspec
from PIL import Image

from projections.credentials.forms import typesetting

MAX_DRAWN_BYTES = 100_000  # in a PDF: both, on each of two pages, leave room in what a reader of PDFs takes


class Emblems(msgspec.Struct, frozen=True, kw_only=True):
    """Each is an SVG; empty where the body has none."""

    logo: str = ""
    seal: str = ""


NO_EMBLEMS = Emblems()


def drawable(kind: Literal["svg", "png"], data: bytes) -> str:
    """Return a picture as the SVG to put on diplomas. Raises ValueError when it cannot be drawn, or not in little."""
    svg = _as_svg(kind, data)
    drawn = len(typesetting.pdf("emblem.typ", {"svg": svg}, typesetting.EPOCH))
    if drawn > MAX_DRAWN_BYTES:
        raise ValueError(f"expected a simpler or smaller picture: in a PDF it takes {drawn} bytes of {MAX_DRAWN_BYTES}")
    return svg


def _as_svg(kind: Literal["svg", "png"], data: bytes) -> str:
    """A PNG is put into an SVG."""
    if kind == "svg":
        return data.decode()
    with Image.open(BytesIO(data), formats=["PNG"]) as image:
        width, height = image.size
    link = f"data:image/png;base64,{b64encode(data).decode()}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="{link}"/></svg>'
    )
