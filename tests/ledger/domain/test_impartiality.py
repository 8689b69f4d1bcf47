"""The register of risks to impartiality (ISO/IEC 17024, 4.3)."""

from datetime import date

from tests.ledger.domain.rules import Rules
from tests.scenario import SESSION, names, value
from tests.vectors.stories.competence import with_key

RISK = {
    "risk_id": "risk-1",
    "person_id": "assessor1",
    "source": "hierarchy",
    "severity": "high",
    "account": value("account", "a superior assesses"),
    "affected": ["assessor2"],
    "sessions": [SESSION],
    "review_by": date(2017, 2, 1),
}
TREATED = {
    "risk_id": "risk-1",
    "measures": value("measures", "another assessor"),
    "residual": "low",
    "review_by": date(2018, 1, 9),
}
RECORD, TREAT = "record-impartiality-risk", "treat-impartiality-risk"


def test_any_officer_records_a_risk_in_their_own_name(planned: Rules) -> None:
    planned.refused("not-in-own-name", RECORD, "assessor2", **RISK)
    with_key(planned, "guest")
    planned.refused("no-officer", RECORD, "guest", **RISK | {"person_id": "guest"})
    for code, changed in (
        ("malformed", {"affected": ["assessor2"] * 2}),
        ("malformed", {"sessions": [SESSION] * 2}),
        ("unknown", {"affected": ["nobody"]}),
        ("unknown", {"sessions": ["OTHER"]}),
        ("malformed", {"review_by": date(2017, 1, 9)}),
    ):
        planned.refused(code, RECORD, "assessor1", **RISK | changed)
    planned.do(RECORD, "assessor1", **RISK)
    planned.refused("already-exists", RECORD, "assessor1", **RISK)


def test_a_risk_is_treated_by_two_whom_it_does_not_affect_under_any_of_their_ids(planned: Rules) -> None:
    planned.refused("unknown", TREAT, **TREATED)
    planned.do("register-person", person_id="manager2", details=names("Other"))
    planned.do("merge-persons", person_id="manager2", merged_id="manager", reason=value("reason", "the same"))
    planned.do(RECORD, "director", **RISK | {"person_id": "director", "affected": ["manager2"]})
    planned.refused("own-case", TREAT, **TREATED)
    planned.do(RECORD, "director", **RISK | {"person_id": "director", "risk_id": "risk-2"})
    treated = TREATED | {"risk_id": "risk-2"}
    planned.refused("malformed", TREAT, **treated | {"review_by": planned.now.date()})
    planned.do(TREAT, **treated)


def test_a_risk_is_due_on_its_day_until_it_is_treated_again(planned: Rules) -> None:
    planned.do(RECORD, "assessor1", **RISK)
    read = planned.read()
    risk = read.risk("risk-1")
    assert not risk.is_due(date(2017, 1, 31))
    assert risk.is_due(date(2017, 2, 1))
    planned.do(TREAT, **TREATED)
    risk = planned.read().risk("risk-1")
    assert (risk.severity, risk.is_due(date(2017, 2, 1)), risk.treated_on) == ("low", False, date(2017, 1, 9))
    assert not planned.read().risk("other").is_due(date(2099, 1, 1))
