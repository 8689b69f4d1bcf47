"""Answers with pages of the roster, searches and counts, in simulated registers: each beside a goal, and by size.

The clock runs from the words of a search to the bytes of the JSON, without HTTP. The read models are on the disk of the
run's folder, and nothing is written, synced or verified. Each name on a page is unsealed. The two dates are those of
today, whose roster the process keeps (docs/decisions/0054); *roster-day* makes one that is not kept, beside SQLite's
own reading of the lines of that day. Its figures are in persons a second, that of a page is of the median.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter

from api.public.as_of import AsOf
from api.public.views import roster
from api.register import Register, Settings
from ledger.store.ledger import Ledger
from projections.roster.lines import spans_on
from tests.benchmarks.measuring import Comparison, Run, Size, seconds
from tests.benchmarks.registers import clock, simulated

PAGE_SECONDS, COUNT_SECONDS = 0.020, 0.005  # the goals of docs/performance.md
GOAL = 0.8  # no slower in a register ten times as large, but for noise


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """Each question to the largest register, beside the goal and beside the smallest."""
    ends = min(size.entries), max(size.entries)
    small, large = (Listing(simulated(folder, entries), size.reads, stack) for entries in ends)
    against = f"{ends[0]:,} entries, not {ends[1]:,}"
    rows = [
        ("roster", "pages", PAGE_SECONDS, Listing.page),
        ("search", "pages", PAGE_SECONDS, Listing.search),
        ("home-count", "counts", COUNT_SECONDS, Listing.count),
    ]
    return [
        *(
            Comparison(name, unit, f"{1000 * goal:.0f} ms each", 1.0, large.run(ask), _rate(goal))
            for name, unit, goal, ask in rows
        ),
        *(
            Comparison(f"{name}-grown", unit, against, GOAL, large.run(ask), small.run(ask))
            for name, unit, _, ask in rows
        ),
        Comparison("roster-day", "persons", "SQLite's reading", None, large.other_day, large.lines_of_other_day),
    ]


class Listing:
    """The roster of one register, and words of the names on it."""

    def __init__(self, folder: Path, reads: int, stack: ExitStack) -> None:
        ledger = stack.enter_context(Ledger.open(folder, clock, is_simulated=True))
        self._register = stack.enter_context(Register(ledger, Settings(base_url="https://register.example.org")))
        self._today = AsOf.now(clock().date())
        self._reads = max(1, reads // 40)  # in a round
        first = roster(self._register, "", self._today)
        self._pages = first.pages
        self._words = [line.name.split()[-1][:4] for line in first.advisors if line.name] or ["a"]
        self._asked = count()
        self._before = (self._today.on - timedelta(days=number) for number in count(1))

    def run(self, ask: Callable[["Listing"], object]) -> Run:
        """How many such questions are answered a second."""
        return lambda: 1 / median(_elapsed(ask, self) for _ in range(self._reads))

    def page(self) -> bytes:
        """A page somewhere in the roster."""
        number = next(self._asked) % self._pages + 1
        return roster(self._register, "", self._today, page=number).model_dump_json().encode()

    def search(self) -> bytes:
        """The first page for the beginning of a name."""
        word = self._words[next(self._asked) % len(self._words)]
        return roster(self._register, word, self._today).model_dump_json().encode()

    def count(self) -> object:
        """What the home page counts."""
        return self._register.models.roster.figures(self._today.on, self._today.known)

    def other_day(self) -> float:
        """Persons a second, on a day that is not kept."""
        day, model = next(self._before), self._register.models.roster
        return len(self._lines(day)) / seconds(lambda: model.figures(day, self._today.known))

    def lines_of_other_day(self) -> float:
        day = next(self._before)
        return len(self._lines(day)) / seconds(lambda: self._lines(day))

    def _lines(self, day: date) -> list[object]:
        return self._register.models.following.database.select(spans_on(day, self._today.known))


def _rate(goal: float) -> Run:
    return lambda: 1 / goal


def _elapsed(ask: Callable[[Listing], object], listing: Listing) -> float:
    began = perf_counter()
    ask(listing)
    return perf_counter() - began
