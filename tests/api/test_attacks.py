"""Every attack is caught, and the audit's report names it in words."""

from pathlib import Path

import pytest

from api.attacked import Attack
from api.attacks import ATTACKS
from ledger.auditing import AuditFinding
from ledger.auditing.report import AuditReport, Outcome
from ledger.auditing.words import OTHER, WORDS


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_an_attack_is_caught_by_name(attack: Attack, tmp_path: Path) -> None:
    assert attack.code in attack.run(tmp_path / "ledger")
    assert AuditFinding(attack.code, None, "").words == WORDS[attack.code]


def test_what_is_found_elsewhere_joins_the_report() -> None:
    report = AuditReport("o", 0, "", 0, 0, None, ())
    assert report.outcome is Outcome.PASSED
    finding = AuditFinding("unheard-of", 3, "says")
    assert finding.words == OTHER
    unread = report.without("documents", "not-reached").without("read-models", "unreadable", "projections.db")
    assert [gap.words for gap in unread.unchecked] == [
        (
            "documents issued: not reached: the entries must be in order first",
            "documents délivrés\u00a0: non atteint\u00a0: les entrées d’abord",
        ),
        (
            "rows of the read models: cannot be read (projections.db)",
            "lignes des modèles de lecture\u00a0: illisible (projections.db)",
        ),
    ]
    assert unread.outcome is Outcome.NOT_CHECKED
    looked = unread.with_checked("read-models", 7)
    assert ([gap.check for gap in looked.unchecked], looked.checked) == (["documents"], {"read-models": 7})
    assert looked.outcome is Outcome.PASSED
    assert unread.with_checked("documents", 1, [finding]).outcome is Outcome.FAILED
