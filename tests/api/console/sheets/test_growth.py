"""The pages of score sheets ask the database as often for many candidates and sheets as for few."""

from tests.api.console.pages import Browser
from tests.api.console.sheets.conftest import MODERATION, QUEUE
from tests.api.console.sheets.test_moderation import differing
from tests.support import World

PAGES = {"assessor1": QUEUE, "moderator": MODERATION}


def test_pages_ask_no_more_often_for_more_candidates_and_sheets(
    asked: list[str], browser: Browser, running: World
) -> None:
    def counts() -> list[int]:
        found = []
        for person, address in PAGES.items():
            browser.enter(person).get(address)
            times = []
            for _ in range(3):  # others ask meanwhile, such as who follows the log
                asked.clear()
                browser.get(address)
                times.append(sum(statement.startswith("SELECT") for statement in asked))
            found.append(min(times))
        return found

    before = counts()
    for name in ("amy", "ben", "eve"):
        differing(running, running.candidate(name))
    after = counts()
    assert all(0 < late <= early < 40 for early, late in zip(before, after, strict=True)), (before, after)
