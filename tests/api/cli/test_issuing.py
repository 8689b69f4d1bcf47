"""The body becomes an issuer on the command line; documents are made, written, checked; wrong input is one line."""

import csv
import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key

from api.app import create_app
from api.cli.listening import address, listening
from api.register import Register, Settings
from ledger.domain.number import CertificateNumber
from ledger.signing.keys import save_private
from ledger.store.ledger import Ledger
from projections.credentials.forms.catalogue import by_name
from tests.commands import run
from tests.projections.credentials.test_issuing import two_certified
from tests.serving import serving
from tests.support import World, key_of

URL = "https://register.example.org"
DIRECTOR, SECURITY = ("--director-key", "director.key"), ("--security-key", "security.key")
VALID = ("--on", "2018-01-01")


@pytest.fixture
def folder(workshop: World, tmp_path: Path) -> Path:
    """Where ``ledger`` is a workshop's ledger (awa is certified and listed), beside two officers' keys."""
    return prepared(workshop, tmp_path)


def prepared(world: World, folder: Path) -> Path:
    world.do("give-listing-consent", "registrar", person_id="awa")
    world.reach_today()
    world.ledger.close()
    for name in ("director", "security"):
        key_of(name).save(folder / f"{name}.key")
    return folder


def opened(folder: Path) -> Ledger:
    return Ledger.open(folder / "ledger", lambda: datetime.now(UTC))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same after all documents were made, the whole way from nothing. Only to be copied."""
    folder = tmp_path_factory.mktemp("made")
    world = World(folder / "ledger")
    world.workshop()
    prepared(world, folder)
    certified = ("--authority", "root.key", "--name", "Example", "--url", URL, "--to", "chain.pem")
    for step in (
        ("establish", URL, *DIRECTOR),
        ("new-key", "badges.key", "--kind", "ed25519"),
        ("new-key", "seal.key", "--kind", "p256"),
        ("new-key", "root.key", "--kind", "p256"),
        ("certify", "file:seal.key", *certified),
        ("enrol", "file:badges.key", *DIRECTOR, *SECURITY),
        ("enrol", "file:seal.key", "--chain", "chain.pem", *DIRECTOR, *SECURITY),
        ("make", "--issuer-key", "file:badges.key", "--issuer-key", "file:seal.key"),
    ):
        run(folder, "issuer", *step)
    return folder


@pytest.fixture
def issued(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture
def number(issued: Path) -> str:
    with opened(issued) as ledger:
        return ledger.documents.sets()[-1].number


def test_from_nothing_to_documents_and_their_check(issued: Path, number: str) -> None:
    listed = run(issued, "issuer", "list")
    assert listed.startswith(URL)
    assert [word in listed for word in ("active", "seals", "Ed25519", "ES256")] == [True] * 4
    for form in by_name():
        run(issued, "document", number, form, f"certificate.{form}")
        assert "In force. " in run(issued, "verify", f"certificate.{form}", *VALID)
    assert run(issued, "holder", number).startswith(f"{URL}/holder/")
    assert "expired" in run(issued, "verify", number, code=1)
    french = run(issued, "verify", "certificate.pdf", *VALID, language="fr")
    assert "En vigueur" in french


@pytest.mark.parametrize("how", ["sorted", "indented", "utf-16", "cut"])
def test_a_rewritten_bundle_has_one_answer_with_a_trust_root_and_with_a_ledger(
    issued: Path, number: str, how: str
) -> None:
    """Case V7."""
    run(issued, "bundle", number, "bundle.json")
    text = (issued / "bundle.json").read_text(encoding="utf-8")
    rewritten: dict[str, Callable[[], bytes]] = {
        "sorted": lambda: json.dumps(json.loads(text), sort_keys=True).encode(),
        "indented": lambda: json.dumps(json.loads(text), indent=4).encode(),
        "utf-16": lambda: text.encode("utf-16"),
        "cut": lambda: text[:-50].encode(),
    }
    (issued / "rewritten.json").write_bytes(rewritten[how]())
    code = 3 if how == "cut" else 0
    offline = run(issued, "verify", "rewritten.json", *VALID, "--trust", "ledger/trust.json", code=code)
    assert run(issued, "verify", "rewritten.json", *VALID, code=code) == offline
    if how != "cut":
        assert run(issued, "verify", "bundle.json", *VALID) == offline


def test_a_number_is_read_leniently_and_its_holder_is_named(issued: Path, number: str) -> None:
    """Cases V1, V2 and V3."""
    for text in (
        number.lower(),
        number.replace("-", "\u2013"),
        f"<{URL}/certificates/{number}.pdf#share>",
        f"{number}.",
    ):
        assert f"Number {number} belongs to awa N'Guessan-Écho" in run(issued, "verify", text, *VALID)
    wrong = number.replace("2017", "2018")
    assert "one character looks mistyped" in run(issued, "verify", wrong, code=64)
    never = str(CertificateNumber("TOA-PCA-FR-2017", 99, 1))
    assert f"No such certificate. This register has no certificate {never}." in run(issued, "verify", never, code=2)


def test_keys_are_retired_and_revoked(issued: Path, number: str) -> None:
    run(issued, "document", number, "jsonld", "badge.json")
    key_id = next(line.split()[0] for line in run(issued, "issuer", "list").splitlines() if "Ed25519" in line)
    run(issued, "issuer", "retire", key_id, *SECURITY)
    assert "retired" in run(issued, "issuer", "list")
    assert "In force. " in run(issued, "verify", "badge.json", *VALID)
    run(issued, "issuer", "revoke", key_id, "--reason", "compromised", "--since", "2017-01-01", *SECURITY)
    assert "revoked" in run(issued, "issuer", "list")
    assert "ask for a reissued document" in run(issued, "verify", "badge.json", *VALID, code=3)


def test_a_chain_of_another_address_is_not_enrolled(issued: Path) -> None:
    run(issued, "issuer", "new-key", "next.key", "--kind", "p256")
    elsewhere = ("--authority", "root.key", "--name", "Example", "--url", "https://elsewhere.example")
    run(issued, "issuer", "certify", "file:next.key", *elsewhere, "--to", "next.pem")
    before = run(issued, "issuer", "list")
    said = run(issued, "issuer", "enrol", "file:next.key", "--chain", "next.pem", *DIRECTOR, *SECURITY, code=1)
    assert f"expected a certificate for {URL}, not for https://elsewhere.example" in said
    assert run(issued, "issuer", "list") == before


def test_a_table_comes_back_with_results(issued: Path, number: str) -> None:
    (issued / "numbers.csv").write_text(f"number\n{number}\nX\n", encoding="utf-8")
    run(issued, "verify", "numbers.csv", "--to", "results.csv", *VALID)
    with (issued / "results.csv").open(encoding="utf-8", newline="") as file:
        assert [row["result"] for row in csv.DictReader(file)] == ["in-force", "not-checked"]


@pytest.fixture
def served(issued: Path, number: str) -> Iterator[str]:
    """The address of the register over HTTP; its diploma is beside the ledger."""
    run(issued, "document", number, "pdf", "diploma.pdf")
    with (
        listening("127.0.0.1", 0) as listener,
        opened(issued) as ledger,
        Register(ledger, Settings(base_url=URL)) as register,
        serving(create_app(register), listener),
    ):
        yield address(listener)


def test_a_register_is_asked_over_http(served: str, issued: Path) -> None:
    assert " 4. Seal: passed" in run(issued, "verify", "diploma.pdf", "--ask", served, *VALID)
    table = issued / "numbers.csv"
    table.write_text("number\nX\n", encoding="utf-8")
    run(issued, "verify", "numbers.csv", "--ask", served, "--to", "to.csv")
    assert "not-checked" in (issued / "to.csv").read_text(encoding="utf-8")
    table.write_text("name\nX\n", encoding="utf-8")
    assert "column number" in run(issued, "verify", "numbers.csv", "--ask", served, "--to", "to.csv", code=3)
    assert "answers 404" in run(issued, "verify", "diploma.pdf", "--ask", f"{served}/nowhere", code=3)
    assert "answers 405" in run(issued, "verify", "diploma.pdf", "--ask", f"{served}/health?", code=3)


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("verify", "missing.pdf"), "missing.pdf", 64),
        (("verify", "security.key.csv"), "security.key.csv", 64),
        (("issuer", "list"), "not been established", 1),
        (("issuer", "enrol", "file:none.key", *DIRECTOR, *SECURITY), "none.key", 1),
        (("issuer", "enrol", "file:director.key", *DIRECTOR, *SECURITY), "not been established", 1),
        (("issuer", "establish", URL, "--director-key", "security.key"), "Secretariat director", 1),
        (("issuer", "establish", "http://example.org", *DIRECTOR), "url: expected https", 1),
        (("document", "N", "docx", "x"), "FORM: expected one of", 64),
        (("document", "TOA-PCA-FR-2017-02-BTJ", "pdf", "x"), "there is no document", 1),
        (("holder", "TOA-PCA-FR-2017-02-BTJ"), "there is no document", 1),
    ],
)
def test_wrong_input_is_one_line(folder: Path, arguments: tuple[str, ...], said: str, code: int) -> None:
    answer = run(folder, *arguments, code=code)
    assert said in answer
    assert answer.count("\n") == 1


def test_nothing_is_made_before_the_issuer_is_established(folder: Path) -> None:
    assert "not been established" in run(folder, "issuer", "make", code=1)


def test_a_table_needs_somewhere_to_go_and_must_be_one(issued: Path, number: str) -> None:
    (issued / "numbers.csv").write_text("name\nX\n", encoding="utf-8")
    assert "--to: expected" in run(issued, "verify", "numbers.csv", code=64)
    assert "column number" in run(issued, "verify", "numbers.csv", "--to", "to.csv", code=64)
    assert not (issued / "to.csv").exists()


def test_whose_documents_cannot_be_made_is_named_and_the_others_are_made(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger")
    two_certified(world, awa="Exemple", wei="张")
    world.ledger.close()
    save_private(key_of("issuer").private, tmp_path / "badges.key")
    save_private(derive_private_key(7, SECP256R1()), tmp_path / "seal.key")
    answer = run(tmp_path, "issuer", "make", "--issuer-key", "file:badges.key", "--issuer-key", "file:seal.key", code=1)
    assert answer.startswith("1 certificates: ")
    assert "not made: TOA-PCA-FR-2017-0" in answer
