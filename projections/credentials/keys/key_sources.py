"""Where the body's signing keys are: in a file, in an environment variable or in a device (PKCS #11).

A source is one line of text and holds no secret that it can avoid: it names where the passphrase or PIN is.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ledger.files import read_bounded, read_text
from ledger.signing.keys import MAX_PEM_BYTES
from projections.credentials.keys.issuer_key import IssuerKey, LocalKey

EXPECTED = "expected a key source: file:PATH, env:NAME or a pkcs11: URI"
PASSPHRASE = "?passphrase-env="  # noqa: S105 - says where it is, and is none
MAX_URI_CHARACTERS = 4_096
# RFC 7512 2.3: what picks the token, what picks the key in it, and how to get at them.
PATH_ATTRIBUTES = {"token", "serial", "object", "id", "type"}
QUERY_ATTRIBUTES = {"module-path", "pin-source", "pin-value"}


class TokenUri(msgspec.Struct, frozen=True, kw_only=True):
    """A key in a device (RFC 7512). None where the URI does not say; at least one of ``object`` and ``id`` is there."""

    module_path: str
    token: str | None
    serial: str | None
    object: str | None
    id: bytes | None
    pin_source: str | None
    pin_value: str | None

    def __repr__(self) -> str:
        """Without the PIN: what is represented ends up in logs."""
        return f"TokenUri({self.module_path}, {self.token or self.serial}, {self.object or self.id!r})"

    def pin(self) -> str | None:
        """The PIN, read where the URI says. Raises ValueError."""
        if self.pin_source is None:
            return self.pin_value
        try:
            # RFC 7512 2.4: a file's content up to its line's end; a command ("|") is never run.
            return read_text(Path(self.pin_source), MAX_PEM_BYTES).rstrip("\r\n")
        except (OSError, ValueError):
            raise ValueError(f"{self.pin_source}: expected a readable file with the PIN") from None


def load(source: str) -> IssuerKey:
    """The key of ``file:PATH``, ``file:PATH?passphrase-env=NAME``, ``env:NAME`` or ``pkcs11:...?module-path=...``.

    Raises ValueError with one line that says what was expected; it never repeats a secret.
    """
    scheme, _, rest = source.partition(":")
    match scheme:
        case "file":
            path, _, variable = rest.partition(PASSPHRASE)
            try:
                pem = read_bounded(Path(path), MAX_PEM_BYTES)
            except OSError as error:
                raise ValueError(f"{path}: expected a readable PEM file ({error.strerror})") from None
            return _from_pem(path, pem, _from_environment(variable).encode() if variable else None)
        case "env":
            return _from_pem(f"environment variable {rest}", _from_environment(rest).encode(), None)
        case "pkcs11":
            uri = parse_token_uri(source)
            try:
                from projections.credentials.keys.token_key import TokenKey
            except ModuleNotFoundError:
                raise ValueError("a key in a device needs the extra pkcs11: pip install 'pca-ledger[pkcs11]'") from None
            return TokenKey.open(uri)
        case _:
            raise ValueError(EXPECTED)


def parse_token_uri(uri: str) -> TokenUri:
    """The URI of a private key in a device (RFC 7512), each attribute once. Raises ValueError."""
    if not uri.startswith("pkcs11:") or len(uri) > MAX_URI_CHARACTERS or not uri.isascii():
        raise ValueError("expected a pkcs11: URI of ASCII characters (RFC 7512)")
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    attributes = _attributes(path, ";", PATH_ATTRIBUTES)
    options = _attributes(query, "&", QUERY_ATTRIBUTES)
    if attributes.pop("type", b"private") != b"private":
        raise ValueError("pkcs11 type: expected private")
    if not {"object", "id"} & attributes.keys():
        raise ValueError("expected a pkcs11: URI that names the key by object= or id=")
    if "module-path" not in options:
        raise ValueError("expected a pkcs11: URI with ?module-path= of the device's library")
    if {"pin-source", "pin-value"} <= options.keys():
        raise ValueError("expected pin-source or pin-value, not both")
    text = {name: _text(name, value) for name, value in (attributes | options).items() if name != "id"}
    pin_source = text.get("pin-source")
    if pin_source is not None:
        pin_source = pin_source.removeprefix("file://").removeprefix("file:")
        if not pin_source.startswith("/"):
            raise ValueError("pkcs11 pin-source: expected file:/PATH of a file with the PIN")
    return TokenUri(
        module_path=text["module-path"],
        token=text.get("token"),
        serial=text.get("serial"),
        object=text.get("object"),
        id=attributes.get("id"),
        pin_source=pin_source,
        pin_value=text.get("pin-value"),
    )


def _attributes(part: str, separator: str, known: set[str]) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for piece in part.split(separator) if part else ():
        name, equals, value = piece.partition("=")
        if name not in known:
            raise ValueError(f"pkcs11 {name[:32]}: expected one of {', '.join(sorted(known))}")
        if not equals or name in found:
            raise ValueError(f"pkcs11 {name}: expected {name}=VALUE, once")
        found[name] = unquote_to_bytes(value)
    return found


def _text(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise ValueError(f"pkcs11 {name}: expected UTF-8") from None


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise ValueError(f"environment variable {name}: expected it to be set")
    return value


def _from_pem(where: str, pem: bytes, passphrase: bytes | None) -> LocalKey:
    expected = f"{where}: expected a PKCS #8 private key in PEM, Ed25519 or on P-256"
    if len(pem) > MAX_PEM_BYTES or b"-----BEGIN " not in pem:
        raise ValueError(expected)
    try:
        return LocalKey(load_pem_private_key(pem, passphrase))
    except TypeError:  # the library's word for a passphrase that is missing, or not needed
        wanted = "without a passphrase" if passphrase is not None else f"or its passphrase ({PASSPHRASE}NAME)"
        raise ValueError(f"{expected}, {wanted}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"{expected}{', and its passphrase' if passphrase is not None else ''}") from None
