"""A command loads what it needs, so that it starts fast: a test counts modules, not seconds."""

import json
import subprocess
import sys
from pathlib import Path

from api.cli.commands import COMMANDS

ROOT = Path(__file__).parents[3]
# What makes, draws, reads or serves documents, another engine, and migrations: each takes as long as a whole command.
HEAVY = {
    "alembic", "fastapi", "jinja2", "lxml", "PIL", "psycopg", "pydantic", "pyhanko", "pyld", "pypdfium2", "requests",
    "starlette", "uvicorn", "zxingcpp",
}  # fmt: skip
# Their subject is documents, or a server; and a table of all kinds of documents tells what is presented to `verify`.
# So does `restore`, which asks what notices were caused since the backup: one links to documents.
WITH_DOCUMENTS = {
    "auditing", "checking", "demonstrating", "founding", "issuing", "restoring", "serving", "simulating", "witnessing",
}  # fmt: skip


def test_a_command_loads_what_it_needs() -> None:
    """The list of commands loads nothing of a ledger, and most commands no library of documents or servers."""
    light = [name for name, row in COMMANDS.items() if row.module not in WITH_DOCUMENTS]
    program = (
        "import json, sys\n"
        "from api import cli\n"
        "listed = list(sys.modules)\n"
        f"for name in {light}: cli.load(name)\n"
        "print(json.dumps([listed, list(sys.modules)]))"
    )
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, check=True)
    listed, loaded = json.loads(ran.stdout)
    assert not {"sqlalchemy", "cryptography", "ledger.store", "projections"} & set(listed)
    assert not HEAVY & set(loaded)
