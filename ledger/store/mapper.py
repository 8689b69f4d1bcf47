"""The one place that sees id, version, topic and state together: stored bytes are the signed bytes."""

from eventsourcing.domain import DomainEventProtocol
from eventsourcing.persistence import JSONTranscoder, Mapper, StoredEvent

from ledger.errors import Corrupt
from ledger.signing.statement import SignedEvent, read_stored


class LedgerMapper(Mapper[str]):
    """SignedEvent <-> StoredEvent, by the closed registry of wire names: no class path is ever stored."""

    def __init__(self) -> None:
        super().__init__(JSONTranscoder())  # never used: the envelope is stored as it is

    def to_stored_event(self, domain_event: DomainEventProtocol[str]) -> StoredEvent:
        """The envelope as state, the wire name as topic."""
        assert isinstance(domain_event, SignedEvent)
        event = domain_event.event
        return StoredEvent(
            originator_id=event.stream,
            originator_version=event.version,
            topic=event.type,
            state=domain_event.envelope,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> SignedEvent:
        """Raises ``Corrupt`` when the row contradicts the statement that it holds."""
        signed = read_stored(stored_event.topic, stored_event.state)
        event = signed.event
        if (
            event.stream != stored_event.originator_id
            or event.version != stored_event.originator_version
            or event.type != stored_event.topic
        ):
            where = f"{stored_event.originator_id} version {stored_event.originator_version}"
            raise Corrupt("row-contradicts-statement", f"the row of {where} holds another statement")
        return signed
