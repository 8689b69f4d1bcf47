"""Days from one to another in words; a day alone and a moment are put in words by :mod:`ledger.words`."""

from datetime import date

from ledger.words import Language, day_in_words


def days_in_words(first: date, last: date, language: Language) -> str:
    """Returns such as 14 to 18 October 2024, without what both days share; one day if they are the same."""
    whole = day_in_words(last).into(language)
    if first == last:
        return whole
    parts = day_in_words(first).into(language).split(" ")
    begun = parts[: 1 if (first.year, first.month) == (last.year, last.month) else 2 if first.year == last.year else 3]
    start = " ".join(begun)
    return f"du {start} au {whole}" if language == "fr" else f"{start} to {whole}"
