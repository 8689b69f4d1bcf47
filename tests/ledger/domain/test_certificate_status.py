"""The status of a certificate, from that of its certification."""

import pytest

from ledger.domain.certificate_status import STATUS_LABELS, CertificateStatus, certificate_status, status_label
from ledger.domain.standing import NOT_CERTIFIED_YET, Status


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.VALID])
def test_a_certification_that_is_not_in_force_decides_alone(status: Status) -> None:
    for is_superseded in (False, True):
        found = certificate_status(status, is_superseded=is_superseded, stated=["a"], certified=[])
        assert found.value == (CertificateStatus.NOT_YET_VALID if status in NOT_CERTIFIED_YET else status.value)


@pytest.mark.parametrize(
    ("is_superseded", "stated", "certified", "expected"),
    [
        (False, "ab", "ab", CertificateStatus.VALID),
        (False, "a", "ab", CertificateStatus.VALID),
        (False, "ab", "a", CertificateStatus.SCOPE_REDUCED),
        (True, "ab", "ab", CertificateStatus.SUPERSEDED),
        (True, "ab", "a", CertificateStatus.SUPERSEDED),
    ],
)
def test_of_a_valid_certification_a_certificate_is_in_force_if_it_is_the_current_one_and_states_no_more(
    is_superseded: bool, stated: str, certified: str, expected: CertificateStatus
) -> None:
    """Case V8."""
    found = certificate_status(Status.VALID, is_superseded=is_superseded, stated=stated, certified=certified)
    assert found is expected


def test_every_status_has_its_word_in_both_languages() -> None:
    assert set(STATUS_LABELS) == set(CertificateStatus)
    for language in ("en", "fr"):
        assert len({getattr(label, language) for label in STATUS_LABELS.values()}) == len(CertificateStatus)
        every = [str(status) for status in (*Status, *CertificateStatus)]
        assert len({getattr(status_label(status), language) for status in every}) == len(set(every))
