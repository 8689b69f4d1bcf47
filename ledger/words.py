"""The two languages of the register, and a text in both."""

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
