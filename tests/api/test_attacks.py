"""Every attack is caught, and the audit's report names it in words."""

from pathlib import Path

import msgspec
import pytest

from api.attacks import ATTACKS, Attack
from ledger.auditing import AuditFinding
from ledger.auditing.report import OTHER, WORDS, AuditReport


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.run.__name__)
def test_an_attack_is_caught_by_name(attack: Attack, tmp_path: Path) -> None:
    assert attack.code in attack.run(tmp_path / "ledger")
    assert AuditFinding(attack.code, None, "").words == WORDS[attack.code]


def test_what_is_found_elsewhere_joins_the_report() -> None:
    report = AuditReport("o", 0, "", 0, 0, None, ())
    assert report.clean
    finding = AuditFinding("unheard-of", 3, "says")
    assert report.with_findings([finding]).findings == (finding,)
    assert not report.with_findings([finding]).clean
    unlooked = msgspec.structs.replace(report, unchecked=("documents", "read-models"))
    assert unlooked.unchecked_words == [("documents", "documents délivrés"), ("read models", "modèles de lecture")]
    assert unlooked.with_findings([], "documents").unchecked == ("read-models",)
    assert finding.words == OTHER
