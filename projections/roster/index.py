"""An index of words, in memory only: who is found by a name or an administration, and what a mistyped word may be.

It forgets a person as soon as the read models do; no table holds a name (docs/decisions/0035).
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from ledger.likeness import parts_of, words_of

SHORTEST_CORRECTED = 4  # letters: shorter words are one letter away from too many others
LONGEST_CORRECTED = 40
BEYOND = "\U0010ffff"  # sorts after every letter


class Words:
    """Sets of ids by word, found by the beginning of the word."""

    def __init__(self) -> None:
        self._ids: dict[str, set[str]] = {}
        self._words: dict[str, set[str]] = {}
        self._sorted: list[str] | None = None  # until a word comes or goes

    def put(self, entry: str, words: set[str]) -> None:
        """Let an id be found by these words only."""
        before = self._words.pop(entry, set())
        for word in before - words:
            self._ids[word].discard(entry)
            if not self._ids[word]:
                del self._ids[word]
                self._sorted = None
        for word in words - before:
            if word not in self._ids:
                self._ids[word] = set()
                self._sorted = None
            self._ids[word].add(entry)
        if words:
            self._words[entry] = words

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
        return set().union(*self._ids)


class Index:
    """Persons by the words of their names and of the administrations that nominated them."""

    def __init__(self) -> None:
        self.position = 0  # of the last change that it holds
        self._names = Words()
        self._administrations = Words()
        self._order: dict[str, Sequence[str]] = {}
        self._nominated: dict[str, set[str]] = {}

    def put_name(self, person_id: str, name: str | None) -> None:
        """Let a person be found by this name only; without a name, by none."""
        self._names.put(person_id, set() if name is None else words_of(name))
        self._order.pop(person_id, None)
        if name is not None:
            self._order[person_id] = parts_of(name)

    def put_administration(self, administration_id: str, texts: Iterable[str]) -> None:
        """Let those whom an administration nominated be found by its names and codes."""
        self._administrations.put(administration_id, set().union(*map(words_of, texts)))

    def nominate(self, administration_id: str, person_id: str) -> None:
        """Let a person be found by an administration too."""
        self._nominated.setdefault(administration_id, set()).add(person_id)

    def is_named(self, person_id: str) -> bool:
        return person_id in self._order

    def order(self, person_id: str) -> tuple[bool, Sequence[str]]:
        """By name; those without one last."""
        return person_id not in self._order, self._order.get(person_id, ())

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
