"""Awa asks for her data and Bob for their erasure, a hold keeps them; old records; an administration over time."""

from datetime import date
from typing import Any

from tests.scenario import SESSION, value
from tests.support import World

REASON = value("reason", "as the file of the case says")
SOURCE = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def tell(world: World, **options: Any) -> None:
    """Everything about personal data, and about reference data over time."""
    do = world.do
    world.appoint()
    world.plan(**options)
    for name in ("awa", "zoe"):
        world.person(name, family_name="N'Guessan-Écho" if name == "awa" else "Exemple")
    asked = {"request_id": "r-awa", "person_id": "awa", "request_kind": "access", "received_on": date(2017, 1, 9)}
    do("receive-data-subject-request", **asked)
    do("extend-data-subject-request", request_id="r-awa", reason=REASON)
    refused = {"granted": False, "refusal_ground": "rights-of-others", "reason": REASON}
    do("decide-data-subject-request", request_id="r-awa", **refused)
    do("place-legal-hold", hold_id="h-zoe", person_id="zoe", review_on=date(2018, 1, 9), reason=REASON)
    do("release-legal-hold", hold_id="h-zoe", reason=REASON)
    do(
        "record-disclosure",
        transfer_id="t-awa",
        person_id="awa",
        recipient="accreditation-body",
        legal_basis="legitimate-interests",
        categories=["identity-data", "result-data"],
        disclosed_on=date(2017, 1, 9),
        told_before=False,
        not_told_because="not-reachable",
    )
    do(
        "import-historical-record",
        history_id="o-awa",
        person_id="awa",
        session_id=SESSION,
        administration_id="SN",
        record_kind="workshop-attended",
        original_on=date(2012, 6, 1),
        evidence_grade="grade-b",
        source_hash=SOURCE,
        account=value("account", "a list of the participants of a workshop in Dakar"),
    )
    since = {"administration_id": "SN", "effective_from": date(1976, 3, 10)}
    do("record-membership", **since, membership="member", cited_source="List of Members, 2016")
    do("assign-region", **since | {"effective_from": date(2015, 7, 1)}, region="West and Central Africa")
    do("record-death", person_id="zoe", died_on=date(2017, 1, 8), evidence=value("evidence", "a letter of her family"))
