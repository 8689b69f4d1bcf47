"""One form as a page shows it: what was entered, what can be chosen, and what is wrong at which input."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.console.forms import reading, wrong
from api.console.forms.fields import SIGNERS, Field, fields_of, seats_of
from api.console.forms.lists import Listing, code_labels, is_made_for, listing_of
from api.console.forms.proposing import proposed
from api.console.forms.typed import Typed
from api.console.forms.words_within import said
from api.lists.readers import is_own_case
from api.words.record import Record
from ledger.domain.decisions.rows import CommandType
from ledger.domain.events.persons import NAME_DETAILS
from ledger.domain.record import Role, Stream
from ledger.domain.refusal import Refused
from ledger.domain.subjects import SUBJECTS
from ledger.likeness import parts_of, words_of
from ledger.words import Words

MOST_LISTED = 300  # of more, one is found by words
MOST_FOUND = 20
NOBODY = Words("Nothing found: try fewer words.", "Aucun résultat : essayez avec moins de mots.")
SEVERAL = Words("Several were found: choose one.", "Plusieurs résultats : choisissez-en un.")
MANY = Words("Too many were found: add words.", "Trop de résultats : ajoutez des mots.")
NOT_YET = Words("Choose the item above first.", "Choisissez d’abord l’élément ci-dessus.")
_LEVEL = Field(name="level", key="commitment.level", kind="choice", said=said("commitment", "level"))


class Options(msgspec.Struct, frozen=True):
    """What one can choose from, by value; with ``is_search`` there is too much, and one enters words to find it."""

    choices: tuple[tuple[str, Words], ...]
    is_search: bool = False


class Form:
    """The form of a command with what was entered in it.

    Of a field with a long list, the words that were entered are replaced by the only thing that they find. Fields that
    depend on another are asked once that one is known; until then the form is not ``whole``.
    """

    def __init__(self, row: CommandType, typed: Typed, record: Record, person: str = "") -> None:
        self.row, self.fields, self.person = row, (*fields_of(row), *seats_of(row)), person
        self.errors: dict[str, Words] = {}
        self.record, self._lists = record, dict[str, list[str] | None]()
        # Of lists too long to be shown; those depend on nothing else that was entered.
        self._searches = dict[tuple[str, str], tuple[tuple[str, Words], ...]]()
        self.typed = typed.only(field.name for field in self.fields)
        self._leave_out_own_case()
        for field in self.fields:
            if field.kind == "choice" and not field.codes:
                self._resolve(field)
        self._take(proposed(row, self.typed, record, person))
        self.is_whole = all(self.is_asked(field) for field in self.fields)

    def do(self, action: str) -> "Form":
        """Return the form after ``add:GROUP`` or ``remove:GROUP.ROW``; any other action leaves it as it is."""
        first_field = {field.name: field.fields[0].name for field in self.fields if field.kind == "rows"}
        return Form(self.row, self.typed.after(action, first_field), self.record, self.person)

    def arguments(self) -> dict[str, Any] | None:
        """Return the arguments of the command; None when ``errors`` say what was expected, or it is not whole."""
        self._take(self.typed.without_empty_rows(field.name for field in self.fields if field.kind == "rows"))
        arguments, errors = reading.read(self.row, self.typed)
        unnamed = [seat.name for seat in seats_of(self.row) if not self.typed.has(seat.name)]
        self.errors = errors | dict.fromkeys(unnamed, reading.REQUIRED) | self.errors
        return None if self.errors or not self.is_whole else arguments

    def signers(self) -> tuple[str, ...]:
        """Return who is to sign, in the order of the command's seats.

        In their own name signs whoever fills in the form, and with a key that is being enrolled the person named.
        """
        fields = self.row.command.__struct_fields__
        named = next((name for name in ("delegator_id", "person_id") if name in fields), None)
        return tuple(
            (self.person if named is None else self.typed.text(named))
            if role is Role.KEY_HOLDER
            else self.typed.text(f"{SIGNERS}.{seat}")
            for seat, role in enumerate(self.row.seats)
        )

    def refuse(self, refused: Refused, arguments: Mapping[str, Any]) -> None:
        """Note a refusal of the rules at the input where it belongs, by names; at none when it is about the whole."""
        place = wrong.place_of(self.row, arguments, refused)
        named = {str(refused.fields[who]) for who in ("person", "survivor") if who in refused.fields}
        signers = self.signers()
        if not place and named & set(signers):
            place = f"{SIGNERS}.{next(seat for seat, one in enumerate(signers) if one in named)}"
        if place.startswith(f"{SIGNERS}.") and place not in [seat.name for seat in seats_of(self.row)]:
            # The holder of a key is not asked for; where the form names them nowhere, it is about the whole.
            place = "person_id" if "person_id" in self.row.command.__struct_fields__ else ""
        self.errors[place] = wrong.words_of(refused, self.record.names(named))

    def is_one_of_the_names(self, field: Field) -> bool:
        """Whether this or the other name of a person must be entered."""
        return reading.asks_for_a_name(self.row) and field.name in NAME_DETAILS

    def is_asked(self, field: Field) -> bool:
        """Whether what can be chosen is known yet."""
        if field.kind == "rows":
            return all(map(self.is_asked, field.fields))
        return listing_of(field) is None or self._ids(field) is not None

    @property
    def has_rows_or_dependents(self) -> bool:
        """Whether what one enters changes what can be entered elsewhere: then the page can be updated."""
        listings = map(listing_of, self.fields)
        return any(field.kind == "rows" for field in self.fields) or any(
            one is not None and one.ids(self.record, Typed()) is None for one in listings
        )

    def options(self, field: Field, path: str) -> Options:
        """Return what can be chosen in an input; what was given and is in no list is one of it."""
        listing, given = listing_of(field), self.typed.text(path)
        if listing is None:
            return Options(tuple(code_labels(field.codes).items()))
        ids = list(self._ids(field) or ())
        if field.kind == "choice" and given and given not in ids and len(ids) <= MOST_LISTED:
            return Options((*self._labelled(field, ids), (given, Words(*(given, given)))))
        if len(ids) <= MOST_LISTED:
            return Options(self._labelled(field, ids))
        if given in ids:
            return Options(self._labelled(field, [given]))
        found = self._found(field, given) if given.strip() else ()
        return Options(found) if 1 < len(found) <= MOST_FOUND else Options((), is_search=True)

    def levels(self) -> Options:
        """Return the levels of the rubric under which the candidate is assessed."""
        return self.options(_LEVEL, "")

    def summary(self) -> list[tuple[str, Words, Words]]:
        """Return what is wrong: the name of the input, its label and the words; in the order of the page.

        What is about the whole has neither name nor label.
        """
        whole = [("", Words("", ""), self.errors[""])] if "" in self.errors else []
        names = [path for field in self.fields for path in (field.name, *_inputs(field, self.errors))]
        return whole + [(p, self.label(p), self.errors[p]) for p in dict.fromkeys(names) if p in self.errors]

    def label(self, path: str) -> Words:
        """Return what an input is called, with the number of its row."""
        name, *steps = [path] if path.startswith(f"{SIGNERS}.") else path.split(".")
        field = next(field for field in self.fields if field.name == name)
        parts = {part.name: part for part in field.fields}
        part = parts.get(steps[-1]) if steps else None
        if part is None:
            return field.said.label
        if field.kind == "values":
            return part.said.label
        of = f" {int(steps[0]) + 1}"
        return Words(*(f"{a}{of}, {b}" for a, b in zip(field.said.label, part.said.label, strict=True)))

    def _leave_out_own_case(self) -> None:
        """What depends on it would tell of a workshop for which whoever fills in the form was nominated.

        In what is stated in one's own name, it would tell of the case of another.
        """
        for field in self.fields:
            listing, given = listing_of(field), self.typed.text(field.name)
            if listing is None or not given:
                continue
            is_anothers = self.row.in_own_name and listing.kind and not self._own(field, listing, [given])
            if is_anothers or self._is_own(listing, given):
                self._take(self.typed.with_texts({field.name: ("",)}))
                refused = Refused("not-in-own-name" if is_anothers else "officer-is-candidate", person=self.person)
                self.errors[field.name] = wrong.words_of(refused, self.record.names([self.person]))

    def _is_own(self, listing: Listing, one: str) -> bool:
        if not listing.kind or self.row.in_own_name:
            return False
        return is_own_case(self.person, Stream(listing.kind, one), self.record.read)

    def _own(self, field: Field, listing: Listing, ids: Sequence[str]) -> list[str]:
        """Return what somebody can choose who states something in their own name: no case or name of another's.

        A list that is made for this field of this command knows itself which people may be chosen.
        """
        read = self.record.read
        if listing.kind:
            about = SUBJECTS[listing.kind].person
            assert about is not None  # lists with a kind are of what may be somebody's own case
            return [one for one in ids if read.is_among(about(one, read) or "", [self.person])]
        return [] if listing.names_people and not is_made_for(field) else list(ids)

    def _resolve(self, field: Field) -> None:
        ids, given = self._ids(field), self.typed.text(field.name)
        if ids is None or len(ids) <= MOST_LISTED or given in ids or not given.strip():
            return
        found = self._found(field, given)
        if len(found) == 1:
            self._take(self.typed.with_texts({field.name: (found[0][0],)}))
        else:
            self.errors[field.name] = NOBODY if not found else SEVERAL if len(found) <= MOST_FOUND else MANY

    def _found(self, field: Field, given: str) -> tuple[tuple[str, Words], ...]:
        """Return what has a word that begins with each word that was given."""
        if (field.name, given) not in self._searches:
            wanted, every = parts_of(given), self._labelled(field, list(self._ids(field) or ()))
            self._searches[field.name, given] = tuple(found for found in every if _has_words(found[1], wanted))
        return self._searches[field.name, given]

    def _take(self, typed: Typed) -> None:
        self.typed = typed
        self._lists.clear()

    def _ids(self, field: Field) -> list[str] | None:
        if field.key not in self._lists:
            listing = listing_of(field)
            ids = None if listing is None else listing.ids(self.record, self.typed)
            if listing is not None and ids is not None and self.record.read.candidacies_of(self.person):
                ids = [one for one in ids if not self._is_own(listing, one)]
            if listing is not None and ids is not None and self.row.in_own_name:
                ids = self._own(field, listing, ids)
            self._lists[field.key] = None if ids is None else list(ids)
        return self._lists[field.key]

    def _labelled(self, field: Field, ids: list[str]) -> tuple[tuple[str, Words], ...]:
        """Return what each is called; what is called the same has its id beside."""
        labels = {} if (listing := listing_of(field)) is None else listing.labels(self.record, self.typed, ids)
        alike = Counter(labels.values())
        return tuple(
            (one, label if alike[label] == 1 else Words(*(f"{text}, {one}" for text in label)))
            for one, label in ((one, labels[one]) for one in ids)
        )


def _has_words(label: Words, wanted: list[str]) -> bool:
    """Whether each part that is wanted begins a word of a label; most labels do not even contain it."""
    texts = " ".join(dict.fromkeys(label))
    within = "".join(parts_of(texts))
    if not wanted or not all(part in within for part in wanted):
        return False
    words = words_of(texts)
    return all(any(word.startswith(part) for word in words) for part in wanted)


def _inputs(field: Field, errors: Mapping[str, Words]) -> list[str]:
    """Return the inputs in a field at which something is wrong, in the order of the page."""
    order = {part.name: place for place, part in enumerate(field.fields)}
    within = [path.split(".") for path in errors if path.startswith(f"{field.name}.")]
    within.sort(key=lambda steps: (int(steps[1]) if steps[1].isdecimal() else 0, order.get(steps[-1], 0)))
    return [".".join(steps) for steps in within]
