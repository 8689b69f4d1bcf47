"""The command line as people use it: in its own process, right and wrong."""

import shutil
from pathlib import Path

import pytest

from ledger.domain.events.certification import CertificateIssued
from ledger.domain.record import Stream
from tests.commands import run
from tests.ledger.signed_with_passkeys import KEYS, held_with_passkeys, signed
from tests.support import World, key_of

__all__ = ["held_with_passkeys", "signed"]

DEMO = Path(__file__).parents[3] / "api" / "demo_data" / "2017_brussels_pilot"
ROLES = (
    "secretariat-director",
    "security-officer",
    "registrar",
    "programme-manager",
    "data-protection-officer",
    "moderator",
)


def init(folder: Path) -> str:
    officers = [f"--officer={role}=Given Exemple-{role}" for role in ROLES]
    return run(
        folder,
        "init",
        "--origin",
        "example.org/pca",
        "--body-en",
        "Body",
        "--body-fr",
        "Organisme",
        "--keys",
        "keys",
        *officers,
    )


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    printed = init(folder)
    assert all(role in printed for role in ROLES)
    return folder


def test_a_workshop_is_imported_shown_and_signed(founded: Path) -> None:
    assert "dry run" in run(founded, "import", str(DEMO))
    assert "C12: person" in run(founded, "import", str(DEMO), "--confirm")
    assert "already been imported" in run(founded, "import", str(DEMO), code=1)  # in the dry run already
    assert "Administration registered: administration Belgium (BE)" in run(
        founded, "pending", "--key", "keys/registrar.key"
    )
    assert "pas encore" not in run(founded, "pending", "--key", "keys/registrar.key", language="en")
    french = run(founded, "pending", "--key", "keys/registrar.key", language="fr")
    assert "Administration enregistrée" in french
    assert "      pas encore : " in french
    assert "recorded as leaf" in run(founded, "sign", "--yes", "--key", "keys/registrar.key")
    assert "11 signed, 1 waiting" in run(founded, "sign", "--yes", "--key", "keys/secretariat-director.key")
    assert "entries" in run(founded, "rebuild")
    assert "passed" in run(founded, "audit")
    assert "0 on 2018-01-01" in run(founded, "roster", "--on", "2018-01-01", "--known-on", "2018-01-02")
    assert "entries in out" in run(founded, "export", "out")
    assert len((founded / "out" / "entries.jsonl").read_bytes().splitlines()) > 20


def test_a_key_is_made_listed_and_enrolled(founded: Path) -> None:
    listed = run(founded, "keys", "list")
    person = next(line.split()[1] for line in listed.splitlines() if "moderator" in line)
    run(founded, "keys", "new", "second.key")
    enrol = ("keys", "enrol", "--person", person, "--key", "second.key", "--security-key")
    assert "must first agree" in run(founded, *enrol, "keys/security-officer.key", code=1)
    agreed = (*enrol, "keys/security-officer.key", "--agreeing-key", "keys/moderator.key")
    assert "enrolled: key" in run(founded, *agreed)
    assert "enrolled before" in run(founded, *agreed, code=1)
    assert "does not hold" in run(founded, *enrol, "keys/moderator.key", code=1)


def test_an_agreement_that_was_recorded_before_a_mistake_counts(founded: Path) -> None:
    person = next(line.split()[1] for line in run(founded, "keys", "list").splitlines() if "moderator" in line)
    run(founded, "keys", "new", "third.key")
    enrol = ("keys", "enrol", "--person", person, "--key", "third.key", "--agreeing-key", "keys/moderator.key")
    assert "does not hold" in run(founded, *enrol, "--security-key", "keys/moderator.key", code=1)
    assert "enrolled: key" in run(founded, *enrol, "--security-key", "keys/security-officer.key")


def test_a_passkey_is_listed_as_one(signed: World) -> None:
    listed = run(signed.ledger.folder.parent, "keys", "list").splitlines()
    rows = {line.split()[0]: line.split("  ", 3)[3:] for line in listed}
    assert rows[KEYS["decider1"].key_id] == ["passkey of one device, register.example.org"]
    assert rows[KEYS["decider2"].key_id] == ["synced passkey, register.example.org"]
    assert rows[key_of("decider1").key_id] == []


def test_any_command_can_be_proposed(founded: Path) -> None:
    person = run(founded, "keys", "list").split()[1]
    assert "filed as no. " in run(
        founded, "propose", "give-listing-consent", f'{{"person_id": "{person}"}}', "--by", person
    )


def test_an_import_says_how_it_read_the_files_and_the_cause_of_errors_once(founded: Path, tmp_path: Path) -> None:
    """Cases I11 and I12."""
    folder = tmp_path / "workshop"
    shutil.copytree(DEMO.parent / "2022_brussels", folder)
    candidates = folder / "candidates.csv"
    candidates.write_bytes(candidates.read_text(encoding="utf-8").replace("years_of_pca", "years").encode("cp1252"))
    printed = run(founded, "import", str(folder), code=64)
    assert "candidates.csv!1: column missing: years_of_pca" in printed
    assert "candidates.csv: read as Windows-1252" in printed
    assert "expected.csv: this file is not read" in printed
    assert "errors: 2; nothing was filed" in printed
    french = run(founded, "import", str(folder), code=64, language="fr")
    assert "candidates.csv!1 : colonne manquante : years_of_pca" in french
    assert "erreurs : 2 ; rien n’a été déposé" in french


@pytest.mark.parametrize(
    "changed",
    ["--body-en=" + "B" * 301, "--body-fr=Organ\u202eisme", "--officer=registrar=Awa  Diallo", "--officer=moderator=" + "M" * 101],
)  # fmt: skip
def test_a_founding_with_a_text_that_no_statement_holds_writes_nothing(tmp_path: Path, changed: str) -> None:
    """Case I10."""
    officers = [f"--officer={role}=Soekarno" for role in ROLES]
    bodies = ["--body-en", "Body", "--body-fr", "Organisme"]
    printed = run(tmp_path, "init", "--origin", "o", *bodies, "--keys", "keys", *officers, changed, code=64)
    assert "none of them hidden" in printed
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("says", "code", "arguments"),
    [
        ("--on: expected a date", 64, ["roster", "--on", "yesterday"]),
        ("NUMBER: expected", 64, ["bundle", "X", "x"]),
        ("looks mistyped", 64, ["history", "TOA-PCA-FR-2017-01-A"]),
        ("no certificate", 1, ["history", "TOA-PCA-FR-2017-02-BTJ"]),
        ("no ledger here", 64, ["audit", "--ledger", "nowhere"]),
        ("no ledger here", 64, ["roster", "--ledger", "nowhere"]),
        ("nothing was filed", 64, ["import", "keys"]),
        ("COMMAND: expected", 64, ["propose", "dance", "{}", "--by", "x"]),
        ("--by: expected 1", 64, ["propose", "grant-role", "{}", "--by", "x", "--by", "y"]),
        ("person_id", 64, ["propose", "grant-role", "{}", "--by", "x"]),
        ("ARGUMENTS: ", 64, ["propose", "grant-role", '{"name": "a"}', "--by", "x"]),
        ("ARGUMENTS: ", 64, ["propose", "grant-role", '{"name": "a", "value": "b"}', "--by", "x"]),
        ("ARGUMENTS: ", 64, ["propose", "grant-role", '{"self": 1, "command": 2}', "--by", "x"]),
        ("ARGUMENTS: ", 64, ["propose", "grant-role", "[" * 100_000, "--by", "x"]),
        ("person_id: expected a pseudonym", 1, ["propose", "grant-role", '{"person_id": "Awa Diallo", "role": "moderator"}', "--by", "x"]),
        ("--recent", 64, ["verify", "x", "--recent", "999999999999"]),
        ("--late", 64, ["monitor", "x", "--trust", "x", "--state", "x", "--late", "1e300"]),
        ("--every", 64, ["monitor", "x", "--trust", "x", "--state", "x", "--every", "1e300"]),
        ("TARGET: expected a folder", 64, ["publish", ""]),
        ("9999: nothing waits for you", 1, ["sign", "9999", "--yes", "--key", "keys/registrar.key"]),
        ("PEM", 1, ["sign", "--key", "ledger/trust.json"]),
        ("not an active key", 1, ["pending", "--key", "ledger/log.key"]),
        ("--officer: expected", 64, ["init", "--origin", "o", "--body-en", "a", "--body-fr", "b", "--keys", "k", "--officer", "x"]),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line_and_an_exit_code(founded: Path, says: str, code: int, arguments: list[str]) -> None:
    printed = run(founded, *arguments, code=code)
    assert says in printed


@pytest.mark.parametrize(
    ("says", "code", "arguments"),
    [
        ("--on : date attendue", 64, ["roster", "--on", "hier"]),
        ("COMMANDE : valeur attendue parmi", 64, ["propose", "dance", "{}", "--by", "x"]),
        ("(Responsable de la sécurité, En son propre nom)", 64, ["propose", "register-key", "{}", "--by", "x"]),
        ("person_id : valeur incorrecte (attendu : un pseudonyme", 1, ["propose", "grant-role", '{"person_id": "A B", "role": "moderator"}', "--by", "x"]),
        ("nowhere.key : fichier ou dossier introuvable", 1, ["sign", "--key", "nowhere.key"]),
        ("cette clé n’est pas une clé active de ce registre (key-not-enrolled : ", 1, ["pending", "--key", "ledger/log.key"]),
        ("9999 : aucune signature ne vous est demandée", 1, ["sign", "9999", "--yes", "--key", "keys/registrar.key"]),
        ("nowhere : aucun registre ici", 64, ["audit", "--ledger", "nowhere"]),
        ("signatures : conforme", 0, ["audit"]),
    ],
)  # fmt: skip
def test_wrong_input_and_what_is_said_are_in_french_when_asked(
    founded: Path, says: str, code: int, arguments: list[str]
) -> None:
    assert says in run(founded, *arguments, language="fr", code=code)


def test_nothing_is_published_into_the_folder_where_one_stands(founded: Path) -> None:
    before = sorted(founded.iterdir())
    run(founded, "publish", "", code=64)
    assert sorted(founded.iterdir()) == before


def test_an_endless_published_note_is_not_read_to_its_end(founded: Path, tmp_path: Path) -> None:
    shutil.copytree(founded / "ledger", tmp_path / "ledger")
    with (tmp_path / "ledger" / "published.note").open("wb") as file:
        file.truncate(20 * 1024**3)  # sparse
    assert "too long" in run(tmp_path, "pending", code=1)


def test_every_line_of_a_history_is_whole(workshop: World, tmp_path: Path) -> None:
    facts = [s.event.facts for s in workshop.ledger.signed_events(Stream("certification", "c-awa"))]
    number = next(f.certificate.number for f in facts if isinstance(f, CertificateIssued))
    workshop.ledger.close()
    printed = run(tmp_path, "history", number, "--ledger", str(workshop.ledger.folder))
    assert all(line.endswith(")") for line in printed.splitlines()[1:])


def test_a_refusal_is_in_french_when_asked(founded: Path) -> None:
    assert "introuvable" in run(founded, "history", "TOA-PCA-FR-2017-02-BTJ", language="fr", code=1)


def test_a_certificate_is_verified_offline(workshop: World, tmp_path: Path) -> None:
    facts = [s.event.facts for s in workshop.ledger.signed_events(Stream("certification", "c-awa"))]
    number = next(f.certificate.number for f in facts if isinstance(f, CertificateIssued))
    workshop.ledger.close()
    ledger = ("--ledger", str(workshop.ledger.folder))
    assert "to verify it, run" in run(tmp_path, "bundle", number, "awa.json", "--with-name", *ledger)
    assert "exists" in run(tmp_path, "bundle", number, "awa.json", *ledger, code=1)
    verify = ("verify", "awa.json", "--trust", str(workshop.ledger.folder / "trust.json"))
    printed = run(tmp_path, *verify, "--on", "2017-06-01")
    assert " 1. The file is a verification bundle: passed" in printed
    assert "awa N'Guessan-Écho" in printed
    assert "In force. On 1 June 2017: valid." in printed
    assert "Authentique, mais pas en vigueur. Le 1er janvier 2025 : certification expirée depuis le 19 mai 2020" in run(
        tmp_path, *verify, "--on", "2025-01-01", language="fr", code=1
    )
    text = (tmp_path / "awa.json").read_text(encoding="utf-8")
    (tmp_path / "eve.json").write_text(text.replace(number, "TOA-PCA-FR-2017-02-BTJ"), encoding="utf-8")
    printed = run(tmp_path, "verify", "eve.json", *verify[2:], code=2)
    assert "FAILED" in printed
    assert "Not authentic. The certificate does not match what was granted." in printed
    assert "trust root" in run(tmp_path, "verify", "eve.json", "--trust", "eve.json", code=3)
