"""The pure rules, without keys, clock or file: given what was done, when, then or refused."""

from datetime import datetime
from typing import Any, Self

import pytest

from ledger.disclosures import Disclosure
from ledger.domain.deciding import decide, require_seats_of
from ledger.domain.decisions.acting import Act
from ledger.domain.events.common import Digest
from ledger.domain.events.office import FOUNDING, Founder, LedgerFounded
from ledger.domain.record import Event, Fact, Head, Role, Signer, Stream
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_FACT
from ledger.reading import Draft, Memory
from tests.scenario import ORIGIN, ROLES, Scenario, key_of


class Rules(Scenario):
    """Decides and remembers; every value ever disclosed stays known unless it is forgotten."""

    def __init__(self, body: str = "Body") -> None:
        super().__init__()
        self._memory = Memory()
        self.values: dict[str, Disclosure] = {}
        self.last: Fact | None = None
        self.events: list[Event[Fact]] = []
        founders = tuple(Founder(n, ROLES[n], key_of(n).public, ()) for n in ("director", "security"))
        self._remember(FOUNDING, LedgerFounded(body_en=body, body_fr=body, founders=self._named(founders)))

    def read(self) -> Draft:
        return Draft(self._memory, self.values.get)

    def at(self, *moment: int) -> Self:
        """Let time pass to a moment UTC."""
        self.now = datetime(*moment, tzinfo=self.now.tzinfo)  # type: ignore[misc, arg-type]  # year, month, day, ...
        return self

    def do(self, name: str, *people: str, **arguments: Any) -> str:
        command, disclosures = self.command(name, **arguments)
        self.values.update({d.digest: d for d in disclosures})
        by = self.signers(command, *people)
        decided = decide(command, Act(by, self.now), self.read())
        return self._remember(decided.stream, decided.fact, by)

    def refused(self, code: str, name: str, *people: str, **arguments: Any) -> None:
        """When this is asked, the rules refuse for this reason, in both languages."""
        with pytest.raises(Refused) as refused:
            self.do(name, *people, **arguments)
        assert refused.value.code == code, refused.value
        assert refused.value.words.en
        assert refused.value.words.fr

    def refused_in_conclusion(self, code: str, candidacy_id: str) -> None:
        """When the workshop is concluded, some step of it is refused for this reason."""
        with pytest.raises(Refused) as refused:
            self.conclude(candidacy_id)
        assert refused.value.code == code

    def _remember(self, stream: Stream, fact: Fact, by: tuple[Signer, ...] = ()) -> str:
        row = BY_FACT[type(fact)]
        event = Event(
            ledger=ORIGIN,
            type=row.wire_name,
            stream=str(stream),
            version=self.read().version(stream) + 1,
            time=self.now,
            nonce=b"",
            head=Head(0, b""),
            by=by,
            facts=fact,
        )
        if Role.KEY_HOLDER not in row.seats:
            require_seats_of(event, self.read())
        self._memory.advance([event])
        self.events.append(event)
        self.last = fact
        return row.wire_name

    def _named(self, founders: tuple[Founder, ...]) -> tuple[Founder, ...]:
        named = []
        for founder in founders:
            details = [self.disclosure("given_name", founder.person_id), self.disclosure("family_name", "Exemple")]
            named.append(
                Founder(
                    founder.person_id,
                    founder.role,
                    founder.public_key,
                    tuple(Digest(d.name, d.digest) for d in details),
                )
            )
        return tuple(named)
