"""The charts of some lists: figures that people would rather look at, each of them in the table too."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from babel.numbers import format_decimal

from api.lists.catalogue import Answer
from api.words.record import language_name, region_name
from ledger.words import Language, Words

WHOLE = 100  # per cent


class Bar(NamedTuple):
    """``size`` is from 0 to 1, as are the ends of the interval, if there is one."""

    label: Words
    text: str
    size: float
    low: float | None = None
    high: float | None = None


class Chart(NamedTuple):
    """Some figures of a list as bars, or as points with intervals."""

    title: Words
    bars: tuple[Bar, ...]


def charts(answer: Answer, language: Language) -> list[Chart]:
    """Return the charts of a list; most have none."""
    make = _CHARTS.get(answer.table.name)
    return [chart for chart in make(answer.rows, language) if chart.bars] if make is not None and answer.rows else []


def _counted(title: Words, labels: Iterable[Words]) -> Chart:
    counts = Counter(labels).most_common()
    most = counts[0][1]
    return Chart(title, tuple(Bar(label, str(count), count / most) for label, count in counts))


def _of_advisors(rows: list[Any], _: Language) -> list[Chart]:
    return [
        _counted(Words("Advisors by region", "Par région"), (region_name(row.region) for row in rows)),
        _counted(Words("Advisors by language", "Par langue"), (language_name(row.language) for row in rows)),
        _counted(Words("Advisors by domain", "Par domaine"), (Words(row.domain, row.domain) for row in rows)),
    ]


def _of_rates(rows: list[Any], language: Language) -> list[Chart]:
    titles: Mapping[str, Words] = {
        "workshop": Words("Pass rates by workshop, with intervals", "Taux de réussite par atelier, avec intervalles"),
        "language": Words("Pass rates by language, with intervals", "Taux de réussite par langue, avec intervalles"),
        "competency": Words(
            "Pass rates by competency, with intervals", "Taux de réussite par compétence, avec intervalles"
        ),
    }
    return [
        Chart(
            title,
            tuple(
                Bar(
                    Words(row.key, row.key) if by == "workshop" else row.title,
                    _percent(row.rate, language),
                    row.rate,
                    row.low,
                    row.high,
                )
                for row in rows
                if row.by == by and row.rate is not None
            ),
        )
        for by, title in titles.items()
    ]


def _of_regions(rows: list[Any], language: Language) -> list[Chart]:
    title = Words(
        "Share of administrations with an advisor in force",
        "Part des administrations avec une certification en vigueur",
    )
    return [
        Chart(title, tuple(Bar(region_name(r.region), _percent(r.share, language), r.share) for r in rows)),
    ]


def _of_funds(rows: list[Any], _: Language) -> list[Chart]:
    most = max(row.certified for row in rows) or 1
    labels = [f"{row.funder}, {row.year}" for row in rows]
    bars = tuple(
        Bar(Words(label, label), str(row.certified), row.certified / most)
        for label, row in zip(labels, rows, strict=True)
    )
    return [Chart(Words("Certified, by fund and year", "Personnes certifiées, par financement et année"), bars)]


_CHARTS: dict[str, Callable[[list[Any], Language], list[Chart]]] = {
    "advisors": _of_advisors,
    "pass-rates": _of_rates,
    "regions": _of_regions,
    "donors": _of_funds,
}


def _percent(share: float, language: Language) -> str:
    return f"{format_decimal(share * WHOLE, format='0.#', locale=language)}\N{NO-BREAK SPACE}%"
