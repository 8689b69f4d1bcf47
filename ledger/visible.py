"""Texts of others as a person can check them: what hides, reorders or imitates others becomes an escape."""

import re
import unicodedata
from collections import Counter

HIDDEN_CHARACTERS = (
    r"\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff"
)
HIDDEN = re.compile(f"[{HIDDEN_CHARACTERS}]")
"""A character that nobody who signs can check: of control, invisible, reordering others, or in place of a lost one."""

# Alphabets with letters of one shape: a word of two of them may look like another word of one.
_ALIKE = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL"})
_STYLED = frozenset({"FULLWIDTH", "MATHEMATICAL"})  # whose letters are those of another alphabet, drawn otherwise
_AS_LATIN = frozenset(
    "АВЕЅІЇЈКМНОРСТУХҮҺԌԚԜӀаеѕіїјорсухүһԁԛԝӏ"  # Cyrillic
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹϳινορυϲ"  # Greek
    "ՍՏՕհոսցօ"  # Armenian
    "ᎠᎡᎢᎪᎫᎬᎳᎷᎻᏀᏃᏔᏒᏚᏙᏕᏞᏟᏢᏦᏴ"  # Cherokee
    "ⲒⲔⲘⲚⲞⲢⲤⲦⲬⲟⲣⲥ"  # Coptic
)
"""Letters of other alphabets that are drawn as a Latin one."""

_WORD = re.compile(r"[^\W\d_]+")


def visible(text: str, *, lines: bool = False) -> str:
    """Returns a text with hidden characters, and letters of another alphabet than their word, as escapes of JSON.

    With ``lines``, line breaks and tabs stay as they are.
    """
    shown = text if text.isascii() else _imitations_escaped(text)
    return HIDDEN.sub(lambda found: found[0] if lines and found[0] in "\n\t" else _escape(found[0]), shown)


def _imitations_escaped(text: str) -> str:
    """A word of letters that are all drawn as Latin ones, unless the word beside it is plainly of its alphabet."""
    words = _WORD.findall(text)
    plain = [next((of for letter in word if (of := _alphabet(letter)) and not _imitates(letter)), "") for word in words]
    vouched = [{plain[at - 1] if at else "", *plain[at + 1 : at + 2]} for at in range(len(words))]
    shown = iter(
        "".join(map(_escape, word))
        if "LATIN" in plain and all(map(_imitates, word)) and _alphabet(word[0]) not in beside
        else _in_one_alphabet(word)
        for word, beside in zip(words, vouched, strict=True)
    )
    return _WORD.sub(lambda _: next(shown), text)


def _imitates(letter: str) -> bool:
    return letter in _AS_LATIN or (_alphabet(letter) in _STYLED and unicodedata.normalize("NFKC", letter).isascii())


def _alphabet(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0]


def _in_one_alphabet(word: str) -> str:
    alphabets = list(map(_alphabet, word))
    found = Counter(alphabet for alphabet in alphabets if alphabet in _ALIKE)
    if len(found) < 2:
        return word
    usual = max(found, key=lambda alphabet: (found[alphabet], alphabet == "LATIN"))
    pairs = zip(word, alphabets, strict=True)
    return "".join(_escape(letter) if of in _ALIKE and of != usual else letter for letter, of in pairs)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))
