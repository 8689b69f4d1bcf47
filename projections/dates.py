"""Dates and times in words, such as 1 March 2018 and 1er mars 2018."""

from datetime import date, datetime

from ledger import words
from ledger.words import Language


def day_in_words(day: date, language: Language) -> str:
    """Returns such as 19 May 2017."""
    return words.day_in_words(day).into(language)


def days_in_words(first: date, last: date, language: Language) -> str:
    """Returns such as 14 to 18 October 2024, without what both days share; one day if they are the same."""
    whole = day_in_words(last, language)
    if first == last:
        return whole
    parts = day_in_words(first, language).split(" ")
    begun = parts[: 1 if (first.year, first.month) == (last.year, last.month) else 2 if first.year == last.year else 3]
    start = " ".join(begun)
    return f"du {start} au {whole}" if language == "fr" else f"{start} to {whole}"


def moment_in_words(moment: datetime, language: Language, to: str = "%H:%M") -> str:
    """Returns date and time in UTC, such as 19 May 2017, 16:00 UTC; ``to`` is the format of the time."""
    return words.moment_in_words(moment, to).into(language)
