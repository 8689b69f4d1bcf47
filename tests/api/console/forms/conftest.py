"""Of every command, what was asked for in the story of the golden vectors, and the record just before."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from api.console.forms.fields import fields_of
from api.words.record import Digests, Record
from ledger.disclosures import Disclosure
from ledger.domain.decisions.acting import Act
from ledger.domain.decisions.rows import CommandType
from ledger.domain.subjects import BY_COMMAND, COMMAND_TYPES
from ledger.reading import Draft, Memory
from tests.ledger.domain.rules import Rules
from tests.scenario import USUAL
from tests.vectors.make import stories

ROWS = {row.name: row for row in COMMAND_TYPES}


class Moment(msgspec.Struct, frozen=True):
    """``arguments`` are as JSON has them, with the command's default for what was left out."""

    row: CommandType
    arguments: dict[str, Any]
    act: Act
    memory: Memory
    values: dict[str, Disclosure]

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(signer.person for signer in self.act.by)

    @property
    def filler(self) -> str:
        """Who fills in the form of what is stated in one's own name; of others it does not matter."""
        return self.people[0] if self.row.in_own_name else ""

    def read(self, *more: Disclosure) -> Draft:
        return Draft(self.memory, {**self.values, **{one.digest: one for one in more}}.get)

    def record(self) -> Record:
        return Record(self.read(), self.memory.ids_of, self._named, self.act.day)

    def _named(self, people: Digests) -> dict[str, str]:
        """As the vault does: names of those whose digests it knows."""
        parts = {
            one: [self.values[digest].value for digest in of if digest in self.values] for one, of in people.items()
        }
        return {one: " ".join(map(str, of)) for one, of in parts.items() if of}


@pytest.fixture(scope="session")
def moments() -> dict[str, Moment]:
    """By the name of the command: the first time that it is given."""
    found = dict[str, Moment]()
    for story in stories():
        _overhear(story, found)
    return found


def _overhear(story: Callable[[Any], None], found: dict[str, Moment]) -> None:
    rules = Rules()
    do = rules.do

    def listen(name: str, *people: str, **arguments: Any) -> str:
        if name in ROWS and name not in found:
            row = ROWS[name]
            command, _ = rules.command(name, **arguments)
            usual = {field: USUAL[field] for field in row.command.__struct_fields__ if field in USUAL}
            left_out = {
                field.name: field.default for field in msgspec.structs.fields(row.command) if not field.required
            }
            given = dict.fromkeys(row.command.__struct_fields__) | left_out | usual | arguments
            found[name] = Moment(
                BY_COMMAND[type(command)],
                msgspec.json.decode(msgspec.json.encode(given)),
                Act(rules.signers(command, *people), rules.now),
                _copy(rules.read()._memory),
                dict(rules.values),
            )
        return do(name, *people, **arguments)

    rules.do = listen  # type: ignore[method-assign]  # the story is overheard
    story(rules)


def _copy(memory: Memory) -> Memory:
    """The states do not change; what they are found by does."""
    copied = Memory()
    copied.size, copied.known, copied.merges = memory.size, memory.known, memory.merges
    copied.states, copied.index = dict(memory.states), {found: [*ids] for found, ids in memory.index.items()}
    return copied


@pytest.fixture(params=ROWS)
def moment(request: pytest.FixtureRequest, moments: dict[str, Moment]) -> Moment:
    """Each command in turn."""
    assert fields_of(ROWS[request.param])  # or TypeError: a field of a type without an input
    return moments[request.param]
