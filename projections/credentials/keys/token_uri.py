"""The URI of a private key in a device (RFC 7512)."""

from pathlib import Path
from typing import Self
from urllib.parse import unquote_to_bytes

import msgspec

from ledger.errors import Unfit
from ledger.files import read_text
from ledger.signing.keys import MAX_PEM_BYTES

MAX_URI_CHARACTERS = 4_096
# RFC 7512 2.3: attributes that select the token and the key in it; 2.4: how to open them.
PATH_ATTRIBUTES = {"token", "serial", "object", "id", "type"}
QUERY_ATTRIBUTES = {"module-path", "pin-source", "pin-value"}


class TokenUri(msgspec.Struct, frozen=True, kw_only=True):
    """A key in a device. An attribute that the URI leaves out is None; ``object`` or ``id`` is always given."""

    module_path: str
    token: str | None
    serial: str | None
    object: str | None
    id: bytes | None
    pin_source: str | None
    pin_value: str | None

    @classmethod
    def parse(cls, uri: str) -> Self:
        """Parse the URI of a private key, with each attribute at most once. Raises ``Unfit``."""
        if not uri.startswith("pkcs11:") or len(uri) > MAX_URI_CHARACTERS or not uri.isascii():
            raise Unfit(
                "expected a pkcs11: URI of ASCII characters (RFC 7512)",
                "un URI pkcs11: en caractères ASCII est attendu (RFC 7512)",
            )
        path, _, query = uri.removeprefix("pkcs11:").partition("?")
        attributes = _attributes(path, ";", PATH_ATTRIBUTES)
        options = _attributes(query, "&", QUERY_ATTRIBUTES)
        if attributes.pop("type", b"private") != b"private":
            raise Unfit("pkcs11 type: expected private", "pkcs11 type : private est attendu")
        if not {"object", "id"} & attributes.keys():
            raise Unfit(
                "expected a pkcs11: URI that names the key by object= or id=",
                "un URI pkcs11: qui nomme la clé par object= ou id= est attendu",
            )
        if "module-path" not in options:
            raise Unfit(
                "expected a pkcs11: URI with ?module-path= of the device's library",
                "un URI pkcs11: comportant ?module-path=, la bibliothèque du dispositif, est attendu",
            )
        if {"pin-source", "pin-value"} <= options.keys():
            raise Unfit(
                "expected pin-source or pin-value, not both", "pin-source ou pin-value est attendu, et non les deux"
            )
        text = {name: _text(name, value) for name, value in (attributes | options).items() if name != "id"}
        pin_source = text.get("pin-source")
        if pin_source is not None:
            pin_source = pin_source.removeprefix("file://").removeprefix("file:")
            if not pin_source.startswith("/"):
                raise Unfit(
                    "pkcs11 pin-source: expected file:/PATH of a file with the PIN",
                    "pkcs11 pin-source : file:/CHEMIN d’un fichier contenant le code PIN est attendu",
                )
        return cls(
            module_path=text["module-path"],
            token=text.get("token"),
            serial=text.get("serial"),
            object=text.get("object"),
            id=attributes.get("id"),
            pin_source=pin_source,
            pin_value=text.get("pin-value"),
        )

    def __repr__(self) -> str:
        """Without the PIN, because representations end up in logs."""
        return f"TokenUri({self.module_path}, {self.token or self.serial}, {self.object or self.id!r})"

    def pin(self) -> str | None:
        """The PIN, read where the URI says. Raises ``Unfit``."""
        if self.pin_source is None:
            return self.pin_value
        try:
            # RFC 7512 2.4: a file's content up to its line's end; a command ("|") is never run.
            return read_text(Path(self.pin_source), MAX_PEM_BYTES).rstrip("\r\n")
        except (OSError, ValueError):
            raise Unfit(
                f"{self.pin_source}: expected a readable file with the PIN",
                f"{self.pin_source} : un fichier lisible contenant le code PIN est attendu",
            ) from None


def _attributes(part: str, separator: str, known: set[str]) -> dict[str, bytes]:
    attributes: dict[str, bytes] = {}
    for piece in part.split(separator) if part else ():
        name, equals, value = piece.partition("=")
        if name not in known:
            names = ", ".join(sorted(known))
            raise Unfit(
                f"pkcs11 {name[:32]}: expected one of {names}", f"pkcs11 {name[:32]} : valeur attendue parmi {names}"
            )
        if not equals or name in attributes:
            raise Unfit(
                f"pkcs11 {name}: expected {name}=VALUE, once",
                f"pkcs11 {name} : {name}=VALEUR est attendu, une seule fois",
            )
        attributes[name] = unquote_to_bytes(value)
    return attributes


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Unfit(f"pkcs11 {name}: expected UTF-8", f"pkcs11 {name} : un texte en UTF-8 est attendu") from None
