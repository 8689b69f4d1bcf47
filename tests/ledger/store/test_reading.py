"""A copy of a record is read as the ledger reads it, without the log's keys."""

from contextlib import closing

from ledger.disclosures import Disclosure
from ledger.domain.record import Stream
from ledger.store.opening import open_database
from ledger.store.reading import StoredRecord
from tests.support import World


def test_a_stored_record_has_the_states_and_values_of_its_ledger(workshop: World) -> None:
    with closing(open_database(workshop.ledger.folder / "ledger.db")) as database:
        stored, own = StoredRecord(database, workshop.ledger.keys), workshop.ledger.read()
        read = stored.read()
        for stream in (Stream("certification", "c-awa"), Stream("person", "awa"), Stream("session", "TOA-PCA-FR-2017")):
            assert read.state(stream) == own.state(stream)
        name, *_ = own.person("awa").named("given_name")
        assert read.disclosure(name.digest) == own.disclosure(name.digest)
        brought = Disclosure("email", "awa@example.org", "salt")
        assert stored.read([brought]).disclosure(brought.digest) == brought
        assert read.disclosure(brought.digest) is None
