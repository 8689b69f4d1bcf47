"""An index of words, in memory only: who is found by a name or an administration, and what a mistyped word may be.

It forgets a person as soon as the read models do; no table holds a name (docs/decisions/0035).
"""

from bisect import bisect_left, insort
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.likeness import parts_of, words_of

SHORTEST_CORRECTED = 4  # letters: shorter words are one letter away from too many others
LONGEST_CORRECTED = 40
BEYOND = "\U0010ffff"  # sorts after every letter


class Key(NamedTuple):
    """The place of a person in the order of names: by the parts of the name, those without one last."""

    is_nameless: bool
    parts: tuple[str, ...]
    person_id: str


class Words:
    """Sets of ids by word, found by the beginning of the word."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}
        self._words: dict[str, tuple[str, ...]] = {}
        self._sorted: list[str] | None = None  # from when it is first asked for
        self._letters: Counter[str] = Counter()

    def put(self, entry: str, words: set[str]) -> None:
        """Let an id be found by these words only."""
        before = self._words.pop(entry, ())
        for word in words.difference(before):
            if word not in self._ids:
                self._ids[word] = set()
                self._letters.update(word)
                if self._sorted is not None:
                    insort(self._sorted, word)
            self._ids[word].add(entry)
        for word in set(before) - words:
            self._ids[word].discard(entry)
            if not self._ids[word]:
                del self._ids[word]
                self._letters -= Counter(word)
                if self._sorted is not None:
                    del self._sorted[bisect_left(self._sorted, word)]
        if words:
            self._words[entry] = tuple(words)

    def beginning(self, prefix: str) -> set[str]:
        """Every id with a word that begins so."""
        if self._sorted is None:
            self._sorted = sorted(self._ids)
        first, last = bisect_left(self._sorted, prefix), bisect_left(self._sorted, prefix + BEYOND)
        return set().union(*(self._ids[word] for word in self._sorted[first:last]))

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    @property
    def letters(self) -> set[str]:
        return set(self._letters)


class Index:
    """Persons by the words of their names and of the administrations that nominated them, and in the order of names."""

    def __init__(self) -> None:
        self.position = 0  # of the last change that it holds
        self._names = Words()
        self._administrations = Words()
        self._keys: dict[str, Key] = {}
        self._nominated: dict[str, set[str]] = {}

    def put_name(self, person_id: str, name: str | None) -> None:
        """Let a person be found by this name only; without a name, by none."""
        self._names.put(person_id, set() if name is None else words_of(name))
        self._keys[person_id] = _key(person_id, name)

    def put_administration(self, administration_id: str, texts: Iterable[str]) -> None:
        """Let those whom an administration nominated be found by its names and codes."""
        self._administrations.put(administration_id, set().union(*map(words_of, texts)))

    def nominate(self, administration_id: str, person_id: str) -> None:
        """Let a person be found by an administration too."""
        self._nominated.setdefault(administration_id, set()).add(person_id)

    def is_named(self, person_id: str) -> bool:
        return not self.key(person_id).is_nameless

    def key(self, person_id: str) -> Key:
        """By name; those without one last."""
        return self._keys.get(person_id) or _key(person_id, None)

    def matching(self, word: str) -> tuple[set[str], set[str]]:
        """The persons with a name with a word that begins so, and those whose administration has such a word."""
        administrations = self._administrations.beginning(word)
        return self._names.beginning(word), set().union(*(self._nominated.get(a, ()) for a in administrations))

    def corrected(self, word: str) -> list[str]:
        """Words that are written with one letter more, less, changed or swapped. Of a short word or a number, none."""
        if not SHORTEST_CORRECTED <= len(word) <= LONGEST_CORRECTED or any(c.isdigit() for c in word):
            return []
        letters = self._names.letters | self._administrations.letters
        found = {other for other in _one_away(word, letters) if other in self._names or other in self._administrations}
        return sorted(found - {word})


def _key(person_id: str, name: str | None) -> Key:
    return Key(name is None, () if name is None else tuple(parts_of(name)), person_id)


def _one_away(word: str, letters: Iterable[str]) -> Iterator[str]:
    """Every word at a distance of one (Damerau-Levenshtein): the cost does not depend on how many words there are."""
    halves = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    for left, right in halves:
        if right:
            yield left + right[1:]
        if len(right) > 1:
            yield left + right[1] + right[0] + right[2:]
        for letter in letters:
            yield left + letter + right
            if right:
                yield left + letter + right[1:]
