"""A bundle has one form, and every way of checking has the same answer; the page has it for the vectors."""

import json
from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from starlette.testclient import TestClient

from api.checking.encodings import as_utf8
from ledger.store.bundling import assemble
from ledger.verification import verify_bundle
from tests.api.checking.test_verifying import presented, results
from tests.issued import SUBJECT
from tests.support import World

REWRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "as it was issued": lambda data: data,
    "names sorted": lambda data: json.dumps(json.loads(data), indent=1, sort_keys=True).encode() + b"\n",
    "on one line": lambda data: json.dumps(json.loads(data)).encode(),
    "with two spaces": lambda data: json.dumps(json.loads(data), indent=2).encode(),
    "with a byte order mark": lambda data: data.decode().encode("utf-8-sig"),
    "in UTF-16": lambda data: data.decode().encode("utf-16"),
    "a name twice": lambda data: data.replace(b'"number"', b'"number": "TOA-PCA-FR-2017-02-BTJ", "number"', 1),
    "without its format": lambda data: data.replace(b'\n "format": "pca-ledger-bundle/v1",', b"", 1),
    "cut short": lambda data: data[:-100],
}
SAME = ("as it was issued", "names sorted", "on one line", "with two spaces", "with a byte order mark", "in UTF-16")


@pytest.mark.parametrize("how", REWRITTEN)
def test_a_rewritten_bundle_has_one_answer_by_every_way(
    client: TestClient, issued: World, number: str, how: str
) -> None:
    """Cases V5 and V7. The page has that answer for the same files (tests/browser)."""
    data = REWRITTEN[how](bytes(assemble(issued.ledger, SUBJECT, number)))
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("bundle.json", data)
    offline = verify_bundle(as_utf8(data), issued.ledger.trust, issued.now)
    ways = [data] if "mark" in how or "UTF" in how else [data, packed.getvalue()]
    for found in (presented(client, way) for way in ways):
        assert found["verdict"] == offline.verdict
        assert results(found) == {check.code: check.result for check in offline.checks}
        assert (found["sentence_en"], found["sentence_fr"]) == offline.sentence
    assert offline.verdict == ("in-force" if how in SAME else "not-checked")
