"""Pictures and scanned pages that somebody hands in, as grey images in which a QR code can be found.

Pillow decodes pictures, from these formats only and if the header states few enough pixels; PDFium draws pages.
"""

import warnings
from collections.abc import Iterator
from io import BytesIO

import pypdfium2
from pi_heif import register_heif_opener
from PIL import Image, UnidentifiedImageError

from ledger.errors import Unverifiable

register_heif_opener()
FORMATS = ("AVIF", "BMP", "GIF", "HEIF", "JPEG", "PNG", "TIFF", "WEBP")
MAX_PIXELS = 50_000_000  # at most 200 MB while an image is decoded
MAX_JPEG_PIXELS = 170_000_000  # a JPEG is scaled while it is decoded
PDF = b"%PDF-"
ENCRYPTED = (
    "the PDF asks for a password: save it without one, or type the number of the certificate",
    "le PDF demande un mot de passe : enregistrez-le sans, ou saisissez le numéro du certificat",
)
UNKNOWN = (
    "it is no picture, PDF, text or file that is known here",
    "ce n’est ni une image, ni un PDF, ni un texte, ni un fichier connu ici",
)
MAX_PAGES = 3  # a diploma has two, and a scan may have a sheet before it


def images(data: bytes, side: int, beyond: int) -> Iterator[Image.Image]:
    """Yields the first images or pages of a file as grey images of at most ``side`` pixels on the longer side.

    Leaves out those of at most ``beyond`` pixels: there is nothing more to see in them. A page has any size. Raises
    ``Unverifiable``: presented-unknown when it is neither a picture nor a PDF.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about metadata, which are not used
        try:
            if is_pdf(data):
                yield from _pages(data, side)
                return
            opened = Image.open(BytesIO(data), formats=FORMATS)
            for number in range(MAX_PAGES):
                opened.seek(number)
                if max(opened.size) > beyond:
                    yield _grey(opened, side)
        except EOFError:
            return  # it has no more images
        except UnidentifiedImageError:
            raise Unverifiable("presented-unknown", *UNKNOWN) from None
        except pypdfium2.PdfiumError as error:
            if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
                raise Unverifiable("pdf-encrypted", *ENCRYPTED) from None
            raise Unverifiable("pdf-malformed", f"the PDF cannot be read: {error}", "le PDF est illisible") from None
        except Image.DecompressionBombError:
            raise _too_large(MAX_JPEG_PIXELS) from None
        except (OSError, ValueError, SyntaxError) as error:
            raise Unverifiable(
                "image-malformed", f"the picture is damaged: {error}", "l’image est endommagée et ne peut être lue"
            ) from None


def is_pdf(data: bytes) -> bool:
    return PDF in data[:1024]


def _pages(data: bytes, side: int) -> Iterator[Image.Image]:
    with pypdfium2.PdfDocument(data) as document:
        for number in range(min(len(document), MAX_PAGES)):
            page = document[number]
            longer = max(page.get_size())
            if longer > 0:
                yield page.render(scale=side / longer, grayscale=True).to_pil()


def _grey(opened: Image.Image, side: int) -> Image.Image:
    most = MAX_JPEG_PIXELS if opened.format in ("JPEG", "MPO") else MAX_PIXELS
    if opened.width * opened.height > most:
        raise _too_large(most)
    opened.draft("L", (side, side))
    # Sixteen bits of grey, as scanners save them, would be cut off at the eighth.
    grey = (opened.point(lambda value: value / 256) if opened.mode.startswith("I") else opened).convert("L")
    grey.thumbnail((side, side))
    if not opened.has_transparency_data:
        return grey
    opaque = (opened if opened.mode in ("LA", "RGBA") else opened.convert("RGBA")).getchannel("A")
    opaque.thumbnail((side, side))
    return Image.composite(grey, Image.new("L", grey.size, "white"), opaque)  # transparent parts are white, as paper


def _too_large(most: int) -> Unverifiable:
    millions = most // 1_000_000
    return Unverifiable(
        "image-too-large",
        f"expected a picture of at most {millions} megapixels",
        f"attendu : une image de {millions} mégapixels au plus",
    )
