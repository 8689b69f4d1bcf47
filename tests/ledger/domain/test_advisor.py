"""Advisors in service: the pool, its languages and domains, and what advisors state in their own name."""

from datetime import date

import pytest

from ledger.domain.matching import proposals
from ledger.domain.serving import is_valid_over
from ledger.domain.standing import Standing
from ledger.domain.states.advisor import Advisor
from ledger.papers import PAPERS
from tests.ledger.domain.rules import Rules
from tests.scenario import names, value
from tests.vectors.stories.missions import DAYS, PLEDGE, REQUEST, assign, carry_out, release, request

SUMMER = {"start": date(2018, 7, 1), "end": date(2018, 8, 31), "modes": ["remote"]}
JANUARY, DECEMBER = date(2018, 1, 1), date(2018, 12, 31)


def test_whoever_is_certified_joins_the_pool_once(in_service: Rules) -> None:
    assert [one.person_id for one in in_service.read().advisors()] == ["awa", "bob", "cleo"]
    in_service.refused("already-an-advisor", "register-advisor", person_id="awa", certification_id="c-awa")


def test_nobody_joins_the_pool_with_a_certification_of_another_or_that_is_not_in_force(certified: Rules) -> None:
    certified.refused("not-their-certification", "register-advisor", person_id="moderator", certification_id="c-awa")
    certified.refused("not-their-certification", "register-advisor", person_id="awa", certification_id="c-nobody")
    certified.at(2021, 1, 1).refused(
        "not-certified-then", "register-advisor", person_id="awa", certification_id="c-awa"
    )


def test_a_merged_advisor_counts_under_the_id_that_goes_on(in_service: Rules) -> None:
    in_service.do("register-person", person_id="awa2", details=names("Awa"))
    in_service.do("merge-persons", person_id="awa2", merged_id="awa", reason=value("reason", "same birth date"))
    assert [one.person_id for one in in_service.read().advisors()] == ["bob", "cleo"]
    in_service.do("register-advisor", person_id="awa2", certification_id="c-awa")
    assert [one.person_id for one in in_service.read().advisors()] == ["awa2", "bob", "cleo"]


def test_the_last_level_in_a_language_and_the_last_domains_count(in_service: Rules) -> None:
    about_awa = {"person_id": "awa", "language": "fr", "since": date(2018, 1, 1)}
    in_service.do("record-language-proficiency", cefr="C2", **about_awa)
    in_service.do("record-advice-domains", person_id="awa", topics=["trade-compliance"])
    awa = in_service.read().advisor("awa")
    assert (awa.languages, awa.topics) == ({"fr": "C2"}, ("trade-compliance",))
    in_service.refused(
        "in-the-future", "record-language-proficiency", cefr="C2", **{**about_awa, "since": date(2019, 1, 1)}
    )
    in_service.refused("malformed", "record-advice-domains", person_id="awa", topics=[])
    in_service.refused("no-advisor", "record-advice-domains", person_id="ben", topics=["trade-compliance"])


def test_advisors_say_themselves_when_they_could_go(in_service: Rules) -> None:
    in_service.do("declare-availability", "awa", person_id="awa", **SUMMER)
    in_service.refused("not-in-own-name", "declare-availability", "registrar", person_id="awa", **SUMMER)
    in_service.refused("no-key", "declare-availability", "bob", person_id="bob", **SUMMER)
    in_service.refused("malformed", "declare-availability", "awa", person_id="awa", **{**SUMMER, "modes": []})
    for wrong in ({"end": date(2018, 6, 30)}, {"start": date(2017, 1, 1), "end": date(2017, 2, 1)}):
        in_service.refused("malformed", "declare-availability", "awa", person_id="awa", **{**SUMMER, **wrong})


@pytest.mark.parametrize(
    ("start", "end", "mode", "is_available"),
    [
        (date(2018, 2, 1), date(2018, 6, 30), "on-site", True),
        (date(2018, 1, 31), date(2018, 2, 2), "on-site", False),
        (date(2018, 2, 1), date(2018, 2, 2), "remote", False),
        (date(2018, 7, 1), date(2018, 7, 2), "on-site", None),
    ],
)
def test_what_was_not_declared_is_not_known(
    in_service: Rules, start: date, end: date, mode: str, is_available: bool | None
) -> None:
    awa: Advisor = in_service.read().advisor("awa")
    assert awa.is_available(start, end, mode) is is_available  # type: ignore[arg-type]  # a mode


def test_a_pledge_is_signed_once_in_ones_own_name(in_service: Rules) -> None:
    assert PLEDGE in PAPERS
    assert in_service.read().advisor("awa").pledged_on == {PLEDGE: date(2018, 1, 8)}
    in_service.refused("already-pledged", "pledge-collaboration", "awa", person_id="awa", text=PLEDGE)
    in_service.refused("not-in-own-name", "pledge-collaboration", "awa", person_id="cleo", text=PLEDGE)


def test_a_deactivation_leaves_the_certification_and_ends_when_it_is_in_force(in_service: Rules) -> None:
    in_service.refused("advisor-active", "reactivate-advisor", person_id="awa")
    in_service.do("deactivate-advisor", person_id="awa")
    assert in_service.read().certification("c-awa").in_force(in_service.now.date())
    in_service.refused("advisor-inactive", "deactivate-advisor", person_id="awa")
    in_service.do("reactivate-advisor", person_id="awa")
    in_service.do("deactivate-advisor", person_id="awa")
    in_service.at(2021, 1, 1).refused("not-certified-then", "reactivate-advisor", person_id="awa")


def test_a_suspension_within_a_period_ends_its_validity() -> None:
    suspended = Standing(JANUARY, pauses=((date(2018, 3, 1), True), (date(2018, 4, 1), False)))
    assert not is_valid_over(suspended, JANUARY, DECEMBER)
    assert is_valid_over(suspended, date(2018, 4, 1), DECEMBER)


# Whom a mission is proposed to


def proposed(rules: Rules, role: str = "lead", mission_id: str = "m-1") -> list[str]:
    """Who can go, the best first."""
    read = rules.read()
    found = proposals(read.mission(mission_id), role, read)  # type: ignore[arg-type]  # a role
    return [one.person_id for one in found if one.is_possible]


def objections(rules: Rules, person_id: str, mission_id: str = "m-1") -> list[str]:
    """Why somebody cannot lead a mission: the codes."""
    read = rules.read()
    found = proposals(read.mission(mission_id), "lead", read)
    return [objection.code for one in found if one.person_id == person_id for objection in one.objections]


def test_the_domain_the_language_and_the_days_decide_who_is_proposed_first(in_service: Rules) -> None:
    request(in_service, "m-1")
    assert proposed(in_service) == ["awa", "bob", "cleo"]
    read = in_service.read()
    awa, bob, _ = proposals(read.mission("m-1"), "lead", read)
    assert awa.met == {"topic": True, "language": True, "availability": True, "release": None}
    assert bob.met == dict.fromkeys(awa.met)  # nothing is known of Bob
    assert (awa.cefr, bob.cefr, bob.missions, bob.last_day) == ("C1", None, 0, None)
    in_service.do("record-advice-domains", person_id="awa", topics=["trade-compliance"])
    assert proposed(in_service) == ["bob", "cleo", "awa"]


def test_of_equals_whoever_was_sent_last_comes_last(in_service: Rules) -> None:
    for name in ("bob", "cleo"):
        in_service.do("record-advice-domains", person_id=name, topics=[REQUEST["topic"]])
    request(in_service, "m-1")
    assign(in_service, "m-1", awa="lead", bob="observer")
    carry_out(in_service, "m-1")
    in_service.do("deactivate-advisor", person_id="awa")
    later = {"start": date(2018, 5, 7), "end": date(2018, 5, 11)}
    in_service.do("request-mission", mission_id="m-2", **REQUEST, **later)
    assert proposed(in_service, mission_id="m-2") == ["bob", "cleo"]  # Bob was released before
    request_release_of_cleo(in_service)
    assert proposed(in_service, mission_id="m-2") == ["cleo", "bob"]
    assert objections(in_service, "awa", "m-2") == ["advisor-inactive"]


def test_a_release_that_was_refused_for_another_mission_is_known(in_service: Rules) -> None:
    request(in_service, "m-1")
    in_service.do("request-mission", mission_id="m-2", **REQUEST, start=date(2018, 5, 7), end=date(2018, 5, 11))
    for name in ("bob", "cleo"):
        in_service.do("request-release", mission_id="m-1", person_id=name)
    in_service.do("decide-release", mission_id="m-1", person_id="bob", granted=False)
    read = in_service.read()
    found = {one.person_id: one for one in proposals(read.mission("m-2"), "lead", read)}
    assert [found[name].met["release"] for name in ("awa", "bob", "cleo")] == [None, False, None]
    assert proposed(in_service, mission_id="m-2") == ["awa", "cleo", "bob"]


def request_release_of_cleo(rules: Rules) -> None:
    """Cleo is released for the second mission."""
    rules.do("approve-mission", mission_id="m-2", terms_hash="0" * 64)
    release(rules, "m-2", "cleo")


def test_who_is_ruled_out_is_listed_with_every_reason(in_service: Rules) -> None:
    request(in_service, "m-1")
    in_service.do("record-employment", person_id="cleo", administration_id="BE", since=date(2018, 1, 1))
    in_service.do("suspend-certification", certification_id="c-cleo", effective_from=date(2018, 3, 9))
    assert objections(in_service, "cleo") == ["beneficiary-employs", "not-certified-then"]
    in_service.do("request-release", mission_id="m-1", person_id="bob")
    in_service.do("decide-release", mission_id="m-1", person_id="bob", granted=False)
    assert objections(in_service, "bob") == ["release-refused"]
    assert proposed(in_service) == ["awa"]
    assign(in_service, "m-1", awa="lead")
    assert objections(in_service, "awa") == ["already-assigned"]
    assert proposed(in_service, "observer") == ["awa"]
    in_service.do("request-mission", mission_id="m-2", **REQUEST, **DAYS)
    assert objections(in_service, "awa", "m-2") == ["assigned-elsewhere"]
    in_service.do("cancel-mission", mission_id="m-1")
    assert objections(in_service, "awa", "m-2") == []


def test_whose_employer_is_not_recorded_cannot_go(in_service: Rules) -> None:
    in_service.do("register-person", person_id="dan", details=names("Dan"))
    in_service.do("merge-persons", person_id="dan", merged_id="bob", reason=value("reason", "one person"))
    in_service.do("register-advisor", person_id="dan", certification_id="c-bob")
    request(in_service, "m-1")
    assert objections(in_service, "dan") == []  # under whichever id they were employed
    in_service.do("unmerge-persons", person_id="dan", merged_id="bob", reason=value("reason", "two people"))
    assert objections(in_service, "dan") == ["employment-unknown", "not-certified-then"]
