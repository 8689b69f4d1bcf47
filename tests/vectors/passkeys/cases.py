"""What a verifier is asked of a passkey's signature: each that was made, and each with one fault (``faults.json``).

A row of ``faults.json`` names a signature by its file, the number of statements of its gesture and its place among them.
What it changes is a ``part``: of the ``sig``, which is then written anew with the lengths of its parts; the ``sig`` itself;
the ``message``; or a fact of the record. ``was`` and ``is`` are hexadecimal and stand ``at`` an offset; those of
``clientDataJSON`` are text, which is there once. Of a fact, ``is`` is the new value.
"""

import json
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).parent
MADE = ("ed25519-of-one-device", "ed25519-synced", "es256-of-one-device", "es256-synced")
FIXED = {"version": (0, 1), "index": (1, 5), "size": (5, 9)}  # parts of the sig, at their offsets
SIGNATURE_BYTES = 64


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """``code`` is what is wrong, or None. ``sites`` are the web origins allowed there; ``synced``: whether it may be."""

    name: str
    code: str | None
    message: bytes
    sig: bytes
    algorithm: str
    public_key: bytes
    credential_id: bytes
    backup_eligible: bool
    rp_id: str
    origin: str
    sites: tuple[str, ...]
    synced: bool = True


def made(name: str) -> dict[str, Any]:
    """What a file holds."""
    return dict(json.loads((HERE / f"{name}.json").read_text()))


def cases() -> Iterator[Case]:
    """Every case."""
    genuine: dict[tuple[str, int, int], Case] = {}
    for name in MADE:
        file = made(name)
        for gesture in file["gestures"]:
            pairs = list(zip(gesture["messages"], gesture["sig"], strict=True))
            for place, (message, sig) in enumerate(pairs):
                genuine[name, len(pairs), place] = Case(
                    name=f"{name}, {place + 1} of {len(pairs)}",
                    code=None,
                    message=b64decode(message),
                    sig=b64decode(sig),
                    algorithm=file["algorithm"],
                    public_key=b64decode(file["public_key"]),
                    credential_id=b64decode(file["credential_id"]),
                    backup_eligible=file["backup_eligible"],
                    rp_id=file["rp_id"],
                    origin=file["origin"],
                    sites=(file["site"],),
                )
    yield from genuine.values()
    for row in json.loads((HERE / "faults.json").read_text()):
        name, size, place = row["of"]
        yield changed(genuine[name, size, place], row)


def changed(case: Case, row: dict[str, Any]) -> Case:
    """The case with the one change of a row."""
    part, new = row["part"], row["is"]
    if part in ("sig", "message", "public_key"):
        new = replaced(getattr(case, part), row)
    elif part in (*FIXED, "authenticatorData", "clientDataJSON", "signature", "path"):
        parts = split(case.sig)
        parts[part] = text_replaced(parts[part], row) if part == "clientDataJSON" else replaced(parts[part], row)
        part, new = "sig", joined(parts)
    value = msgspec.convert({**msgspec.to_builtins(case), part: msgspec.to_builtins(new)}, Case)
    return msgspec.structs.replace(value, name=row["name"], code=row["code"])


def replaced(data: bytes, row: dict[str, Any]) -> bytes:
    was, at = bytes.fromhex(row["was"]), row["at"]
    assert data[at : at + len(was)] == was, row["name"]
    return data[:at] + bytes.fromhex(row["is"]) + data[at + len(was) :]


def text_replaced(data: bytes, row: dict[str, Any]) -> bytes:
    assert data.count(row["was"].encode()) == 1, row["name"]
    return data.replace(row["was"].encode(), row["is"].encode())


def split(sig: bytes) -> dict[str, bytes]:
    parts = {name: sig[start:end] for name, (start, end) in FIXED.items()}
    rest = sig[9:]
    for name in ("authenticatorData", "clientDataJSON"):
        length = int.from_bytes(rest[:2], "big")
        parts[name], rest = rest[2 : 2 + length], rest[2 + length :]
    return {**parts, "signature": rest[:SIGNATURE_BYTES], "path": rest[SIGNATURE_BYTES:]}


def joined(parts: dict[str, bytes]) -> bytes:
    """The inverse of ``split``."""
    with_length = ("authenticatorData", "clientDataJSON")
    return b"".join(
        len(part).to_bytes(2, "big") + part if name in with_length else part for name, part in parts.items()
    )
