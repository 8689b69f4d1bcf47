"""Seals of PDFs are valid for poppler and for us, and altered ones for neither."""

import asyncio
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers.pdf_cms import Signer

from api.clients.timestamping import Authority
from ledger.errors import Unverifiable
from projections.credentials.forms import pdf_reading, pdf_seal
from projections.credentials.forms.event_loop import leave_running_loop
from projections.credentials.forms.form import Seal
from projections.credentials.forms.pdf_cms import is_sealed_by
from projections.credentials.forms.pdf_reading import (
    MAX_OBJECTS,
    MAX_PDF_BYTES,
    SealResult,
    attached_credential,
    name_in,
    read_seal,
    require_seal,
)
from projections.credentials.forms.pdf_seal import seal
from projections.credentials.keys.issuer_key import LocalKey
from tests.programs import printed_by
from tests.projections.credentials.jose import enrolled, keys_of
from tests.projections.credentials.specimen import CREDENTIAL, FACTS, ISSUER, NOW, Chain, unsealed

CHAIN = Chain("Example seal")
STRANGER = Chain("Stranger")
ROOTS = [CHAIN.root]
SEALED = seal(unsealed(), CHAIN.key, CHAIN.certificates, FACTS.issued, None)


def pdfsig(folder: Path, data: bytes) -> str:
    """The report of poppler, which trusts the root."""
    (folder / "sealed.pdf").write_bytes(data)
    return printed_by("pdfsig", folder / "sealed.pdf")


def stamped(authority: tuple[str, Path], chain: Chain = CHAIN) -> tuple[bytes, list[bytes]]:
    """A PDF sealed with time-stamps, and the roots of body and authority."""
    url, folder = authority
    root = load_pem_x509_certificate((folder / "root.pem").read_bytes()).public_bytes(Encoding.DER)
    return seal(unsealed(), chain.key, chain.certificates, FACTS.issued, Authority(url)), [chain.root, root]


def changed_later(data: bytes) -> bytes:
    """The PDF with another title appended, as by an editor: the sealed bytes are unchanged."""
    writer = IncrementalPdfFileWriter(BytesIO(data))
    page = writer.find_page_for_modification(0)[0].get_object()
    page["/Contents"] = writer.find_page_for_modification(1)[0].get_object().raw_get("/Contents")
    writer.update_container(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_seal_holds_for_us_and_for_poppler(tmp_path: Path) -> None:
    result = read_seal(SEALED, ROOTS, NOW)
    assert (result.intact, result.trusted, result.covers_whole_file, result.changed_later) == (True, True, True, False)
    assert (result.signed_at, result.stamped_at) == (FACTS.issued, None)
    assert result.signer == "Example seal"
    assert result.certificate == CHAIN.certificates[0]
    said = pdfsig(tmp_path, SEALED)
    for line in (
        "Signature is Valid",
        "Total document signed",
        "ETSI.CAdES.detached",
        "Field Name: Seal",
        "CN=Example",
    ):
        assert line in said


def test_a_seal_keeps_what_archives_and_readers_aloud_need() -> None:
    with pikepdf.open(BytesIO(SEALED)) as pdf:
        (field,) = pdf.Root.AcroForm.Fields
        assert "Cachet électronique" in str(field.TU)
        assert field.F == 0b10000100  # printed and locked, not hidden
        assert [float(side) for side in field.Rect] == [-9999] * 4
        assert all(page.Tabs == "/S" for page in pdf.pages)
        assert pdf.Root.Perms.DocMDP.Reason == "Certificate issued / Certificat délivré"
        assert pdf.Root.Perms.DocMDP.Reference[0].TransformParams.P == 1  # nothing may change
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
        assert metadata["xmp:ModifyDate"].startswith("2024-10-30T09:00:00")
    assert SEALED.startswith(unsealed())
    assert attached_credential(SEALED) == attached_credential(unsealed()) == CREDENTIAL


def test_a_seal_is_byte_for_byte_as_the_library_alone_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def by_library(device: Signer, _: object, digest: bytes) -> bytes:
        made = leave_running_loop(lambda: asyncio.run(device.async_sign(digest, "sha256", use_pades=True)))()
        return bytes(made.dump())

    # What is random otherwise: signatures on P-256, of several lengths in DER, and the id of each revision of a PDF.
    monkeypatch.setattr(os, "urandom", bytes)
    for when, first in ((FACTS.issued, b"\xff"), (NOW, b"\x7f"), (NOW, b"\0\1"), (NOW, b"\0" * 31 + b"\1")):
        signature = (first + sha256(first).digest())[:32] * 2
        monkeypatch.setattr(CHAIN.key, "sign", lambda _, signature=signature: signature)
        ours = seal(unsealed(), CHAIN.key, CHAIN.certificates, when, None)
        with monkeypatch.context() as patched:
            patched.setattr(pdf_seal, "cms", by_library)
            assert ours == seal(unsealed(), CHAIN.key, CHAIN.certificates, when, None)


def test_what_we_seal_is_known_again_without_a_reader_of_pdfs() -> None:
    assert is_sealed_by(SEALED, CHAIN.key.public, CHAIN.certificates)
    assert not is_sealed_by(SEALED, STRANGER.key.public, CHAIN.certificates)
    assert not is_sealed_by(SEALED, CHAIN.key.public, STRANGER.certificates)
    assert not is_sealed_by(SEALED, CHAIN.key.public, [])


def test_no_byte_of_what_we_sealed_may_differ() -> None:
    place = re.search(rb"/ByteRange \[0 (\d+) (\d+) (\d+)\]", SEALED)
    assert place is not None
    start, end = int(place[1]), int(place[2])
    elsewhere, in_signature = range(0, len(SEALED), 1997), range(start, start + 3200, 19)
    for at in (*elsewhere, *in_signature, *range(end - 9, end + 9), *range(*place.span())):
        for bit in (0x01, 0x20):  # the second writes a digit of the signature as a small letter, which reads alike
            altered = SEALED[:at] + bytes([SEALED[at] ^ bit]) + SEALED[at + 1 :]
            assert not is_sealed_by(altered, CHAIN.key.public, CHAIN.certificates), at
    for other in (SEALED + b"\n", SEALED[:-1], b"\n" + SEALED, unsealed(), changed_later(SEALED), b""):
        assert not is_sealed_by(other, CHAIN.key.public, CHAIN.certificates)


def test_a_kept_diploma_is_not_parsed_for_its_seal_and_says_what_the_parser_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    brief = Chain("Brief", until=2026)
    keys = keys_of(ISSUER, *(enrolled(chain.key, tuple(chain.certificates)) for chain in (CHAIN, brief)))
    parsed = []

    def counted(data: bytes, roots: Sequence[bytes], at: datetime | None) -> SealResult:
        parsed.append(at)
        return read_seal(data, roots, at)

    monkeypatch.setattr(pdf_reading, "read_seal", counted)
    assert require_seal(SEALED, keys, NOW) == Seal(enrolled(CHAIN.key, tuple(CHAIN.certificates)), "Example seal", None)
    assert parsed == []
    assert require_seal(SEALED, keys, None) == require_seal(SEALED, keys, NOW)  # when it was made, only the seal states
    assert parsed == [None]
    expired = seal(unsealed(), brief.key, brief.certificates, FACTS.issued, None)
    with pytest.raises(Unverifiable, match="not valid when the PDF was made"):
        require_seal(expired, keys, datetime(2027, 1, 1, tzinfo=UTC))
    with pytest.raises(Unverifiable, match="changed after it was sealed"):
        require_seal(changed_later(SEALED), keys, NOW)
    with pytest.raises(Unverifiable, match="not by a key that the body enrolled"):
        require_seal(seal(unsealed(), STRANGER.key, STRANGER.certificates, FACTS.issued, None), keys, NOW)


@pytest.mark.parametrize("at", [0.1, 0.3, 0.5, 0.7, 0.9])
def test_an_altered_byte_is_refused_by_us_and_by_poppler(tmp_path: Path, at: float) -> None:
    place = int(len(unsealed()) * at)
    altered = SEALED[:place] + bytes([SEALED[place] ^ 1]) + SEALED[place + 1 :]
    with suppress(Unverifiable):  # which is so where what was altered is more than a text
        assert not read_seal(altered, ROOTS, NOW).intact
    assert "Signature is Valid" not in pdfsig(tmp_path, altered)


def test_an_altered_signature_is_refused(tmp_path: Path) -> None:
    contents = re.search(rb"/Contents ?<([0-9a-fA-F]{500,}?)0*>", SEALED)
    assert contents is not None
    last = contents.end(1) - 8
    altered = SEALED[:last] + (b"1" if SEALED[last : last + 1] == b"0" else b"0") + SEALED[last + 1 :]
    assert not read_seal(altered, ROOTS, NOW).intact
    assert "Signature is Valid" not in pdfsig(tmp_path, altered)


def test_a_seal_by_a_stranger_is_intact_and_not_trusted() -> None:
    sealed = seal(unsealed(), STRANGER.key, STRANGER.certificates, FACTS.issued, None)
    assert (read_seal(sealed, ROOTS, NOW).intact, read_seal(sealed, ROOTS, NOW).trusted) == (True, False)
    assert not read_seal(SEALED, [], NOW).trusted
    disguised = Chain("Example seal")  # of the same names, with other keys
    sealed = seal(unsealed(), disguised.key, disguised.certificates, FACTS.issued, None)
    assert not read_seal(sealed, ROOTS, NOW).trusted


@pytest.mark.parametrize(
    ("subject", "signer"),
    [
        ([(NameOID.ORGANIZATION_NAME, "Douanes d'exemple"), (NameOID.COMMON_NAME, "Sceau")], "Sceau"),
        ([(NameOID.ORGANIZATION_NAME, "Douanes d'exemple"), (NameOID.COUNTRY_NAME, "SN")], "Douanes d'exemple"),
        ([(NameOID.COMMON_NAME, "One"), (NameOID.COMMON_NAME, "Two")], "One, Two"),
        ([(NameOID.COUNTRY_NAME, "SN")], ""),
    ],
)
def test_whoever_sealed_is_told_by_name(subject: list[tuple[x509.ObjectIdentifier, str]], signer: str) -> None:
    chain = Chain("Seal", subject=x509.Name([x509.NameAttribute(*part) for part in subject]))
    assert name_in(Certificate.load(chain.certificates[0])) == signer


def test_nothing_of_a_stranger_s_seal_is_logged(tmp_path: Path) -> None:
    """Neither before logging is set up nor after it. In its own process: pytest captures what is logged."""
    nobody = Chain("Nadège Inconnue")
    (tmp_path / "root.der").write_bytes(CHAIN.root)
    (tmp_path / "sealed.pdf").write_bytes(seal(unsealed(), nobody.key, nobody.certificates, FACTS.issued, None))
    program = """
import logging
from datetime import UTC, datetime
from pathlib import Path
from projections.credentials.forms.pdf_reading import read_seal
for set_up in (lambda: None, lambda: logging.basicConfig(level=logging.DEBUG)):
    set_up()
    root = Path("root.der").read_bytes()
    found = read_seal(Path("sealed.pdf").read_bytes(), [root], datetime(2026, 1, 1, tzinfo=UTC))
    print(found.intact, found.trusted, found.signer)
"""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[4]), "PYTHONUTF8": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path, env=environment
    )
    assert ran.stdout == 2 * "True False Nadège Inconnue\n"
    assert "Inconnue" not in ran.stderr
    assert "pyhanko" not in ran.stderr


def test_what_is_written_behind_a_seal_is_found() -> None:
    result = read_seal(changed_later(SEALED), ROOTS, NOW)
    assert (result.intact, result.covers_whole_file, result.changed_later) == (True, False, True)


def test_a_seal_does_not_outlive_its_certificate_but_for_a_time_stamp(authority: tuple[str, Path]) -> None:
    brief = Chain("Brief", until=datetime.now(UTC).year)
    later = datetime(datetime.now(UTC).year + 2, 1, 1, tzinfo=UTC)
    roots = [brief.root]
    sealed = seal(unsealed(), brief.key, brief.certificates, FACTS.issued, None)
    assert read_seal(sealed, roots, datetime.now(UTC)).trusted
    assert not read_seal(sealed, roots, later).trusted
    sealed, roots = stamped(authority, brief)
    assert read_seal(sealed, roots, later).trusted
    assert not read_seal(sealed, roots[:1], later).trusted, "an authority that is not trusted proves no time"


def test_with_an_authority_the_seal_is_made_for_archives(authority: tuple[str, Path], tmp_path: Path) -> None:
    sealed, roots = stamped(authority)
    result = read_seal(sealed, roots, datetime.now(UTC))
    assert (result.intact, result.trusted, result.covers_whole_file, result.changed_later) == (True, True, False, False)
    assert result.stamped_at is not None
    assert abs(result.stamped_at - datetime.now(UTC)) < timedelta(minutes=5)
    said = pdfsig(tmp_path, sealed)
    assert "Signature is Valid" in said
    with pikepdf.open(BytesIO(sealed)) as pdf:
        assert len(pdf.Root.DSS.Certs) >= 3
        for field in pdf.Root.AcroForm.Fields:
            assert int(field.F) == 0b10000100
            assert [float(side) for side in field.Rect] == [-9999] * 4
    assert read_seal(changed_later(sealed), roots, datetime.now(UTC)).changed_later


def test_an_authority_that_does_not_answer_is_an_error() -> None:
    with pytest.raises(OSError, match=r"http://127\.0\.0\.1:9"):
        seal(unsealed(), CHAIN.key, CHAIN.certificates, FACTS.issued, Authority("http://127.0.0.1:9"))


def test_only_what_belongs_together_is_sealed() -> None:
    key, chain = CHAIN.key, CHAIN.certificates
    for one_key, certificates, says in (
        (LocalKey(Ed25519PrivateKey.generate()), chain, "P-256"),
        (key, [], "needs the certificate"),
        (key, STRANGER.certificates, "not of this key"),
        (key, chain[::-1], "not of this key"),
    ):
        with pytest.raises(ValueError, match=says):
            seal(unsealed(), one_key, certificates, FACTS.issued, None)
    for data in (b"", b"hello", unsealed()[:-100], SEALED):
        with pytest.raises(ValueError, match="cannot be sealed"):
            seal(data, key, chain, FACTS.issued, None)


def bomb() -> bytes:
    """A diploma whose attachment unpacks to 100 MB."""
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        stream = pdf.Root.AF[0].EF.F
        stream.write(zlib.compress(bytes(100_000_000), 9), filter=pikepdf.Name.FlateDecode)
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def circle() -> bytes:
    """A diploma whose tree of attachments is its own child."""
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        tree = pdf.make_indirect(pikepdf.Dictionary())
        tree.Kids = pikepdf.Array([tree, tree])
        pdf.Root.Names.EmbeddedFiles = tree
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def attached_twice() -> bytes:
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        pdf.Root.Names.EmbeddedFiles.Names.extend([pikepdf.String("other"), pdf.Root.AF[0]])
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def without_attachment() -> bytes:
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        del pdf.Root.Names
        out = BytesIO()
        pdf.save(out)
    return out.getvalue()


def encrypted() -> bytes:
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        out = BytesIO()
        pdf.save(out, encryption=pikepdf.Encryption(owner="", user=""))
    return out.getvalue()


HOSTILE = {
    "empty": b"",
    "no PDF": b"hello",
    "cut short": SEALED[:-2000],
    "large": SEALED + bytes(MAX_PDF_BYTES),
    "many objects": b"%PDF-1.7\n" + b"1 0 obj\nendobj\n" * (MAX_OBJECTS + 1),
    "many revisions": SEALED + b"startxref\n0\n%%EOF\n" * 20,
    "itself as its past": SEALED.replace(b"/Prev ", b"/Prev 9"),
    "a bomb": bomb(),
    "a circle": circle(),
    "attached twice": attached_twice(),
    "nothing attached": without_attachment(),
    "encrypted": encrypted(),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_file_is_refused(fault: str) -> None:
    with pytest.raises(Unverifiable):
        attached_credential(HOSTILE[fault])
    with pytest.raises(Unverifiable):
        read_seal(HOSTILE[fault], ROOTS, NOW)


@given(st.binary(max_size=40), st.floats(0, 1))
def test_whatever_a_file_holds_it_is_read_or_refused(noise: bytes, place: float) -> None:
    at = int(len(SEALED) * place)
    altered = SEALED[:at] + noise + SEALED[at + len(noise) :]
    for read in (attached_credential, lambda data: read_seal(data, ROOTS, NOW)):
        with suppress(Unverifiable):
            read(altered)


def test_a_seal_is_made_and_checked_inside_a_running_loop_too() -> None:
    async def inside() -> int:
        return leave_running_loop(lambda: asyncio.run(asyncio.sleep(0, 7)))()

    with ThreadPoolExecutor(1) as pool:  # here one may be running already: Playwright's
        assert pool.submit(lambda: asyncio.run(inside())).result() == 7
