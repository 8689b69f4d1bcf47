"""V4: QR codes in what people hand in, of every common kind of picture, and on scanned pages."""

from collections.abc import Callable
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import segno
from PIL import Image, ImageDraw, ImageFilter

from api.checking import pixels, qr
from ledger.errors import Unverifiable

URL = "https://register.example/certificates/TOA-PCA-FR-2024-10-1"
OTHER = "https://elsewhere.example"
A4 = (8.27, 11.69)  # inches


def code(text: str = URL, scale: int = 6) -> Image.Image:
    drawn = BytesIO()
    segno.make(text, error="m").save(drawn, kind="png", scale=scale)
    return Image.open(drawn).convert("RGB")


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def all_texts(data: bytes) -> list[str]:
    return list(chain.from_iterable(qr.texts(data)))


def photograph() -> Image.Image:
    page = Image.new("RGB", (3000, 2200), (236, 233, 226))
    page.paste(code(), (1900, 700))
    return page.rotate(17, Image.Resampling.BICUBIC, fillcolor=(90, 80, 70)).filter(ImageFilter.GaussianBlur(1.5))


def scanned(dpi: int) -> Image.Image:
    """A page with a code of 25 mm."""
    page = Image.new("L", (round(A4[0] * dpi), round(A4[1] * dpi)), 250)
    side = round(25 / 25.4 * dpi)
    page.paste(code(scale=20).convert("L").resize((side, side)), (round(1.2 * dpi), round(9 * dpi)))
    ImageDraw.Draw(page).rectangle((dpi, dpi, 7 * dpi, 2 * dpi), fill=90)
    return page.rotate(0.7, Image.Resampling.BICUBIC, fillcolor=255)


@pytest.mark.parametrize("kind", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_a_photograph_is_read(kind: str) -> None:
    assert next(qr.texts(saved(photograph(), kind))) == [URL]


def test_a_photograph_of_a_telephone_is_read() -> None:
    """HEIC. The file was made once with pillow-heif, which has the encoder that is not wanted here."""
    assert next(qr.texts(Path(__file__).with_name("code.heic").read_bytes())) == [URL]


@pytest.mark.parametrize("dpi", [120, 600])
@pytest.mark.parametrize("mode", ["L", "1"])
def test_a_scan_to_pdf_is_read(dpi: int, mode: str) -> None:
    page = scanned(dpi).convert(mode)
    sheets = saved(Image.new("L", (400, 600), 255), "PDF", save_all=True, append_images=[page], resolution=dpi)
    assert all_texts(sheets)[:1] == [URL]


def test_a_scan_to_tiff_is_read_on_its_second_page_and_in_sixteen_bits() -> None:
    page = scanned(150)
    assert next(qr.texts(saved(Image.new("L", (400, 600), 255), "TIFF", save_all=True, append_images=[page]))) == [URL]
    deep = Image.frombytes("I;16", page.size, b"".join(bytes((value, value)) for value in page.tobytes()))
    for kind in ("TIFF", "PNG"):
        assert next(qr.texts(saved(deep, kind))) == [URL]


@pytest.mark.parametrize(("kind", "options"), [("PNG", {"compress_level": 1}), ("JPEG", {}), ("TIFF", {})])
def test_forty_seven_megapixels_are_read(kind: str, options: dict[str, int]) -> None:
    page = Image.new("RGB", (7920, 5940), (240, 240, 236))
    page.paste(code(scale=12), (1000, 900))
    assert next(qr.texts(saved(page, kind, **options))) == [URL]


def test_a_code_that_is_small_in_a_large_picture_is_read_at_the_second_size() -> None:
    page = Image.new("L", (7000, 5000), 240)
    page.paste(code(scale=3).convert("L"), (3000, 2000))
    first, second = qr.texts(saved(page))
    assert (first, second) == ([], [URL])


def test_a_screenshot_of_any_mode_is_read() -> None:
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA"):
        assert next(qr.texts(saved(code().convert(mode)))) == [URL]
    transparent = Image.new("RGBA", (400, 400))
    transparent.paste(code().convert("RGBA"), (20, 20))
    assert next(qr.texts(saved(transparent))) == [URL]
    assert next(qr.texts(saved(transparent, "WEBP", lossless=True))) == [URL]
    assert next(qr.texts(saved(transparent.convert("P")))) == [URL]


def test_an_image_without_a_code_has_none() -> None:
    assert all_texts(saved(Image.new("RGB", (300, 300), "white"))) == []


def test_all_codes_of_a_picture_are_read() -> None:
    page = Image.new("RGB", (800, 400), "white")
    page.paste(code(), (10, 10))
    page.paste(code(OTHER), (400, 10))
    assert sorted(next(qr.texts(saved(page)))) == [OTHER, URL]


@pytest.mark.parametrize(
    ("make", "refused"),
    [
        (lambda: b"", "presented-unknown"),
        (lambda: b"hello", "presented-unknown"),
        (lambda: saved(code(), "ICO"), "presented-unknown"),  # a format that we do not read
        (lambda: saved(code(), "PNG")[:200], "image-malformed"),
        (lambda: saved(code(), "JPEG")[:500], "image-malformed"),
        (lambda: b"%PDF-1.7 and nothing", "pdf-malformed"),
        (lambda: saved(Image.new("1", (20_000, 20_000))), "image-too-large"),  # 50 kB that would be 400 MB
    ],
)
def test_a_hostile_image_is_refused(make: Callable[[], bytes], refused: str) -> None:
    with pytest.raises(Unverifiable) as error:
        all_texts(make())
    assert error.value.code == refused
    assert error.value.fr
    assert pixels.MAX_PIXELS < pixels.MAX_JPEG_PIXELS
