"""Witness, publish, monitor, evidence, audit and attacks as people start them."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest

from api.publishing.files import write
from ledger.signing.note import VerifierKey
from ledger.store.ledger import Ledger
from tests.api.cli.test_cli import DEMO, ROLES
from tests.api.cli.test_serving import started
from tests.commands import ROOT, run
from tests.scenario import ORIGIN
from tests.support import World, key_of

LOG_KEY = VerifierKey(ORIGIN, key_of("log").public)
OFFICERS = tuple(f"--officer={role}=Given Exemple-{role}" for role in ROLES)
BODY = ("--origin", "ledger.example.org/pca", "--body-en", "Body", "--body-fr", "Organisme", "--keys", "keys")


@pytest.fixture
def exported(workshop: World, tmp_path: Path) -> Path:
    """A folder with a closed ledger, its trust root, an export and a public folder."""
    write(workshop.ledger, tmp_path / "export", entries=True)
    write(workshop.ledger, tmp_path / "www")
    workshop.ledger.close()
    shutil.copy(tmp_path / "ledger" / "trust.json", tmp_path / "trust.json")
    return tmp_path


def test_a_monitor_that_cannot_remember_says_so_and_goes_on(exported: Path) -> None:
    look = ("monitor", "www", "--trust", "trust.json", "--state", "seen")
    run(exported, *look, "--once")
    memory = exported / "seen" / "monitor.json"
    memory.write_bytes(b"")
    assert "seen/monitor.json: expected what a monitor remembers" in run(exported, *look, "--once", code=1)
    program = [sys.executable, "-c", "from api.cli import main; main()", *look, "--every", "1"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "PCA_LEDGER_LANG": "en"}
    with subprocess.Popen(program, cwd=exported, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert "not-kept: seen/monitor.json: expected" in process.stdout.readline()
        memory.unlink()
        deadline = time.monotonic() + 60
        while not memory.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert memory.exists()
        process.kill()


def test_a_ledger_with_a_witness_publishes_what_it_cosigned(tmp_path: Path) -> None:
    witness = ("witness", "north", "--name", "north.example", "--port", "0", "--log")
    with started(tmp_path, *witness, str(LOG_KEY)) as (_, printed):
        line = next(line for line in printed.splitlines() if line.startswith("witness "))
    policy = f"{line.replace('north.example', 'north', 1).rpartition(' ')[0]} http://127.0.0.1:1\nquorum north\n"
    (tmp_path / "policy").write_text(policy, encoding="utf-8")
    run(tmp_path, "init", *BODY, *OFFICERS, "--policy", "policy")
    assert "no quorum of witnesses: north: " in run(tmp_path, "publish", "www", code=1)
    assert not (tmp_path / "www").exists()
    log_key = json.loads((tmp_path / "ledger" / "trust.json").read_bytes())["log_key"]
    with started(tmp_path, *witness, log_key) as (address, _):
        (tmp_path / "policy").write_text(policy.replace("http://127.0.0.1:1", address), encoding="utf-8")
        assert "give it to every verifier" in run(tmp_path, "set-policy", "policy")
        assert "policy: line 1" in run(tmp_path, "set-policy", "ledger/trust.json", code=1)
        assert "entries published in www" in run(tmp_path, "publish", "www")
        with started(tmp_path, "serve", "--port", "0", "--ledger", "ledger") as (register, printed):
            assert "witnesses" not in printed
            checkpoint = httpx2.get(f"{register}/checkpoint").text
            assert "north.example" in checkpoint
            assert httpx2.get(f"{register}/health").json()["status"] == "ok"
            run(tmp_path, "monitor", register, "--trust", "ledger/trust.json", "--state", "seen", "--once")
        assert (
            httpx2.get(f"{address}/cosigned/ledger.example.org/pca").text.splitlines()[:3]
            == checkpoint.splitlines()[:3]
        )
    assert "passed" in run(tmp_path, "audit", "--seen", "www/checkpoint")


def test_certificates_are_published_with_the_log(demonstration: Path, tmp_path: Path) -> None:
    shutil.copytree(demonstration, tmp_path / "register")
    run(tmp_path, "publish", "www", "--ledger", "register/ledger")
    bundles = sorted((tmp_path / "www" / "certificates").iterdir())
    assert len(bundles) > 5
    verified = run(tmp_path, "verify", str(bundles[0]), "--trust", "register/ledger/trust.json", "--on", "2018-01-01")
    assert "In force" in verified


def test_an_audit_ends_with_a_report_and_an_exit_code(exported: Path) -> None:
    assert "passed" in run(exported, "audit", "--report", "within")
    assert "passed" in run(exported, "audit", "export", "--trust", "trust.json", "--report", "export-1")
    within, outside = (json.loads((exported / f"{n}.json").read_bytes()) for n in ("within", "export-1"))
    assert within["in_order"] is outside["in_order"] is True
    assert within["report"]["root"] == outside["report"]["root"]
    page = (exported / "within.html").read_text(encoding="utf-8")
    assert "Passed" in page
    assert "<script" not in page
    bundle = next((exported / "export" / "tile" / "entries").rglob("*.p/*"))
    data = bytearray(bundle.read_bytes())
    data[300] ^= 1
    bundle.write_bytes(data)
    printed = run(exported, "audit", "export", "--trust", "trust.json", "--report", "bad", language="fr", code=1)
    assert "NON conforme" in printed
    assert "une entrée a été altérée" in printed
    bad = (exported / "bad.html").read_text(encoding="utf-8")
    assert "NON conforme" in bad
    assert "une entrée a été altérée" in bad
    assert json.loads((exported / "bad.json").read_bytes())["report"]["findings"][0]["code"]


def test_a_copy_without_keys_and_read_models_is_audited_and_left_as_it_is(exported: Path) -> None:
    for path in (exported / "ledger").glob("*.key"):
        path.unlink()
    before = {path.name for path in (exported / "ledger").iterdir()}
    printed = run(exported, "audit", "--report", "copy")
    assert "not checked: keys of the log, against the trust root: not here (log.key)\n" in printed
    assert "not checked: rows of the read models: not here (projections.db)\n" in printed
    assert "passed" in printed
    assert (exported / "copy.html").exists()
    assert {path.name for path in (exported / "ledger").iterdir()} == before


def test_two_checkpoints_become_evidence_that_anyone_can_check(tmp_path: Path) -> None:
    world = World(tmp_path / "ledger")
    world.appoint()
    world.ledger.close()
    for which, person in (("one", "registrar"), ("two", "panel1")):
        shutil.copytree(tmp_path / "ledger", tmp_path / which)
        world.ledger = Ledger.open(tmp_path / which, lambda: world.now)
        world.do("grant-role", "director", person_id=person, role="moderator")
        if which == "two":
            world.do("grant-role", "director", person_id="panel2", role="moderator")
        write(world.ledger, tmp_path / f"www-{which}")
        world.ledger.close()
    trust = ("--trust", "ledger/trust.json")
    both = ("evidence", "www-one/checkpoint", "www-two/checkpoint", *trust, "--out", "evidence.json")
    assert "the tiles of the larger tree are needed" in run(tmp_path, *both, code=1)
    assert "to check it, run" in run(tmp_path, *both, "--log", "www-two")
    assert "expected a new file" in run(tmp_path, *both, "--log", "www-two", code=64)
    assert "the two contradict each other" in run(tmp_path, "check-evidence", "evidence.json", *trust)
    same = ("evidence", "www-one/checkpoint", "www-one/checkpoint", *trust, "--out", "none.json")
    assert "do not contradict" in run(tmp_path, *same, code=1)
    assert not (tmp_path / "none.json").exists()
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    assert "none.json: expected evidence" in run(tmp_path, "check-evidence", "none.json", *trust, code=1)
    assert "rolled-back" in run(tmp_path, "audit", "--seen", "www-one/checkpoint", code=1)


def test_a_monitor_says_what_goes_on_once(exported: Path) -> None:
    look = ("monitor", "www", "--trust", "trust.json", "--state", "seen")
    assert run(exported, *look, "--once").startswith("no alert: the log is consistent")
    (exported / "www" / "checkpoint").unlink()
    assert "tile-missing: the checkpoint is not trustworthy" in run(exported, *look, "--once", code=1)
    with pytest.raises(subprocess.TimeoutExpired):
        run_for(exported, 4, *look, "--every", "1")
    assert (exported / "printed").read_text(encoding="utf-8").count("tile-missing") == 1


def run_for(folder: Path, seconds: float, *arguments: str) -> None:
    with (folder / "printed").open("w", encoding="utf-8") as printed:
        subprocess.run(
            [sys.executable, "-uc", "from api.cli import main; main()", *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(DEMO.parents[2])},
            stdout=printed,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )


def test_each_attack_is_caught_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCA_LEDGER_DATABASE", "postgresql://somebody@ledger.invalid/in-use")  # it is left alone
    printed = run(tmp_path, "attacks")
    named = re.findall(r"^    ([a-z-]+): ", printed, re.MULTILINE)
    assert named == [
        "entry-altered",
        "entry-missing",
        "log-head",
        "checkpoint-root",
        "log-forked",
        "rolled-back",
        "signature-invalid",
        "signers-not-distinct",
        "signature-unknown-key",
        "founded-again",
        "back-dated",
        "passkey-signature",
        "passkey-origin",
        "passkey-challenge",
        "rule-broken",
    ]
    assert "un import antidaté" in run(tmp_path, "attacks", language="fr")


@pytest.mark.parametrize(
    ("says", "code", "arguments"),
    [
        ("--trust: expected the trust root", 64, ["audit", "export"]),
        ("expected a folder or an http", 2, ["audit", "nowhere", "--trust", "trust.json"]),
        ("served to an auditor's key", 2, ["audit", "www", "--trust", "trust.json"]),
        ("http://127.0.0.1:1/checkpoint", 2, ["audit", "http://127.0.0.1:1", "--trust", "trust.json"]),
        ("--seen: trust.json: expected a checkpoint", 2, ["audit", "--seen", "trust.json"]),
        ("no such file", 2, ["audit", "--seen", "nothing"]),
        ("trust root", 2, ["audit", "export", "--trust", "export/checkpoint"]),
        ("--stream: requires --key", 64, ["monitor", "www", "--trust", "trust.json", "--state", "s", "--stream", "officer:x"]),
        ("--log: expected a verifier key", 64, ["witness", "w", "--name", "n", "--log", "x", "--port", "0"]),
        ("--name: expected a name", 64, ["witness", "w", "--name", "n n", "--log", str(LOG_KEY), "--port", "0"]),
        ("policy: line 1", 1, ["init", *BODY, *OFFICERS, "--policy", "trust.json", "--ledger", "new"]),
        ("there is no ledger here", 64, ["publish", "out", "--ledger", "nowhere"]),
        ("not a database", 1, ["roster", "--ledger", "broken"]),
    ],
)  # fmt: skip
def test_wrong_input_is_one_line_and_an_exit_code(exported: Path, says: str, code: int, arguments: list[str]) -> None:
    shutil.copytree(exported / "ledger", exported / "broken")
    (exported / "broken" / "ledger.db").write_bytes(b"garbage " * 1000)
    printed = run(exported, *arguments, code=code)
    assert says in printed
    assert len(printed.strip().splitlines()) == 1


def test_a_published_folder_ahead_of_the_database_is_left_alone(exported: Path) -> None:
    world = World(exported / "young" / "ledger")
    world.ledger.close()
    shutil.copytree(exported / "www", exported / "young" / "www")
    assert "the ledger has 1: was it set back?" in run(exported / "young", "publish", "www", code=1)
