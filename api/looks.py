"""How a register looks and whom it names: the body's logo, colour, contact and name, from the environment.

A logo is shown as an image only, so that nothing in an SVG can run. White text must be readable on the colour.
"""

import os
import re
from io import BytesIO
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit
from xml.parsers import expat

import msgspec
from PIL import Image

from ledger.errors import Unreadable
from ledger.words import Words
from projections.credentials.forms.emblem import Emblems, drawable

MAX_PICTURE_BYTES = 300_000
MAX_PICTURE_SIDE = 4000  # pixels
READABLE = 4.5  # contrast of text (WCAG 2.2, 1.4.3)
COLOUR = "#1b3a5c"
_HOST = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+"
_MAILTO = re.compile(rf"mailto:[A-Za-z0-9.!#$%&'*+/=^_`{{|}}~-]+@{_HOST}")


class Picture(msgspec.Struct, frozen=True):
    """A picture that the body provides."""

    kind: Literal["svg", "png"]
    data: bytes

    @property
    def media_type(self) -> str:
        return "image/svg+xml" if self.kind == "svg" else "image/png"


class Looks(msgspec.Struct, frozen=True, kw_only=True):
    """``colour`` is ``#rrggbb``; ``contact`` an address of mail or a page (``mailto:`` or ``https:``), or empty.

    ``name`` is shown until the body is established as an issuer: from then on pages show what documents state.
    """

    logo: Picture | None = None
    seal: Picture | None = None
    colour: str = COLOUR
    contact: str = ""
    name: Words | None = None

    @classmethod
    def from_environment(cls) -> Self:
        """Reads PCA_LEDGER_LOGO, _SEAL, _COLOUR, _CONTACT, _BODY_NAME_EN and _BODY_NAME_FR.

        Raises ``Unreadable``, which names the variable and what was expected, for a value that cannot be used.
        """
        return cls(
            logo=picture("PCA_LEDGER_LOGO"),
            seal=picture("PCA_LEDGER_SEAL"),
            colour=_colour("PCA_LEDGER_COLOUR"),
            contact=_contact("PCA_LEDGER_CONTACT"),
            name=_name("PCA_LEDGER_BODY_NAME_EN", "PCA_LEDGER_BODY_NAME_FR"),
        )

    def emblems(self) -> Emblems:
        """Returns the logo and the seal for diplomas. Raises ``Unreadable`` for one that cannot be drawn."""
        return Emblems(logo=_drawable("PCA_LEDGER_LOGO", self.logo), seal=_drawable("PCA_LEDGER_SEAL", self.seal))

    @property
    def mail(self) -> str:
        """The address of mail in ``contact``; empty if it is a page."""
        return self.contact.removeprefix("mailto:") if self.contact.startswith("mailto:") else ""


def picture(variable: str) -> Picture | None:
    """Returns the SVG or PNG at the path that an environment variable names; None if it is not set.

    Raises ``Unreadable`` for a file that is no such picture, is too large, or declares a document type.
    """
    path = os.environ.get(variable)
    if not path:
        return None
    try:
        with Path(path).open("rb") as file:
            data = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise _wrong(variable, path, f"cannot be read: {error.strerror}", "fichier illisible") from None
    if len(data) > MAX_PICTURE_BYTES:
        raise _wrong(
            variable,
            path,
            f"expected at most {MAX_PICTURE_BYTES} bytes",
            f"{MAX_PICTURE_BYTES} octets au plus sont acceptés",
        )
    if _is_svg(data):
        return Picture("svg", data)
    if _is_png(data):
        return Picture("png", data)
    raise _wrong(
        variable,
        path,
        f"expected an SVG without a document type, or a PNG of at most {MAX_PICTURE_SIDE} by {MAX_PICTURE_SIDE} pixels",
        "attendu : un SVG sans déclaration DOCTYPE, ou un PNG d’au plus "
        f"{MAX_PICTURE_SIDE} pixels sur {MAX_PICTURE_SIDE}",
    )


def _drawable(variable: str, picture: Picture | None) -> str:
    if picture is None:
        return ""
    try:
        return drawable(picture.kind, picture.data)
    except ValueError as error:
        raise _wrong(
            variable,
            os.environ.get(variable, ""),
            f"it cannot be put on diplomas: {error}",
            f"impossible de la placer sur un diplôme : {error}",
        ) from None


def contrast(one: str, other: str) -> float:
    """Returns the contrast of two colours ``#rrggbb``, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _colour(variable: str) -> str:
    colour = os.environ.get(variable) or COLOUR
    if not re.fullmatch("#[0-9A-Fa-f]{6}", colour):
        raise _wrong(
            variable, colour, f"expected a colour as #rrggbb, such as {COLOUR}", f"attendu : #rrggbb, comme {COLOUR}"
        )
    found = contrast(colour, "#ffffff")
    if found < READABLE:
        raise _wrong(
            variable,
            colour,
            f"white text on it has a contrast of {found:.1f}:1; expected a darker colour, with at least {READABLE}:1",
            f"le contraste d’un texte blanc y est de {found:.1f}:1 ; attendu : une couleur plus foncée, "
            f"avec au moins {READABLE}:1",
        )
    return colour.lower()


def _contact(variable: str) -> str:
    contact = os.environ.get(variable, "")
    try:
        parts = urlsplit(contact)
        is_page = (
            parts.scheme == "https" and bool(re.fullmatch(_HOST, parts.hostname or "")) and "@" not in parts.netloc
        )
    except ValueError:
        is_page = False
    if contact and not (_MAILTO.fullmatch(contact) or (is_page and re.fullmatch(r"[!#-;=?-~]+", contact))):
        raise _wrong(
            variable,
            contact,
            "expected mailto: and an address, or the https: address of a page",
            "attendu : mailto: suivi d’une adresse, ou l’adresse https: d’une page",
        )
    return contact


def _name(english: str, french: str) -> Words | None:
    en, fr = (" ".join(os.environ.get(variable, "").split()) for variable in (english, french))
    if not en and not fr:
        return None
    for variable, name in ((english, en), (french, fr)):
        if not name or len(name) > 200 or not name.isprintable():
            raise _wrong(
                variable,
                name,
                "expected a name of 1 to 200 characters, in both languages",
                "attendu : un nom de 1 à 200 caractères, dans les deux langues",
            )
    return Words(en, fr)


def _is_svg(data: bytes) -> bool:
    names: list[str] = []

    def refuse(*_: object) -> None:
        raise ValueError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = lambda name, _: names.append(name)
    parser.StartDoctypeDeclHandler = refuse  # entities are declared there: a few of them grow without limit
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        return False
    return names[0] == "http://www.w3.org/2000/svg svg"


def _is_png(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data), formats=["PNG"]) as image:
            if max(image.size) > MAX_PICTURE_SIDE:
                return False
            image.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False
    return True


def _wrong(variable: str, value: str, en: str, fr: str) -> Unreadable:
    value = value if value.isprintable() else ascii(value)
    return Unreadable(f"{variable}: {value[:200]}: {en}", f"{variable} : {value[:200]} : {fr}")
