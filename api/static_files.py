"""Static files: each is served at an address that changes with its contents, so that browsers can keep it.

``url("NAME")`` in a style sheet, of another file here, becomes that file's address.
"""

import re
from hashlib import sha256
from importlib.resources import files
from typing import NamedTuple

from starlette.responses import Response

from api.looks import Looks

FOLDER = "/static/"
FOR_EVER = "public, max-age=31536000, immutable"  # a year: other contents have another address
BRIEFLY = "public, max-age=300"  # at the address without a hash, for what names a file by heart
MEDIA_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "ico": "image/vnd.microsoft.icon",
    "png": "image/png",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}


class StaticFile(NamedTuple):
    """A file as it is served."""

    name: str
    data: bytes

    @property
    def media_type(self) -> str:
        return MEDIA_TYPES[self.name.rpartition(".")[2]]

    @property
    def address(self) -> str:
        stem, _, ending = self.name.rpartition(".")
        return f"{FOLDER}{stem}.{sha256(self.data).hexdigest()[:12]}.{ending}"


class StaticFiles:
    """The program's files, and what the body's looks add: ``looks.css`` and its logo."""

    def __init__(self, looks: Looks) -> None:
        self._files: dict[str, StaticFile] = {}
        found = {item.name: item.read_bytes() for item in files("api").joinpath("static").iterdir()}
        found["looks.css"] = f":root {{ --brand: {looks.colour}; }}\n".encode()
        if looks.logo is not None:
            found[f"logo.{looks.logo.kind}"] = looks.logo.data
        for name in sorted(found, key=lambda name: name.endswith(".css")):  # style sheets name others
            self._files[name] = StaticFile(name, self._linked(found[name]) if name.endswith(".css") else found[name])
        self._by_address = {file.address: file for file in self._files.values()}

    def address(self, name: str) -> str:
        """Returns the path at which a file is served. Raises KeyError if there is none of that name."""
        return self._files[name].address

    def response(self, name: str) -> Response | None:
        """Returns a file by its name, with or without the hash; None if there is none."""
        if file := self._by_address.get(FOLDER + name):
            return _served(file, FOR_EVER)
        if named := self._files.get(name):
            return _served(named, BRIEFLY)
        return None

    def _linked(self, style: bytes) -> bytes:
        return re.sub(
            r'url\("([\w.-]+)"\)', lambda match: f'url("{self._files[match[1]].address}")', style.decode()
        ).encode()


def _served(file: StaticFile, cached: str) -> Response:
    return Response(file.data, headers={"Cache-Control": cached}, media_type=file.media_type)
