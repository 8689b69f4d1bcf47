"""Calendar arithmetic of validity and separation periods: whole months, no clock."""

from calendar import monthrange
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache

from ledger.domain.refusal import Refused


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later (or earlier), or the last day of a shorter month.

    Raises ``Refused`` when the calendar has no such day.

    >>> add_months(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    if not MINYEAR <= year <= MAXYEAR:
        raise Refused("beyond-the-calendar", months=months, date=day)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


@lru_cache(maxsize=256)  # a scheme has few periods, a workshop one last day, and each of its sheets asks for them
def last_day(first: date, months: int) -> date:
    """The last day of a period of whole months, both days included.

    It is the day before the same day of a later month; where that month is too short to have the same day, the period
    ends with the month. Raises ``Refused`` when the calendar has no such day.

    >>> last_day(date(2017, 5, 19), 36)
    datetime.date(2020, 5, 18)
    >>> last_day(date(2024, 2, 29), 36)
    datetime.date(2027, 2, 28)
    """
    later = add_months(first, months)
    return later - timedelta(days=1) if later.day == first.day else later
