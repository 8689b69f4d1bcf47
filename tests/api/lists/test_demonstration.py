"""On the workshops that the demonstration imports, lists say what was expected of them before they were recorded."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api import demo
from api.lists.catalogue import ask
from api.lists.recomputed import recomputed, under
from ledger.store.ledger import Ledger

DATA = Path(demo.__file__).parent / "demo_data"
WORKSHOPS = sorted(DATA.glob("20*"))
IMPORTED = {f"TOA-PCA-FR-{folder.name[:4]}" for folder in WORKSHOPS}  # the fourth workshop has another scheme


@pytest.fixture(scope="module")
def ledger(demonstration: Path) -> Iterator[Ledger]:
    with Ledger.open(demonstration / "ledger", lambda: datetime.now(UTC), read_only=True) as ledger:
        yield ledger


@pytest.mark.parametrize("folder", WORKSHOPS, ids=lambda folder: folder.name)
def test_results_reasons_and_scores_are_those_expected(folder: Path, ledger: Ledger) -> None:
    with (folder / "expected.csv").open(encoding="utf-8") as file:
        expected = Counter((r["result"], r["why"].partition(":")[0], r["composite"]) for r in csv.DictReader(file))
    found = Counter(
        (_result(row), ";".join(row.unmet or row.unmet_criteria), row.exact or "")
        for row in rows(ledger, filters={"session_id": f"TOA-PCA-FR-{folder.name[:4]}"})
    )
    assert found == expected


def rows(ledger: Ledger, name: str = "candidates", **asked: Any) -> list[Any]:
    return list(ask(ledger, name, **asked).rows)


def _result(row: Any) -> str:
    """What became of a candidate, in the words of the file."""
    result = str(row.decision or row.selection)
    return {"granted": "certified", "candidacy-withdrawn": "withdrawn"}.get(result, result)


def test_every_result_is_computed_again_as_it_was_recorded(ledger: Ledger) -> None:
    versions = {row.session_id: row.scheme_version for row in rows(ledger, "sessions") if row.session_id in IMPORTED}
    for version in set(versions.values()):
        compared: list[Any] = list(under(ledger, "toa-pca-fr", version).rows)
        assert {row.session_id for row in compared} == versions.keys()
        assert not any(row.differs for row in compared if versions[row.session_id] == version)
    one_of_each = {row.decision: row.candidacy_id for row in rows(ledger) if row.decision}
    for decision, candidacy_id in one_of_each.items():
        answer, differs = recomputed(ledger, candidacy_id)
        last: Any = answer.rows[-1]
        assert (last.about, differs) == (decision, False)


def test_agreement_of_whole_workshops_has_figures(ledger: Ledger) -> None:
    found = (row for row in rows(ledger, "agreement") if row.session_id in IMPORTED)
    overall = [row for row in found if row.competency == "all"]
    assert len(overall) == len(WORKSHOPS)
    for row in overall:
        assert row.cells >= 10
        assert -1 <= row.alpha_ordinal <= 1
