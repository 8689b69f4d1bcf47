"""The first page of a PDF as a picture. PDFium draws it: not thread-safe, so call it in a process of its own."""

from io import BytesIO

import pypdfium2
from PIL.Image import Quantize

WIDTH = 1200  # pixels
MAX_PROPORTION = 2  # of height to width
COLOURS = 128  # a document has few: a quarter of the bytes, and no visible difference


def first_page(pdf: bytes) -> bytes:
    """Return the first page as a PNG, ``WIDTH`` pixels wide. Raises ValueError when it cannot be drawn."""
    try:
        with pypdfium2.PdfDocument(pdf) as document:
            page = document[0]
            width, height = page.get_size()
            if not 0 < height <= MAX_PROPORTION * width:
                raise ValueError(f"expected a page at most {MAX_PROPORTION} times as high as wide")
            drawn = page.render(scale=WIDTH / width).to_pil()
    except (pypdfium2.PdfiumError, IndexError) as error:
        raise ValueError(f"the first page cannot be drawn: {error}") from None
    picture = BytesIO()
    drawn.convert("RGB").quantize(COLOURS, Quantize.MAXCOVERAGE).save(picture, "PNG")  # which keeps white white
    return picture.getvalue()
