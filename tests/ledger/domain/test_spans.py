"""The statuses of a certification over time: without gaps, and none where nothing was granted."""

from datetime import date

from ledger.domain.spans import Span, span_around, spans
from ledger.domain.standing import Standing, Status

FIRST, PAUSED, LIFTED, LAST = date(2017, 5, 19), date(2018, 1, 1), date(2018, 3, 1), date(2020, 5, 18)


def test_what_was_never_granted_has_no_status_on_any_day() -> None:
    assert spans(Standing()) == []
    assert span_around(spans(Standing()), FIRST) is None


def test_each_span_ends_the_day_before_the_next_begins() -> None:
    timeline = spans(Standing(FIRST, LAST, ((PAUSED, True), (LIFTED, False))))
    assert timeline == [
        Span(FIRST, date(2017, 12, 31), Status.VALID),
        Span(PAUSED, date(2018, 2, 28), Status.SUSPENDED),
        Span(LIFTED, LAST, Status.VALID),
        Span(date(2020, 5, 19), None, Status.EXPIRED),
    ]
    assert span_around(timeline, PAUSED) == timeline[1]
    assert span_around(timeline, date(2017, 5, 18)) is None
