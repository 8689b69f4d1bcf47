"""A bundle as a zip file: the same for the same bundle, read strictly, and what is in it is what was proved."""

import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.publishing.files import write
from api.publishing.packing import MAGIC, pack, unpacked, verify_page
from ledger.bundle import Bundle
from ledger.domain.events.office import AnyFounding
from ledger.domain.refusal import Refused
from ledger.domain.subjects import EVENT_TYPES, KIND_OF
from ledger.errors import Unverifiable
from ledger.log.proof import InclusionProof
from ledger.log.tree import leaf_hash, verify_inclusion
from tests.commands import run
from tests.ledger.test_verification import bundle_of
from tests.support import World

NUMBER = "TOA-PCA-FR-2017-01-BTH"


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    world = World(tmp_path_factory.mktemp("packed") / "ledger")
    world.workshop()
    made = bundle_of(world)
    world.ledger.close()
    return made


def test_a_zip_file_holds_each_statement_with_its_proof(bundle: Bundle) -> None:
    packed = pack(bundle)
    assert packed == pack(bundle)
    assert unpacked(packed) == bytes(bundle)
    with ZipFile(BytesIO(packed)) as archive:
        assert archive.testzip() is None
        assert archive.read("verify.html") == verify_page()
        assert "trust.json" not in archive.namelist()
        assert bundle.number in archive.read("README.txt").decode()
        for statement in bundle.statements:
            proof = InclusionProof.parse(archive.read(f"proofs/{statement.index}.tlog-proof").decode())
            assert archive.read(f"statements/{statement.index}.json") == statement.envelope
            size, root = proof.checkpoint.split("\n")[1], bundle.checkpoint.split("\n")[2]
            assert root in proof.checkpoint
            assert int(size) > statement.index


def zipped(*members: tuple[str, bytes], kind: int = ZIP_STORED) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", kind) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


FAULTS: dict[str, Callable[[], bytes]] = {
    "only the first bytes": lambda: MAGIC,
    "no bundle": lambda: zipped(("other.json", b"{}")),
    "compressed": lambda: zipped(("bundle.json", b"{}"), kind=ZIP_DEFLATED),
    "cut short": lambda: zipped(("bundle.json", b"{}"))[:-3],
    "too large": lambda: zipped(("bundle.json", b" " * (8 * 1024 * 1024 + 1))),
    "too large a zip file": lambda: zipped(("bundle.json", b"{}"), ("other", bytes(4 * 8 * 1024 * 1024))),
    "another checksum": lambda: zipped(("bundle.json", b"12345")).replace(b"12345", b"12346"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_zip_file_with_one_fault_is_refused(fault: str) -> None:
    with pytest.raises(Unverifiable, match=r"zip|bundle\.json"):
        unpacked(FAULTS[fault]())


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_zip_file_with_two_bundles_is_refused() -> None:
    with pytest.raises(Unverifiable, match="expected one"):
        unpacked(zipped(("bundle.json", b"{}"), ("bundle.json", b"[]")))


@given(st.binary(max_size=300))
def test_whatever_follows_the_first_bytes_is_refused_or_read(data: bytes) -> None:
    assert unpacked(b"{" + data) == b"{" + data
    with pytest.raises(Unverifiable, match="zip"):
        unpacked(MAGIC + data)


def test_the_register_serves_zip_page_and_proofs(client: TestClient, listed: World) -> None:
    packed = client.get(f"/certificates/{NUMBER}.zip")
    assert packed.headers["content-type"] == "application/zip"
    assert f'filename="{NUMBER}.zip"' in packed.headers["content-disposition"]
    assert client.get(f"/certificates/{NUMBER}?format=zip").content == packed.content
    assert unpacked(packed.content) == client.get(f"/certificates/{NUMBER}.bundle.json").content
    page = client.get("/verify.html")
    assert page.content == verify_page()
    assert "script-src 'sha256-" in page.headers["content-security-policy"]
    _, checkpoint = listed.ledger.latest()
    for index in (0, 7, checkpoint.size - 1):
        proof = InclusionProof.parse(client.get(f"/proof/{index}.tlog-proof").text)
        (entry,) = listed.ledger.entries(index, index + 1)
        verify_inclusion(leaf_hash(entry.state), index, checkpoint.size, list(proof.path), checkpoint.root)
        assert proof.checkpoint == listed.ledger.checkpoint()
    assert client.get(f"/proof/{checkpoint.size}.tlog-proof").status_code == 404
    with pytest.raises(Refused, match="there is no entry 0"):
        listed.ledger.proof(-1)


def test_zip_and_proof_on_the_command_line(workshop: World, tmp_path: Path) -> None:
    write(workshop.ledger, tmp_path / "www")
    workshop.ledger.close()
    run(tmp_path, "bundle", NUMBER, "awa.zip", "--with-name")
    verify = ("verify", "awa.zip", "--trust", "ledger/trust.json", "--on", "2017-06-01")
    assert "In force. " in run(tmp_path, *verify)
    run(tmp_path, "bundle", NUMBER, "part.json", "--disclose", "family_name")
    part = run(tmp_path, "verify", "part.json", *verify[2:])
    assert "N'Guessan-Écho" in part
    assert "awa " not in part
    assert "--disclose: age: expected one of: given_name" in run(
        tmp_path, "bundle", NUMBER, "x", "--disclose", "age", code=64
    )
    assert "entry 8, leaf 7" in run(tmp_path, "proof", "8", "8.tlog-proof")
    assert InclusionProof.parse((tmp_path / "8.tlog-proof").read_text(encoding="utf-8")).index == 7
    assert "exists" in run(tmp_path, "proof", "8", "8.tlog-proof", code=1)
    assert "there is no entry 9999" in run(tmp_path, "proof", "9999", "x", code=1)
    (tmp_path / "bad.zip").write_bytes(MAGIC)
    assert "not a zip file" in run(tmp_path, "verify", "bad.zip", *verify[2:], code=3)


def test_the_page_knows_every_event_of_a_bundle_with_its_seats_and_fields() -> None:
    (table,) = re.findall(r"^const EVENTS = \{\n(.*?)^\};", verify_page().decode(), re.MULTILINE | re.DOTALL)
    stated = msgspec.json.decode("{" + table.strip().removesuffix(",") + "}")
    kinds = ("ledger", "passkeys", "officer", "certification")  # those whose streams a bundle holds
    expected = {
        row.wire_name: [
            KIND_OF[row.fact],
            None if issubclass(row.fact, AnyFounding) else list(row.seats),
            sorted(row.fact.__struct_fields__),
        ]
        for row in EVENT_TYPES
        if KIND_OF[row.fact] in kinds
    }
    assert {name: [kind, seats, sorted(of.split())] for name, (kind, seats, of) in stated.items()} == expected
