"""What the image, the composition and the unit say holds, as far as it can be tried without an engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.common import clock
from api.witness.app import create_app
from api.witness.store import Witness
from ledger.trust import TrustRoot
from tests.commands import script as write_script
from tests.programs import program
from tests.serving import serving
from tests.support import World

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
UNIT = ROOT / "deploy" / "pca-ledger@.service"


def copied() -> list[str]:
    """Returns what the Dockerfile copies from the clone."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_the_context_holds_what_is_copied_and_nothing_else() -> None:
    admitted = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(admitted) == sorted(copied())
    assert all((ROOT / source).exists() for source in copied())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as the image has it: a wheel of the files that are copied, and of no others."""
    folder = tmp_path_factory.mktemp("image")
    source, site = folder / "source", folder / "site"
    for name in copied():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-compile"]
    subprocess.run([*pip, "--target", str(site), str(source)], check=True, timeout=300, capture_output=True)
    return site


def command(site: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "import api, sys; from api.cli import main; print(api.__file__); main()", *arguments],
        cwd=site.parent,
        env={**os.environ, "PYTHONPATH": str(site), "PCA_LEDGER_LANG": "en"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_copied_files_are_enough_for_the_command_line(installed: Path) -> None:
    done = command(installed, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == str(installed / "api" / "__init__.py")
    assert "serve" in done.stdout


def test_the_copied_files_are_all_that_the_packages_have(installed: Path) -> None:
    """Templates, pictures, fonts, translations and contexts too: what is missing fails only when it is asked for."""
    listed = subprocess.run(
        [program("git"), "ls-files", "ledger", "projections", "api"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    missing = [name for name in listed.stdout.splitlines() if not (installed / name).exists()]
    assert missing == []


def test_the_composition_is_one() -> None:
    done = subprocess.run(
        [program("docker-compose"), "--file", str(ROOT / "compose.yaml"), "config"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for service in ("database", "found", "witness", "name-witness", "api-1", "api-2", "publisher", "web"):
        assert f"\n  {service}:\n" in done.stdout


def test_the_witness_of_the_demonstration_is_named_once(workshop: World, tmp_path: Path) -> None:
    folder, trust = workshop.ledger.folder, workshop.ledger.trust
    workshop.ledger.close()
    write_script(tmp_path / "bin" / "pca-ledger")
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    environment = {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    witness = Witness(tmp_path / "witness", "witness.example", {trust.origin: [trust.verifier_key]}, clock)

    def name(url: str) -> None:
        script = [str(ROOT / "deploy" / "name-witness"), str(folder), url]
        subprocess.run(script, env=environment, check=True, timeout=60, capture_output=True)

    with serving(create_app(witness), lifespan="off") as url:
        name(url)
    named = TrustRoot.load(folder / "trust.json")
    assert named.witnesses.asks
    assert [each.key for each in named.witnesses.witnesses.values()] == [witness.verifier_key]
    name("http://127.0.0.1:1")  # nobody is asked again
    assert TrustRoot.load(folder / "trust.json") == named


def test_what_the_composition_mounts_is_there() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    for path in re.findall(r"\./(deploy/[\w./-]+):", text):
        assert (ROOT / path).is_file()
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_the_unit_is_one_and_is_confined(tmp_path: Path) -> None:
    analyse = program("systemd-analyze")
    unit = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    assert "/opt/pca-ledger/bin/pca-ledger" in text
    unit.write_text(text.replace("/opt/pca-ledger/bin/pca-ledger", "/bin/true"), encoding="utf-8")
    verified = subprocess.run([analyse, "verify", unit], capture_output=True, text=True, timeout=60, check=False)
    assert (verified.returncode, verified.stderr) == (0, "")
    judged = subprocess.run(
        [analyse, "security", "--offline=true", "--threshold=20", unit],  # tenths: 2.0 of 10, "OK"
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert judged.returncode == 0, judged.stdout
