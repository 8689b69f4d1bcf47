"""Days in words, as the two languages write them."""

from datetime import date

import pytest

from projections.dates import days_in_words


@pytest.mark.parametrize(
    ("first", "last", "english", "french"),
    [
        (date(2024, 10, 14), date(2024, 10, 18), "14 to 18 October 2024", "du 14 au 18 octobre 2024"),
        (date(2024, 9, 30), date(2024, 10, 1), "30 September to 1 October 2024", "du 30 septembre au 1er octobre 2024"),
        (
            date(2024, 12, 30),
            date(2025, 1, 3),
            "30 December 2024 to 3 January 2025",
            "du 30 décembre 2024 au 3 janvier 2025",
        ),
        (date(2024, 5, 1), date(2024, 5, 3), "1 to 3 May 2024", "du 1er au 3 mai 2024"),
        (date(2024, 5, 1), date(2024, 5, 1), "1 May 2024", "1er mai 2024"),
    ],
)
def test_days_do_not_repeat_what_they_share(first: date, last: date, english: str, french: str) -> None:
    assert (days_in_words(first, last, "en"), days_in_words(first, last, "fr")) == (english, french)
