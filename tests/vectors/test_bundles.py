"""What the program answers of the vectors that both it and the page must agree on."""

import pytest

from ledger.log.cosignature import Cosigner
from ledger.log.policy import Policy
from ledger.verdict import Verdict, VerificationReport
from ledger.verification import verify_bundle
from tests.support import key_of
from tests.vectors.bundles import Vector, vectors
from tests.vectors.policies import ACCEPTED, REFUSED


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Vector]:
    return {vector.name: vector for vector in vectors(tmp_path_factory.mktemp("vectors"))}


def verified(vector: Vector) -> VerificationReport:
    return verify_bundle(vector.data, vector.trust, vector.now, day=vector.day)


def detail(report: VerificationReport, code: str) -> tuple[str, str]:
    (check,) = [check for check in report.checks if check.code == code]
    return check.detail


def test_fresh_heads_on_an_old_witnessed_checkpoint_are_not_in_force(made: dict[str, Vector]) -> None:
    """Whoever holds the log's key could leave a withdrawal out so: only a recent cosignature says that none came."""
    report = verified(made["fresh heads on a witnessed checkpoint: old"])
    assert report.verdict is Verdict.NOT_CHECKED
    assert detail(report, "recent") == ("witnessed 29 days ago", "attesté par les témoins il y a 29 jours")


def test_a_checkpoint_that_was_seen_again_lately_is_recent_and_keeps_its_first_time(made: dict[str, Vector]) -> None:
    vector = made["fresh heads on a witnessed checkpoint: seen again lately"]
    report = verified(vector)
    assert report.verdict is Verdict.IN_FORCE
    assert "witnessed 1 day ago" in detail(report, "recent")[0]
    assert "before 19 May 2017" in detail(report, "witnesses")[0]  # when the quorum saw it first, a month ago


def test_without_witnesses_the_bounds_are_said_as_far_as_they_are_known(made: dict[str, Vector]) -> None:
    en, fr = detail(verified(made["genuine"]), "witnesses")
    assert "was signed after entry" in en
    assert "according to the log alone, before 19 May 2017, " in en
    assert "a été signé après l’entrée" in fr
    assert "selon le seul journal, avant le 19 mai 2017, " in fr


def test_a_certificate_issued_by_delegation_counts_until_the_last_day_of_the_delegation(
    made: dict[str, Vector],
) -> None:
    for name in ("the day before its last", "on its last day", "of a role that ended later"):
        assert verified(made[f"issued by delegation, {name}"]).verdict is Verdict.IN_FORCE
    report = verified(made["issued by delegation, a day after it"])
    assert report.verdict is Verdict.NOT_AUTHENTIC
    assert "deputy does not hold the role of Registrar" in detail(report, "signatures")[0]


@pytest.mark.parametrize("name", ACCEPTED)
def test_a_policy_in_its_form_is_read(name: str) -> None:
    Policy.parse(ACCEPTED[name])


@pytest.mark.parametrize("name", REFUSED)
def test_a_policy_with_one_fault_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="policy: "):
        Policy.parse(REFUSED[name])


def test_too_many_witnesses_are_refused() -> None:
    lines = [f"witness w{n} {Cosigner(f'w{n}.example', key_of(str(n))).verifier_key}\n" for n in range(101)]
    with pytest.raises(ValueError, match="line 101: expected at most 100"):
        Policy.parse("".join(lines))


def test_a_cosignature_from_the_future_is_no_witness(made: dict[str, Vector]) -> None:
    report = verified(made["signed by late north, wanted: n"])
    assert report.verdict is Verdict.NOT_AUTHENTIC
    assert "witnessed-time" in detail(report, "witnesses")[0]


def test_a_key_under_which_anybody_signs_is_nobodys(made: dict[str, Vector]) -> None:
    """Case R4."""
    report = verified(made["forged: a key under which anybody signs"])
    assert report.verdict is Verdict.NOT_AUTHENTIC
    assert "signature-invalid" in detail(report, "signatures")[0]


@pytest.mark.parametrize(
    ("name", "verdict", "says"),
    [
        ("relinquished, asked on 2017-06-09", Verdict.IN_FORCE, "On 9 June 2017: valid."),
        (
            "relinquished, asked on 2017-06-10",
            Verdict.NOT_IN_FORCE,
            "On 10 June 2017: relinquished since 10 June 2017.",
        ),
        ("annulled, asked on 2017-05-01", Verdict.NOT_IN_FORCE, "annulled from its first day, 19 May 2017."),
        ("annulled, asked on 2017-07-01", Verdict.NOT_IN_FORCE, "Annulled from its first day, 19 May 2017."),
        ("annulled on appeal: certification-withdrawn", Verdict.IN_FORCE, "Valid until 18 May 2020."),
        ("annulled on appeal: scope-reduced", Verdict.IN_FORCE, "Valid until 18 May 2020."),
        ("field phase, asked on 2018-04-01", Verdict.NOT_IN_FORCE, "not in force before 11 March 2019."),
        ("field phase, asked on 2019-03-11", Verdict.IN_FORCE, "On 11 March 2019: valid."),
    ],
)
def test_a_bundle_says_how_a_certification_began_and_ended(
    made: dict[str, Vector], name: str, verdict: Verdict, says: str
) -> None:
    report = verified(made[name])
    assert report.verdict is verdict
    assert report.sentence.en.endswith(says)
