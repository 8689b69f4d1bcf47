"""QR codes in what people hand in."""

from io import BytesIO

import pytest
import segno
from PIL import Image, ImageFilter

from api.checking.qr import MAX_IMAGE_BYTES, read
from ledger.errors import Unverifiable

URL = "https://register.example/certificates/TOA-PCA-FR-2024-10-1"


def code(text: str = URL, scale: int = 6) -> Image.Image:
    drawn = BytesIO()
    segno.make(text).save(drawn, kind="png", scale=scale)
    return Image.open(drawn).convert("RGB")


def saved(image: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    data = BytesIO()
    image.save(data, kind, **options)
    return data.getvalue()


def photograph() -> Image.Image:
    page = Image.new("RGB", (3000, 2200), (236, 233, 226))
    page.paste(code(), (1900, 700))
    return page.rotate(17, Image.Resampling.BICUBIC, fillcolor=(90, 80, 70)).filter(ImageFilter.GaussianBlur(1.5))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_photograph_is_read(kind: str) -> None:
    assert read(saved(photograph(), kind)) == URL


def test_a_screenshot_of_any_mode_is_read() -> None:
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA"):
        assert read(saved(code().convert(mode))) == URL
    transparent = Image.new("RGBA", (400, 400))
    transparent.paste(code().convert("RGBA"), (20, 20))
    assert read(saved(transparent)) == URL


def test_an_image_without_a_code_is_read_as_none() -> None:
    assert read(saved(Image.new("RGB", (300, 300), "white"))) is None


def test_two_codes_are_told_apart_by_nobody() -> None:
    page = Image.new("RGB", (700, 300), "white")
    page.paste(code(), (10, 10))
    page.paste(code("https://elsewhere.example"), (350, 10))
    with pytest.raises(Unverifiable, match="more than one"):
        read(saved(page))


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "not an image"),
        (b"hello", "not an image"),
        (saved(code(), "PNG")[:500], "not an image"),
        (saved(code(), "GIF"), "not an image"),  # a format that we do not read
        (saved(code(), "TIFF"), "not an image"),
        (bytes(MAX_IMAGE_BYTES + 1), "bytes"),
        (saved(Image.new("1", (20_000, 20_000))), "pixels"),  # 50 kB that would be 400 million pixels
    ],
)
def test_a_hostile_image_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(Unverifiable, match=says):
        read(data)
