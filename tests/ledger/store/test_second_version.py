"""The store on another version of PostgreSQL than the one that all other tests run on."""

import os
import subprocess
import sys
from pathlib import Path

STORE = ("test_port.py", "test_recorder.py", "test_appending.py")


def test_the_store_runs_on_a_second_version_of_postgresql() -> None:
    here = Path(__file__).parent
    environment = {**os.environ, "PCA_LEDGER_TEST_POSTGRESQL": "embedded"}
    environment = {name: value for name, value in environment.items() if not name.startswith(("PYTEST_", "COV_"))}
    command = [sys.executable, "-m", "pytest", "-k", "postgresql", *(str(here / name) for name in STORE)]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=here.parents[2])
    assert ran.returncode == 0, ran.stdout[-4000:]
