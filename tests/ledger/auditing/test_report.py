"""An audit is repeated while its file is written, and is told with what was and was not checked."""

import pytest

from ledger.auditing import AuditFinding, audit
from ledger.auditing.database import ATTEMPTS, settled
from ledger.store.port import Changed
from tests.support import World


@pytest.mark.parametrize("writes", range(ATTEMPTS))
def test_an_audit_of_a_file_that_is_written_is_made_again(writes: int) -> None:
    left = iter(range(writes))

    def audited() -> str:
        for number in left:
            raise Changed(f"written {number}")
        return "audited"

    assert settled(audited) == "audited"


def test_a_file_that_is_written_all_the_time_is_not_audited() -> None:
    attempts = list[int]()

    def audited() -> None:
        attempts.append(1)
        raise Changed("written again")

    with pytest.raises(Changed):
        settled(audited)
    assert len(attempts) == ATTEMPTS


def test_a_check_that_is_made_later_joins_the_report(world: World) -> None:
    report = audit(world.ledger.folder)
    assert "documents" in {gap.check for gap in report.unchecked}
    finding = AuditFinding("document-altered", None, "N-1: altered")
    later = report.with_checked("documents", 3, [finding])
    assert "documents" not in {gap.check for gap in later.unchecked}
    assert (later.checked["documents"], later.findings) == (3, (finding,))
