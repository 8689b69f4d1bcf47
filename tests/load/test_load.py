"""Under load, nothing that was acknowledged is lost, doubled or forked, whoever dies.

Here a few die; ``python -m tests.load`` kills as many as you like, and docs/reference/deaths.md has its figures.
"""

from pathlib import Path

import pytest

from tests.load.running import Load, run


@pytest.mark.parametrize(
    "load",
    [Load(kind="sqlite", deaths=3), Load(kind="postgresql", deaths=6, database_deaths=2)],
    ids=lambda load: load.kind,
)
def test_nothing_acknowledged_is_lost_doubled_or_forked(tmp_path: Path, load: Load) -> None:
    figures = run(tmp_path, load)
    assert figures.faults == []
    assert figures.acknowledged > load.clients
    assert figures.repeated, "deaths are felt"
