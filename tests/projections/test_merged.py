"""One human with two ids, both certified: shown once from the merge to its undoing, and twice as known before."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from projections.following import TABLES
from projections.read_models import ReadModels, rebuild
from tests.scenario import value
from tests.serving import client_of
from tests.support import World

WHY = {"reason": value("reason", "same birth date")}
DAY = date(2018, 1, 1)
BEFORE, MERGED, AFTER = (datetime(2018, month, 1, tzinfo=UTC) for month in (2, 4, 6))


@pytest.fixture
def certified(tmp_path: Path) -> World:
    world = World(tmp_path / "ledger")
    world.appoint()
    world.plan()
    candidacies = [world.candidate(name, family_name="N'Guessan") for name in ("awa", "eva")]
    for candidacy in candidacies:
        world.score(candidacy, 4)
    world.conclude(*candidacies)
    for name in ("awa", "eva"):
        world.do("give-listing-consent", person_id=name)
    world.now = datetime(2018, 3, 1, 9, tzinfo=UTC)
    return world


@pytest.fixture
def merged(certified: World) -> World:
    certified.do("merge-persons", person_id="awa", merged_id="eva", **WHY)
    return certified


def ids_on_roster(models: ReadModels, known: datetime, search: str = "") -> list[str]:
    return [advisor.person_id for advisor in models.roster.find(search, DAY, known).advisors]


def test_a_human_is_on_the_roster_once_as_known_since_the_merge(merged: World) -> None:
    merged.now = datetime(2018, 5, 1, 9, tzinfo=UTC)
    merged.do("unmerge-persons", person_id="awa", merged_id="eva", **WHY)
    with ReadModels(merged.ledger) as models:
        assert ids_on_roster(models, BEFORE) == ["awa", "eva"]
        assert ids_on_roster(models, MERGED) == ["awa"]
        assert ids_on_roster(models, MERGED, "guessan senegal") == ["awa"]
        assert ids_on_roster(models, MERGED, "eva") == []
        assert ids_on_roster(models, AFTER) == ["awa", "eva"]
        assert models.roster.ids_of("eva", MERGED) == ("awa", "eva")
        assert models.roster.ids_of("eva", AFTER) == ("eva",)
        assert [r.name for r in models.roster.on(DAY, MERGED)] == ["awa N'Guessan"]


@pytest.mark.parametrize(
    ("withdrawn", "seen"), [("eva", [True, False, True, True]), ("awa", [True, False, True, True])]
)
def test_the_narrower_consent_is_shown_until_it_is_given_again(
    certified: World, withdrawn: str, seen: list[bool]
) -> None:
    def shown() -> list[bool]:
        with ReadModels(certified.ledger) as models:
            people = models.roster.people(["awa", "eva"])
            return [people[name].name is not None for name in ("awa", "eva")]

    other = "eva" if withdrawn == "awa" else "awa"
    certified.do("withdraw-listing-consent", person_id=withdrawn)
    assert dict(zip(("awa", "eva"), shown(), strict=True)) == {withdrawn: False, other: True}
    certified.do("merge-persons", person_id="awa", merged_id="eva", **WHY)
    assert shown() == [False, False]
    certified.do("give-listing-consent", person_id="awa")
    assert shown() == [True, True]
    certified.do("unmerge-persons", person_id="awa", merged_id="eva", **WHY)
    assert dict(zip(("awa", "eva"), shown(), strict=True)) == {"awa": True, "eva": withdrawn != "eva"}


def test_consents_and_erasures_are_as_now_whatever_was_known_then(merged: World) -> None:
    merged.do("withdraw-listing-consent", person_id="awa")
    for certification in ("c-awa", "c-eva"):
        merged.do("withdraw-certification", certification_id=certification, effective_from=date(2018, 3, 1))
    with ReadModels(merged.ledger) as models:
        assert models.roster.people(["eva"], BEFORE)["eva"].name is None
    merged.do("erase-personal-data", person_id="awa", basis_code="request")
    with ReadModels(merged.ledger) as models:
        assert models.roster.people(["eva"], BEFORE)["eva"].erased
        assert models.roster.person("eva").erased
        assert models.roster.person("nobody").name is None


def test_who_was_one_person_then_may_be_another_now(merged: World) -> None:
    """As known then, eva counts as awa; awa counts as ava now, who does not agree to be listed."""
    merged.now = datetime(2018, 5, 1, 9, tzinfo=UTC)
    merged.do("unmerge-persons", person_id="awa", merged_id="eva", **WHY)
    merged.person("ava")
    merged.do("merge-persons", person_id="ava", merged_id="awa", **WHY)
    with ReadModels(merged.ledger) as models:
        then = models.roster.people(["eva"], MERGED)["eva"]
        assert (then.id, then.name) == ("awa", None)
        now = models.roster.person("eva")
        assert (now.id, now.name) == ("eva", "eva N'Guessan")


def test_the_history_of_a_certificate_tells_of_every_id_of_its_holder(merged: World) -> None:
    with ReadModels(merged.ledger) as models:
        streams = {row.stream for row in models.history.of_certification("c-eva")}
        assert {"person:awa", "person:eva"} <= streams
        assert "candidacy:c-awa" not in streams
        merged.do("unmerge-persons", person_id="awa", merged_id="eva", **WHY)
        models.catch_up()
        assert "person:awa" not in {row.stream for row in models.history.of_certification("c-eva")}


def test_a_rebuild_gives_the_same_rows_after_a_merge_and_its_undoing(merged: World) -> None:
    merged.person("ava")
    merged.do("merge-persons", person_id="ava", merged_id="awa", **WHY)
    merged.do("unmerge-persons", person_id="awa", merged_id="eva", **WHY)
    merged.do("give-results-consent", person_id="ava")
    with ReadModels(merged.ledger) as models:
        before = {table: models.following.rows(table) for table in TABLES}
        rebuild(merged.ledger)
        assert {table: models.following.rows(table) for table in TABLES} == before
        assert models.differences() == []
        assert models.roster.person("awa").id == "ava"


def test_the_page_of_a_merged_id_leads_to_the_one_that_counts(merged: World) -> None:
    with client_of(merged.ledger, "https://register.example.org") as client:
        page = client.get("/advisors/eva?on=2018-03-02", follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (307, "/advisors/awa?on=2018-03-02")
        view = client.get("/advisors/eva", headers={"Accept": "application/json"}).json()
        assert (view["id"], len(view["certifications"])) == ("awa", 2)
        before = client.get("/advisors/eva?known_on=2018-02-01", headers={"Accept": "application/json"}).json()
        assert (before["id"], len(before["certifications"])) == ("eva", 1)
        roster = client.get("/advisors", headers={"Accept": "application/json"}).json()
        assert [line["id"] for line in roster["advisors"]] == ["awa"]
        for number in (certification["certificates"][0] for certification in view["certifications"]):
            certificate = client.get(f"/certificates/{number}", headers={"Accept": "application/json"}).json()
            assert certificate["advisor"] == "https://register.example.org/advisors/awa"
            assert certificate["holder"] == "awa N'Guessan"
