"""What an earlier version of the program recorded stays in order: its events, and the numbers that it gave."""

from typing import Any

from ledger.auditing import audit
from ledger.domain.events.certification import DOCUMENTS
from ledger.domain.number import CertificateNumber
from ledger.domain.record import Stream
from ledger.domain.subjects import BY_COMMAND_NAME, EARLIER_TYPES
from tests.support import World

AWA = {"certification_id": "c-awa"}


def earlier_certificate(world: World) -> None:
    """Awa is certified, and holds a certificate of the first form."""
    world.plan()
    world.score(world.candidate("awa"), 4)
    now = world.do

    def then(name: str, *people: str, **arguments: Any) -> str:
        return now(f"{name}/v1" if name == "issue-certificate" else name, *people, **arguments)

    world.do = then  # type: ignore[method-assign]  # as it once was
    world.conclude("c-awa")
    world.do = now  # type: ignore[method-assign]


def numbers(world: World) -> list[str]:
    facts = [signed.event.facts for signed in world.ledger.signed_events(Stream("certification", "c-awa"))]
    return [fact.certificate.number for fact in facts if isinstance(fact, DOCUMENTS)]


def test_earlier_numbers_are_audited_as_they_were_and_superseded_by_new_ones(staffed: World) -> None:
    earlier_certificate(staffed)
    staffed.do("reissue-certificate/v1", "registrar", **AWA, reason_code="lost")
    staffed.do("reissue-certificate", "registrar", **AWA, reason_code="name-changed")
    first, second, third = numbers(staffed)
    assert (first, second, third) == ("TOA-PCA-FR-2017-01-M", "TOA-PCA-FR-2017-01.2-3", "TOA-PCA-FR-2017-01.3-HNS")
    assert [CertificateNumber.parse(number).issue for number in (first, second, third)] == [1, 2, 3]
    staffed.ledger.close()
    assert audit(staffed.ledger.folder).findings == ()


def test_nobody_can_give_an_earlier_command_any_more() -> None:
    assert {row.name for row in EARLIER_TYPES} & BY_COMMAND_NAME.keys() == set()
