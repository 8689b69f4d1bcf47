"""A workshop whose scheme has every step: one candidate signs in their own name, two on paper; one is excluded."""

from datetime import UTC, date, datetime

from tests.scenario import CRITERIA, SESSION, START, Scenario, value
from tests.support import World, key_of

STEPS = ("application", "code-of-conduct", "interests", "identity", "ai-notice")
DETAILS = [value("cv", "twelve years in customs"), value("years_of_pca", 8), value("languages", ["fr", "en"])]
CHECKLIST = ["cv", "years-of-pca", "languages", "declaration"]
ALL_MET = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
PAPER = value("evidence", "signed in Dakar on 9 January")
DAY = date(2017, 1, 9)


def tell(world: World) -> None:
    """From the call for nominations to the first day of the workshop."""
    do = world.do
    world.appoint()
    world.plan(steps=STEPS)
    do("issue-call-for-nominations", session_id=SESSION, administrations=["CI", "SN"], until=DAY)
    for name in ("awa", "bob", "eve"):
        world.person(name, family_name="N'Guessan-Écho" if name == "awa" else "Exemple")
        do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[])
    do("register-key", "security", "awa", person_id="awa", public_key=key_of("awa").public)
    do(
        "declare-ai-use",
        "manager",
        "moderator",
        session_id=SESSION,
        use_id="ai-1",
        purpose="summarise-applications",
        touches=["applications"],
        model="Exemple LM",
        model_version="3.1",
        person_id="moderator",
    )
    do("submit-application", "awa", candidacy_id="c-awa", text="declaration/v1", details=DETAILS[:1])
    do("return-application", candidacy_id="c-awa", missing=["years-of-pca"], complete_by=date(2017, 2, 1), reason=None)
    do("submit-application", "awa", candidacy_id="c-awa", text="declaration/v1", details=DETAILS)
    do("accept-code-of-conduct", "awa", candidacy_id="c-awa", text="code-of-conduct/v1")
    do("declare-interests", "awa", candidacy_id="c-awa", relation_code="no-tie", reason=None)
    do("acknowledge-ai-use", "awa", candidacy_id="c-awa", text="ai-notice/v1")
    for one in ("c-bob", "c-eve"):
        on_paper(world, one)
    for one in ("c-awa", "c-bob", "c-eve"):
        do("declare-application-complete", candidacy_id=one, checklist=CHECKLIST)
        do("decide-eligibility", candidacy_id=one, findings=ALL_MET)
    world.now = datetime(2017, 1, 10, 8, tzinfo=UTC)
    do("close-call-for-nominations", session_id=SESSION)
    do("request-accommodation", candidacy_id="c-awa", need=value("need", "a longer time to read"))
    do(
        "decide-accommodation",
        candidacy_id="c-awa",
        decision_code="granted",
        measures=value("measures", "twenty minutes more in each case study"),
    )
    for one in ("c-awa", "c-eve"):
        do("shortlist-candidate", candidacy_id=one)
        do("invite-candidate", candidacy_id=one, reply_by=date(2017, 3, 1))
        do("record-answer", candidacy_id=one, accepted=True, released=True, evidence=value("evidence", "a letter"))
    do("pass-over-candidate", candidacy_id="c-bob", reason_code="no-seat-left")
    world.now = datetime(2017, 5, 15, 8, tzinfo=UTC)
    for one in ("c-awa", "c-eve"):
        do(
            "verify-identity",
            candidacy_id=one,
            method="in-person",
            document_type="passport",
            country=value("issuing_country", "SN"),
            verified_on=START,
        )
        do("record-attendance", candidacy_id=one, day=START, activity="lecture", present=True)
    do(
        "report-incident",
        "facilitator",
        session_id=SESSION,
        incident_id="i-1",
        incident_code="forbidden-aid",
        day=START,
        person_id="facilitator",
    )
    do("implicate-candidate", candidacy_id="c-eve", incident_id="i-1", account=value("account", "notes of a colleague"))
    do("exclude-candidate", candidacy_id="c-eve", incident_id="i-1", reason=value("reason", "notes were used"))


def on_paper(world: Scenario, candidacy_id: str) -> None:
    """Somebody without a key does every step before the selection on paper."""
    signed = {"candidacy_id": candidacy_id, "signed_on": DAY, "evidence": PAPER}
    world.do("receive-application", text="declaration/v1", details=DETAILS, **signed)
    for text in ("code-of-conduct/v1", "interests/v1", "ai-notice/v1"):
        world.do("receive-signed-paper", text=text, **signed)
