"""The examples, commands, options and links of the documentation work as they are."""

import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from socket import create_server
from typing import Any

import pytest
from typer.main import get_command

from api import demo
from api.app import create_app
from api.cli import app, load
from api.cli.commands import COMMANDS
from api.register import Register, Settings
from api.secretariat.inbox import Inbox
from api.secretariat.office import Office
from ledger.store.ledger import Ledger
from tests.commands import script as write_script
from tests.programs import program
from tests.serving import serving
from tests.support import World, key_of

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def blocks(path: Path, kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def options_of(command: Any) -> set[str]:
    """Return the options of a command of typer, whose classes have no public name, and of every command below it."""
    own = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    below = getattr(command, "commands", {})
    return own.union(*(options_of(each) for each in below.values()))


def test_a_workshop_is_run_as_the_how_to_says(tmp_path: Path) -> None:
    command = tmp_path / "bin" / "pca-ledger"
    write_script(command)
    script = "set -eu\n" + "\n".join(blocks(DOCS / "how-to" / "run-a-workshop.md", "sh"))
    environment = {
        **os.environ,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "WORKSHOP": str(ROOT / "api" / "demo_data" / "2017_brussels_pilot"),
        "COLUMNS": "200",
    }
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        ["/bin/sh", "-c", script], cwd=work, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    assert "3 on 2018-01-01" in done.stdout
    assert "passed" in done.stdout
    assert "1 signed, none waiting" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("shell", ["bash", "sh", "zsh"])
def test_the_walkthroughs_of_the_readme_run_as_pasted(shell: str, demonstration: Path, tmp_path: Path) -> None:
    """Twice, since they undo what they do, and nothing stays in the checkout. Attacks have a test of their own."""
    for tool in ("certutil", "curl", "pdfsig"):
        program(tool)
    home, checkout = tmp_path / "home", tmp_path / "checkout"
    checkout.mkdir()
    write_script(checkout / "dev", before="shift\n")
    shutil.copytree(demonstration, home / "pca-ledger-demo")
    with (
        Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC)) as ledger,
        Register(ledger, Settings(base_url=demo.URL)) as register,
        serving(create_app(register)) as url,
    ):
        pasted = "\n".join(block for block in blocks(ROOT / "README.md", "") if not block.startswith("./dev"))
        for before, after in ((demo.URL, url), ("./dev run attacks\n", "")):
            assert before in pasted
            pasted = pasted.replace(before, after)
        done = subprocess.run(
            [program(shell), "-euc", pasted + (pasted if shell == "sh" else "")],
            cwd=checkout,
            env={
                **os.environ,
                "HOME": str(home),
                "TMPDIR": str(tmp_path),
                "PYTHONPATH": str(ROOT),
                "PCA_LEDGER_LANG": "en",
                "COLUMNS": "200",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, (done.stdout[-2000:], done.stderr[-2000:])
    for said in (
        "Signature is Valid",
        "Certificate is Trusted",
        "In force.",
        "Certification suspended: certification of",
        "Suspension lifted: certification of",
    ):
        assert said in done.stdout
    assert [path.name for path in checkout.iterdir()] == ["dev"]


def test_the_client_of_the_reference_works(staffed: World, tmp_path: Path) -> None:
    staffed.now = datetime.now(UTC)
    (program,) = blocks(DOCS / "reference" / "secretariat-http.md", "python")
    (tmp_path / "client.py").write_text(program, encoding="utf-8")
    key_of("director").save(tmp_path / "director.key")
    listener = create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    arguments = '{"person_id": "panel1", "role": "moderator"}'
    key, key_id = str(tmp_path / "director.key"), key_of("director").key_id
    command = [sys.executable, "client.py", url, key, key_id, "grant-role", arguments, "director"]
    with (
        closing(Inbox(staffed.ledger)) as inbox,
        Register(staffed.ledger, Settings(base_url=url)) as register,
        serving(create_app(register, Office(staffed.ledger, lambda: inbox, url)), listener),
    ):
        first, again = (
            subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
            for _ in range(2)
        )
    assert first.returncode == 0, first.stderr
    assert "Role granted: person Panel1 Exemple" in first.stdout
    assert "role-granted/v1" in first.stdout
    assert again.returncode == 1
    assert "already holds the role" in again.stderr


def test_every_command_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "command-line.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE))
    assert documented == {path for path in COMMANDS if " " not in path}


def test_every_option_is_one_of_a_command() -> None:
    load()
    options = {"--help", *options_of(get_command(app))}
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        if page.name not in (
            "benchmarks.md",
            "conformance.md",
            "deaths.md",
            "performance.md",
        ):  # whose options are those of other programs
            named = set(re.findall(r"(?<![\w|-])--[a-z][a-z-]+", page.read_text(encoding="utf-8")))
            assert named - options <= {"--empty-password"}, page  # of certutil


@pytest.mark.parametrize(
    "page", sorted([*DOCS.rglob("*.md"), ROOT / "README.md"]), ids=lambda p: str(p.relative_to(ROOT))
)
def test_no_link_leads_nowhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target
