"""Dates and times in words, such as 1 March 2018 and 1er mars 2018."""

from datetime import UTC, date, datetime

from ledger import words
from ledger.words import Language


def day_in_words(day: date, language: Language) -> str:
    """Returns such as 19 May 2017."""
    return words.day_in_words(day).into(language)


def moment_in_words(moment: datetime, language: Language, to: str = "%H:%M") -> str:
    """Returns date and time in UTC, such as 19 May 2017, 16:00 UTC; ``to`` is the format of the time."""
    at = moment.astimezone(UTC)
    return f"{day_in_words(at, language)}, {at:{to}} UTC"
