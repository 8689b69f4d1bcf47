"""The roster of a day is kept in memory: it is what a fresh one would be after every entry, at every day and moment."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from api.public import views
from api.public.as_of import AsOf
from api.register import Register, Settings
from ledger.domain.standing import Status
from projections.names import Names
from projections.read_models import ReadModels
from projections.roster import Roster
from projections.roster.day import page_of
from projections.roster.index import Index, Key
from tests.scenario import names, value
from tests.serving import client_of
from tests.support import World, copied

WHY = {"reason": value("reason", "same birth date")}
DAYS = (date(2018, 1, 1), date(2018, 4, 1))
KNOWN = tuple(datetime.combine(day, time.max, UTC) for day in DAYS)
LAST_DAY = date(2020, 5, 18)


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World(tmp_path_factory.mktemp("days") / "ledger")
    world.appoint()
    world.plan(seats=4)
    candidacies = [world.candidate(name, family_name="N'Guessan") for name in ("awa", "eva", "ida")]
    for candidacy in candidacies:
        world.score(candidacy, 4)
    world.conclude(*candidacies)
    for name in ("awa", "eva"):
        world.do("give-listing-consent", person_id=name)
    world.person("ava")
    world.now = datetime(2018, 3, 1, 9, tzinfo=UTC)
    world.ledger.close()
    return world


certified = copied("held")


def seen(roster: Roster, text: str) -> list[Any]:
    """What a roster shows at two days and two moments."""
    return [
        (found.total, Counter(found.counts), found.advisors, roster.figures(day, known))
        for day in DAYS
        for known in KNOWN
        for found in [roster.find(text, day, known)]
    ]


def require_same(models: ReadModels, world: World) -> None:
    models.catch_up()
    for text in ("", "guessan"):
        fresh = Roster(models.following.database, Names(world.ledger.vault))
        assert seen(models.roster, text) == seen(fresh, text), text


def test_a_kept_day_is_what_a_fresh_one_would_be_after_every_entry(certified: World) -> None:
    story: list[tuple[str, list[str], dict[str, Any]]] = [
        ("suspend-certification", ["decider1"], {"certification_id": "c-awa", "effective_from": date(2018, 3, 1)}),
        ("update-person-details", [], {"person_id": "eva", "details": names("Zoé", "Abba")}),
        ("give-listing-consent", [], {"person_id": "ida"}),
        ("withdraw-listing-consent", [], {"person_id": "awa"}),
        ("give-listing-consent", [], {"person_id": "awa"}),
        ("lift-suspension", [], {"certification_id": "c-awa", "effective_from": date(2018, 3, 20)}),
        ("withdraw-certification", [], {"certification_id": "c-ida", "effective_from": date(2018, 3, 1)}),
        ("merge-persons", [], {"person_id": "awa", "merged_id": "eva", **WHY}),
        ("withdraw-listing-consent", [], {"person_id": "awa"}),
        ("unmerge-persons", [], {"person_id": "awa", "merged_id": "eva", **WHY}),
        ("erase-personal-data", ["protection", "security"], {"person_id": "ida", "basis_code": "request"}),
    ]
    with ReadModels(certified.ledger) as models:
        require_same(models, certified)
        for name, people, arguments in story:
            certified.do(name, *people, **{"reason_code": "other", **arguments} if "certif" in name else arguments)
            require_same(models, certified)


def test_a_status_that_changes_at_midnight_without_an_entry_is_counted(certified: World) -> None:
    with ReadModels(certified.ledger) as models:
        for day, advisors in ((LAST_DAY, 3), (date(2020, 5, 19), 0), (LAST_DAY, 3)):
            known = datetime.combine(day, time.max, UTC)
            assert models.roster.figures(day, known) == (advisors, min(advisors, 1)), day
            assert models.roster.find("", day, known, Status.VALID).total == advisors


def test_the_consent_of_an_id_without_certificate_counts_for_those_merged_into_it(certified: World) -> None:
    """Ava was never certified under her own id. She is awa, who was."""
    certified.do("give-listing-consent", person_id="ava")
    certified.do("merge-persons", person_id="ava", merged_id="awa", **WHY)
    with ReadModels(certified.ledger) as models:
        assert models.roster.find("ava", DAYS[1], KNOWN[1]).total == 1
        certified.do("withdraw-listing-consent", person_id="ava")
        require_same(models, certified)
        assert models.roster.find("ava", DAYS[1], KNOWN[1]).total == 0


def test_what_a_clock_ahead_recorded_is_known_on_kept_days_once_the_clock_is_confirmed(certified: World) -> None:
    certified.now = datetime(2018, 6, 1, 9, tzinfo=UTC)  # two months ahead
    certified.do(
        "withdraw-certification", certification_id="c-ida", effective_from=date(2018, 3, 1), reason_code="other"
    )
    with ReadModels(certified.ledger) as models:
        assert models.roster.figures(DAYS[1], KNOWN[1]).advisors == 3
        certified.now = datetime(2018, 3, 20, 9, tzinfo=UTC)
        certified.do("confirm-clock", reason_code="clock-was-ahead")
        require_same(models, certified)
        assert models.roster.figures(DAYS[1], KNOWN[1]).advisors == 2


def test_who_withdraws_a_consent_or_is_erased_is_forgotten_before_anybody_asks(certified: World) -> None:
    with ReadModels(certified.ledger) as models:
        models._follow()
        assert models.roster._index.is_named("awa")
        assert models.roster._index.is_named("eva")
        certified.do("withdraw-listing-consent", person_id="awa")
        certified.do(
            "withdraw-certification", certification_id="c-eva", effective_from=date(2018, 3, 1), reason_code="other"
        )
        certified.do("erase-personal-data", "protection", "security", person_id="eva", basis_code="request")
        models._follow()
        assert not models.roster._index.is_named("awa")
        assert not models.roster._index.is_named("eva")
        assert models.roster._index._names._letters == {}
        assert models.roster._index._names._sorted in (None, [])


def test_tables_that_are_made_anew_are_read_anew(certified: World) -> None:
    with ReadModels(certified.ledger) as models:
        certified.do("update-person-details", person_id="awa", details=names("Zoé", "Abba"))
        models.catch_up()
        assert models.roster.find("abba", DAYS[1], KNOWN[1]).total == 1
        end = models.following.end
        models.following._forget()
        models.following.end = lambda: end() - 1
        models.following.catch_up()
        assert models.roster.find("abba", DAYS[1], KNOWN[1]).total == 0


def test_a_request_in_an_earlier_moment_neither_sets_the_days_back_nor_keeps_one(certified: World) -> None:
    """A request reads one moment, while the thread that follows the log goes on."""
    suspended = {"certification_id": "c-awa", "effective_from": date(2017, 6, 1), "reason_code": "other"}

    def go_on(models: ReadModels) -> list[str]:
        certified.do("suspend-certification", "decider1", **suspended)
        certified.do("withdraw-listing-consent", person_id="eva")
        models.catch_up()
        return [line.person_id for line in models.roster.find("", DAYS[0], KNOWN[1], Status.VALID).advisors]

    with ReadModels(certified.ledger) as models, ThreadPoolExecutor(1) as follower:
        assert models.roster.find("", DAYS[0], KNOWN[1], Status.VALID).total == 3
        with models.following.database.snapshot():
            assert follower.submit(go_on, models).result() == ["eva", "ida"]
            index = models.roster._index
            for day, ids in zip(DAYS, (["eva", "ida"], ["awa", "eva", "ida"]), strict=True):
                found = models.roster.find("", day, KNOWN[1], Status.VALID)
                assert [line.person_id for line in found.advisors] == ids, "of a kept day, and of one that is not"
            assert models.roster._index is index
        require_same(models, certified)


def test_a_page_leads_on_though_nobody_on_it_was_there_at_the_moment_of_the_request(
    certified: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "PAGE", 1)
    times = AsOf(on=DAYS[0], known_on=DAYS[1], today=DAYS[1])
    with Register(certified.ledger, Settings(base_url="")) as register, ThreadPoolExecutor(1) as follower:

        def go_on() -> views.RosterView:
            for number in ("c-awa", "c-eva"):
                suspended = {"certification_id": number, "effective_from": date(2017, 6, 1), "reason_code": "other"}
                certified.do("suspend-certification", "decider1", **suspended)
            register.models.catch_up()
            return views.roster(register, "", times, Status.SUSPENDED)

        with register.models.following.database.snapshot():
            assert [line.id for line in follower.submit(go_on).result().advisors] == ["awa"]
            earlier = views.roster(register, "", times, Status.SUSPENDED)
    assert (earlier.advisors, earlier.next) == ([], "/advisors?status=suspended&page=2")


def test_only_so_many_days_are_kept(certified: World) -> None:
    with ReadModels(certified.ledger) as models:
        for month in range(1, 13):
            models.roster.figures(date(2018, month, 1), KNOWN[1])
        assert list(models.roster._days) == [(date(2018, month, 1), KNOWN[1]) for month in (9, 10, 11, 12)]


def keys(count: int) -> list[Key]:
    index = Index()
    for number in range(count):
        index.put_name(f"p-{number:03}", f"Name {number:03}")
    return sorted(index.key(f"p-{number:03}") for number in range(count))


@pytest.mark.parametrize("gone", [[], [0], [5, 6, 7], [12], [19], [3, 19], [4, 9, 19], [*range(2, 18), 19]])
@pytest.mark.parametrize("come", [[], [0], [3, 4], [21]])
def test_who_goes_from_page_to_page_sees_everybody_once_who_was_there_all_the_time(
    gone: list[int], come: list[int]
) -> None:
    everybody = keys(55)
    before = [key for number, key in enumerate(everybody) if number not in come]
    after = [key for number, key in enumerate(everybody) if number not in gone]
    stayed = [key.person_id for key in before if key in after]
    first = page_of(before, 1, 10)
    second = page_of(before, 2, 10, before[9])
    pages, number, last = [first, second], 3, before[19]
    while (page := page_of(after, number, 10, last)).number <= page.pages:
        pages.append(page)
        number, last = page.number + 1, next(key for key in after if key.person_id == page.person_ids[-1])
        if page.number == page.pages:
            break
    shown = [i for page in pages for i in page.person_ids if i in stayed]
    assert set(shown) == set(stayed)
    if everybody[19] in before[19:20] and 19 not in gone:
        assert shown == stayed


def test_pages_are_numbered_and_one_beyond_the_last_is_the_last() -> None:
    some = keys(21)
    numbers = [(p.start, len(p.person_ids), p.number, p.pages) for p in (page_of(some, n, 10) for n in (1, 2, 3, 9))]
    assert numbers == [(0, 10, 1, 3), (10, 10, 2, 3), (20, 1, 3, 3), (20, 1, 3, 3)]
    assert page_of([], 4, 10).pages == 1
    elsewhere = page_of(some, 2, 10, Key(True, (), "p-009"))  # the consent was withdrawn: last in the order now
    assert elsewhere.start == 9, "a line is repeated, and none is left out"
    withdrawn, nobody = Key(True, (), "p-014"), Key(True, (), "p-099")
    others = [key for key in some if key.person_id != "p-014"]
    assert page_of([*others, withdrawn, nobody], 2, 15, withdrawn).start == 14, "the same, where the end is near"


def test_pages_lead_to_one_another(certified: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("api.public.views.PAGE", 1)
    asks = {"Accept": "application/json"}
    with client_of(certified.ledger, "https://register.example.org") as client:
        address: str | None = "/advisors?q=senegal"
        shown, links = list[str | None](), list[dict[str, str]]()
        while address:
            answer = client.get(address, headers=asks)
            shown += [line["name"] for line in answer.json()["advisors"]]
            links.append({str(name): link["url"] for name, link in answer.links.items()})
            address = answer.json()["next"]
            assert links[-1] == {n: a for n in ("prev", "next") for a in [answer.json()[n]] if a}
        assert shown == ["awa N'Guessan", "eva N'Guessan", None]
        assert [sorted(found) for found in links] == [["next"], ["next", "prev"], ["prev"]]
        page = client.get("/advisors?q=senegal&page=2&lang=fr", headers={"Accept": "text/html"})
        assert 'rel="prev" href="/advisors?lang=fr&amp;q=senegal&amp;page=1"' in page.text
        assert 'rel="next" href="/advisors?lang=fr&amp;q=senegal&amp;page=3&amp;after=eva"' in page.text
        assert '<span aria-current="page">Page 2 sur 3</span>' in page.text
        assert "<dd>3</dd>" in client.get("/", headers={"Accept": "text/html"}).text, "not those of one page"


def test_a_page_takes_as_many_statements_however_many_people_there_are(
    certified: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[str] = []
    with ReadModels(certified.ledger) as models:
        models.roster.figures(DAYS[0], KNOWN[0])
        for database in (models.following.database, certified.ledger.database):
            transaction = database.transaction

            @contextmanager
            def counted(*, commit: bool, of: Any = transaction) -> Iterator[Any]:
                ran.append("transaction")
                with of(commit=commit) as cursor:
                    yield cursor

            monkeypatch.setattr(database, "transaction", counted)
        counts = []
        for size in (1, 3):
            ran.clear()
            models.roster.find("", DAYS[0], KNOWN[0], size=size)
            counts.append(len(ran))
        assert counts[0] == counts[1]
