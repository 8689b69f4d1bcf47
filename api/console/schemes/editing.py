"""The editor of a version: what was entered, from one page to the next, with rows moved and ids proposed.

In the plan, a check box has the place of its competency, not its id: who changes an id keeps the plan.
"""

import re

import msgspec

from api.console.forms.typed import MAX_TEXTS, TooMuch, Typed
from api.console.forms.writing import write
from api.console.schemes.carried import DRAFT
from ledger.domain.events.scheme import SchemeVersionDrafted
from ledger.domain.form import TEXT_FORMS
from ledger.likeness import parts_of
from ledger.words import Words

NAMED = ("criteria", "competencies", "activities")
_UP = re.compile(r"up:([a-z_]{1,40})\.([1-9][0-9]{0,2})")
_ID = TEXT_FORMS["id"]


def of_version(content: SchemeVersionDrafted, *, keep_number: bool) -> Typed:
    """Return the texts of a version; without its number, the next one is proposed."""
    arguments = msgspec.to_builtins(content)
    if not keep_number:
        del arguments["version"]
    return write(DRAFT, arguments)


def of_page(pairs: list[tuple[str, str]], action: str) -> Typed:
    """Return what a page sent, after ``up:GROUP.ROW`` if that is the action. Raises ``Refused`` when it is too much."""
    typed = _with_levels(_with_ids(Typed.of(pairs)))
    return _moved_up(_with_plan(typed), action)


def require_room(typed: Typed) -> None:
    """Refuse a version whose plan has more check boxes than a form may have inputs."""
    boxes = len(typed.rows("activities")) * len(typed.rows("competencies"))
    if boxes + len(typed.texts) > MAX_TEXTS:
        raise TooMuch("form-too-large", most=MAX_TEXTS, what=Words("fields", "champs"))


def proposed_id(name: str, taken: set[str]) -> str:
    """Return an id for what has this English name, which nothing else has; empty where the name gives none."""
    words = [part for part in parts_of(name) if part.isascii()]
    while words and not words[0][0].isalpha():
        del words[0]
    made = "-".join(words)[: _ID.at_most - 4].rstrip("-")
    return next((one for one in (made, *(f"{made}-{n}" for n in range(2, 1000))) if one not in taken), "")


def _with_ids(typed: Typed) -> Typed:
    for group in NAMED:
        taken = {typed.text(f"{group}.{row}.id").strip() for row in typed.rows(group)} - {""}
        for row in typed.rows(group):
            path = f"{group}.{row}.id"
            if not typed.has(path) and (made := proposed_id(typed.text(f"{group}.{row}.name_en"), taken)):
                typed = typed.with_texts({path: (made,)})
                taken.add(made)
    return typed


def _with_levels(typed: Typed) -> Typed:
    """Number each level that is described by the one before it."""
    last = 0
    for row in typed.rows("levels"):
        path = f"levels.{row}.level"
        if not typed.has(path) and typed.has(f"levels.{row}"):
            typed = typed.with_texts({path: (str(last + 1),)})
        text = typed.text(path).strip()
        last = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else last
    return typed


def _with_plan(typed: Typed) -> Typed:
    ids = {str(row): typed.text(f"competencies.{row}.id").strip() for row in typed.rows("competencies")}
    plan = {}
    for row in typed.rows("activities"):
        path = f"activities.{row}.competencies"
        # A page that shows what was entered without the plan sends ids.
        plan[path] = tuple(filter(None, (ids.get(one, "" if one.isdecimal() else one) for one in typed.all(path))))
    return typed.with_texts({path: texts for path, texts in plan.items() if path in typed.texts})


def _moved_up(typed: Typed, action: str) -> Typed:
    found = _UP.fullmatch(action)
    if found is None:
        return typed
    group, row = found[1], int(found[2])
    swapped = {f"{group}.{row}.": f"{group}.{row - 1}.", f"{group}.{row - 1}.": f"{group}.{row}."}
    texts = {}
    for name, entered in typed.texts.items():
        start = next((each for each in swapped if name.startswith(each)), None)
        texts[name if start is None else swapped[start] + name.removeprefix(start)] = entered
    return Typed(texts)
