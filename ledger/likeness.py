"""When two names, or two addresses, may be of one person: how they are compared, and the keys that find them.

Case, accents, punctuation, invisible characters and the order of the parts do not count. Two names that are alike, or
that differ in one letter, share a key: the letters in alphabetical order, all of them or all but one. Keys only find
candidates; :func:`letters_apart` compares.
"""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from itertools import permutations, product
from unicodedata import category, combining, normalize

MOST_PARTS = 3  # of a name that are tried in every order; six orders each
FAR = 2  # two or more letters apart

# Letters that Unicode does not decompose, as those who have no such key write them.
_WRITTEN_AS = str.maketrans(
    {
        "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ŋ": "ng",
        "ŧ": "t", "ĸ": "k", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ƴ": "y", "ɛ": "e", "ɔ": "o", "ə": "e", "ɲ": "n",
        "ǝ": "e", "ɖ": "d", "ƒ": "f", "ɣ": "g", "ʋ": "v", "ɩ": "i", "ʊ": "u", "ɨ": "i", "ʉ": "u", "ɵ": "o",
        "ǥ": "g", "ɠ": "g", "ƥ": "p", "ƭ": "t", "ƈ": "c", "ʒ": "z",
    }
)  # fmt: skip
# Within a word: every form of the apostrophe, and the dot of the Catalan l·l.
_WITHIN_WORDS = str.maketrans(dict.fromkeys("'`´·‘’‛′ʹʻʼʽʾʿˈ՚׳ꞌ＇"))
_RESERVED = re.compile(r"[@.](example|invalid|test|localhost|example\.(com|net|org))$")


def parts_of(name: str) -> list[str]:
    """Return the parts of a name as they are compared, in their order."""
    text = _folded(name.translate(_WITHIN_WORDS)).translate(_WITHIN_WORDS)
    bare = "".join(c for c in text if not combining(c)).translate(_WRITTEN_AS)
    return "".join(c if c.isalnum() else " " for c in bare).split()


def words_of(name: str) -> set[str]:
    """Return every word by which a name is found: its parts, and those that an apostrophe or a dash makes or joins.

    >>> sorted(words_of("N’Guessan-Écho"))
    ['echo', 'guessan', 'n', 'nguessan', 'nguessanecho']
    """
    apart = name.translate(dict.fromkeys(_WITHIN_WORDS, " "))
    joined = ("".join(parts_of(token)) for token in name.split())
    return {*parts_of(name), *parts_of(apart), *filter(None, joined)}


def address_of(email: str) -> str:
    """Return an e-mail address as it is compared."""
    return normalize("NFKC", _folded(email)).strip()


def is_nobodys(email: str) -> bool:
    """Whether an address is of a domain that is reserved for examples and tests (RFC 2606): no mailbox is there."""
    return _RESERVED.search(address_of(email)) is not None


def letters_apart(one: str, other: str) -> int:
    """Return 0 for names that are written alike, 1 for one letter more, less, changed or swapped, ``FAR`` otherwise.

    A number is no misspelling of another: whoever numbers people tells them apart.
    """
    ours, theirs = Counter(parts_of(one)), Counter(parts_of(other))
    if _digits(ours) != _digits(theirs):
        return FAR
    orders = product(_orders(ours - theirs), _orders(theirs - ours))
    return min(_edits(a, b) for a, b in orders)


def keys_of(names: Iterable[str], emails: Iterable[str]) -> set[str]:
    """Return the keys of a person with these names and addresses."""
    keys = {f"email:{address}" for address in map(address_of, emails) if address}
    for name in names:
        letters = "".join(sorted("".join(parts_of(name))))
        if letters:
            keys |= {f"name:{letters}", *(f"name:{letters.replace(letter, '', 1)}" for letter in set(letters))}
    return keys


@cache
def folding() -> str:
    """Return what changes whenever keys do, because the folding or Unicode did: keys of two foldings never meet."""
    letters = (f"x{chr(code)}x" for code in range(0x2100))  # nearly all that is folded, and quickly
    keys = sorted(keys_of(["Zoé N’Écho"], ["Zoé@Example.org"]))
    return sha256("\n".join([*parts_of(" ".join(letters)), *keys]).encode()).hexdigest()


def _folded(text: str) -> str:
    """Return a text without case or compatibility forms, decomposed, and without invisible characters."""
    decomposed = normalize("NFKD", normalize("NFKD", text).casefold())
    return "".join(c for c in decomposed if category(c) != "Cf")


def _digits(parts: Counter[str]) -> Counter[str]:
    return Counter(c for part in parts.elements() for c in part if c.isdigit())


def _orders(parts: Counter[str]) -> set[str]:
    """Return the parts joined in every order; of many, in one."""
    left = sorted(parts.elements())
    return {"".join(order) for order in permutations(left)} if len(left) <= MOST_PARTS else {"".join(left)}


def _edits(one: str, other: str) -> int:
    """Return how many letters are to be changed to make one of the other, at most ``FAR``."""
    longest = min(len(one), len(other))
    start = next((i for i in range(longest) if one[i] != other[i]), longest)
    end = next((i for i in range(longest - start) if one[-1 - i] != other[-1 - i]), longest - start)
    a, b = one[start : len(one) - end], other[start : len(other) - end]
    if len(a) <= 1 and len(b) <= 1:
        return int(a != b)
    return 1 if a == b[::-1] and len(a) == 2 else FAR  # two neighbours swapped
