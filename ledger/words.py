"""The two languages of the register, and a text in both."""

from datetime import UTC, date, datetime
from typing import Literal, NamedTuple, get_args

Language = Literal["en", "fr"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class Words(NamedTuple):
    """The same text in English and in French."""

    en: str
    fr: str

    def into(self, language: Language) -> str:
        """Returns the text in one language."""
        return self.fr if language == "fr" else self.en


COLON = Words(": ", "\N{NO-BREAK SPACE}: ")

_MONTHS = tuple(
    Words(en, fr)
    for en, fr in (
        ("January", "janvier"), ("February", "février"), ("March", "mars"), ("April", "avril"), ("May", "mai"),
        ("June", "juin"), ("July", "juillet"), ("August", "août"), ("September", "septembre"),
        ("October", "octobre"), ("November", "novembre"), ("December", "décembre"),
    )
)  # fmt: skip


def day_in_words(day: date) -> Words:
    """Returns such as 1 March 2018 and 1er mars 2018."""
    month = _MONTHS[day.month - 1]
    return Words(f"{day.day} {month.en} {day.year}", f"{day.day}{'er' if day.day == 1 else ''} {month.fr} {day.year}")


def moment_in_words(moment: datetime, to: str = "%H:%M") -> Words:
    """Returns date and time in UTC, such as 1 March 2018, 16:00 UTC; ``to`` is the format of the time."""
    at = moment.astimezone(UTC)
    return Words(*(f"{day}, {at:{to}} UTC" for day in day_in_words(at)))


def sentence(en: str, fr: str) -> Words:
    """Returns two clauses as sentences: with a capital letter and a full stop."""
    return Words(*(f"{text[:1].upper()}{text[1:].rstrip('.')}." for text in (en, fr)))
