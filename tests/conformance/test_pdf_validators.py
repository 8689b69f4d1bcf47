"""Validators of PDFs by others (Java, Maven): the EU's DSS library for seals, veraPDF for PDF/A-3a and PDF/UA-1."""

import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate
from PIL import Image

from api.clients.timestamping import Authority
from projections.credentials.forms.diploma import diploma
from projections.credentials.forms.emblem import Emblems, drawable
from projections.credentials.forms.pdf_seal import seal
from projections.credentials.keys.seal_chain import as_pem, make_chain
from tests.authority import authority_in
from tests.conformance.others import install_once
from tests.issued import AUTHORITY, BEGINS, BODY, ENDS, P256, URL
from tests.programs import program
from tests.projections.credentials.specimen import CREDENTIAL, ISSUER, Chain, facts_with, unsealed

HERE = Path(__file__).parent / "java"
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # half the time of so short a run
SECONDS = 300

CHAIN = make_chain(P256.public, BODY, URL, AUTHORITY, BEGINS, ENDS)
SILENT = Chain("Without a word on revocation")


def altered(sealed: bytes) -> bytes:
    """The same with the last byte of the sealed text changed, inside a comment."""
    at = sealed.index(b"%PDF-1.7\n%") + 12
    return sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]


def made(folder: Path) -> Iterator[tuple[str, bytes]]:
    """PDFs by their name: sealed in each way, and one with the longest texts."""
    now = datetime.now(UTC).replace(microsecond=0)
    sealed = seal(unsealed(), P256, CHAIN, now, None)
    yield "sealed", sealed
    yield "altered", altered(sealed)
    yield "silent", seal(unsealed(), SILENT.key, SILENT.certificates, now, None)
    for name in ("stamped", "archived"):
        (folder / name).mkdir()
        with authority_in(folder / name, lists_revocations=name == "archived") as url:
            yield name, seal(unsealed(), P256, CHAIN, now, Authority(url))
        (folder / f"{name}.pem").write_bytes((folder / name / "root.pem").read_bytes())
    seal_of_body = BytesIO()
    Image.new("RGBA", (80, 80), (120, 0, 0, 90)).save(seal_of_body, "PNG")
    emblems = Emblems(seal=drawable("png", seal_of_body.getvalue()))
    yield "long", diploma(facts_with(holder="Marie-Éléonore " * 7), ISSUER, CREDENTIAL, official=True, emblems=emblems)


def installed() -> Path:
    """The folder of the validators' libraries, as pom.xml names them."""
    pom, libraries = HERE / "pom.xml", HERE / "target" / "lib"
    install_once(pom, libraries, [program("mvn"), "-q", "-B", "--strict-checksums", "dependency:copy-dependencies"])
    return libraries


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, tuple[str, str]]]:
    """What the validators answer about each PDF: the verdict and the reason, by what was asked."""
    java, libraries, folder = program("java"), installed(), tmp_path_factory.mktemp("pdf")
    (folder / "own.pem").write_bytes(as_pem(CHAIN[1:]))
    (folder / "silent.pem").write_bytes(as_pem(SILENT.certificates[1:]))
    for name, pdf in made(folder):
        (folder / f"{name}.pdf").write_bytes(pdf)
    on_all: list[str | Path] = ["seal", folder, "form", folder]
    command = [java, *QUICK_START, "-cp", f"{libraries}/*", HERE / "Validators.java", *on_all]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for line in done.stdout.splitlines():
        name, asked, answer, why = line.split("\t")
        found.setdefault(name, {})[asked] = answer, why
    return found


@pytest.mark.parametrize(
    ("name", "level"),
    [("sealed", "PAdES-BASELINE-B"), ("stamped", "PAdES-BASELINE-T"), ("archived", "PAdES-BASELINE-LTA")],
)
def test_l4_the_eu_validator_passes_a_seal_by_our_own_chain(
    answers: dict[str, dict[str, tuple[str, str]]], name: str, level: str
) -> None:
    """Only where revocation data could be embedded is the level B-LTA."""
    assert answers[name][level] == ("TOTAL_PASSED", "")


def test_l4_the_eu_validator_passes_nothing_else(answers: dict[str, dict[str, tuple[str, str]]]) -> None:
    """A chain that does not say that there is no revocation data leaves it open; a changed byte does not."""
    (verdict, why) = answers["silent"]["PAdES-BASELINE-B"]
    assert verdict == "INDETERMINATE"
    assert "No revocation data found" in why
    assert answers["altered"]["PAdES-BASELINE-B"][0] == "TOTAL_FAILED"


@pytest.mark.parametrize("name", ["sealed", "stamped", "archived", "long"])
@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_verapdf_finds_nothing(answers: dict[str, dict[str, tuple[str, str]]], name: str, profile: str) -> None:
    assert answers[name][profile] == ("true", "")


def test_the_certificate_of_the_seal_names_no_list() -> None:
    """RFC 9608, 3: whoever states that there is no revocation data names no address of it."""
    leaf = load_der_x509_certificate(CHAIN[0])
    assert {e.oid.dotted_string for e in leaf.extensions}.isdisjoint({"2.5.29.31", "2.5.29.46", "1.3.6.1.5.5.7.1.1"})
