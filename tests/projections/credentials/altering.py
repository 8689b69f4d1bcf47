"""Copies of a JSON document with one fault each: one value changed or removed, or one byte changed."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import msgspec

Path = tuple[str | int, ...]


def altered(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each change, described, with the document after it."""
    for path, value in places(document):
        where = ".".join(map(str, path))
        for what, other in changes(value):
            yield f"{where}: {what}", put(document, path, other)
        yield f"{where}: taken away", without(document, path)


def bytes_altered(document: dict[str, Any], every: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each document in which the lowest bit of one byte is flipped, every ``every`` bytes, if it is still JSON."""
    text = msgspec.json.encode(document)
    for position in range(0, len(text), every):
        other = bytearray(text)
        other[position] ^= 1
        try:
            yield f"byte {position}", msgspec.json.decode(other, type=dict[str, Any])
        except msgspec.DecodeError:
            continue


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from places(item, (*path, key))


def changes(value: Any) -> Iterator[tuple[str, Any]]:
    match value:
        case bool():
            yield "the contrary", not value
        case int():
            yield "one more", value + 1
        case str():
            middle = len(value) // 2
            yield "another character", value[:middle] + ("y" if value[middle] == "x" else "x") + value[middle + 1 :]
            yield "longer", value + "0"
        case list():
            yield "one more in it", [*value, "https://another.example/"]
        case dict():
            yield "a term more in it", {**value, "description": "another"}
            yield "an unknown term more in it", {**value, "unheardOf": "another"}
    yield "null", None


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    other = deepcopy(document)
    at(other, path[:-1])[path[-1]] = value
    return other


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    other = deepcopy(document)
    del at(other, path[:-1])[path[-1]]
    return other


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document
