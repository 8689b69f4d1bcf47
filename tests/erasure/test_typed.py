"""What people typed or sent at the console is found in no table and no file after an erasure."""

from contextlib import closing

import pytest
from sqlalchemy import select

from api.console.history.saved import Saved, SavedLists
from api.console.imports.uploads import Upload, Uploads
from api.secretariat.imports import note_files
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.signing_all import sign_all
from ledger.store.keystore.opening import FOLDER
from ledger.store.tables import RECORD
from tests.api.secretariat.test_erasure import EMAIL, FAMILY, GIVEN
from tests.engines import Engine
from tests.erasure.searching import NAMES, OFFICERS, coded, found_in, keys_in
from tests.scenario import names, value
from tests.support import World


@pytest.mark.usefixtures("engine")
def test_nothing_that_was_typed_of_her_is_left_in_any_table_or_file(staffed: World, engine: Engine) -> None:
    """A list is saved under her name, a file about her is being checked, another was imported, and changes wait."""
    details = [*names(GIVEN, FAMILY), value("email", EMAIL)]
    staffed.do("register-person", "registrar", person_id="zenobie", details=details)
    folder = staffed.ledger.folder
    with closing(Inbox(staffed.ledger)) as inbox:
        lists, now = SavedLists(inbox.desk), int(staffed.now.timestamp())
        lists.save("registrar", Saved(f"About {GIVEN} {FAMILY}", "candidates", f"name={FAMILY}"))
        Uploads(inbox.desk, now).keep("registrar", Upload({f"{FAMILY}.csv": f"{GIVEN},{EMAIL}".encode()}))
        note_files(inbox.desk, "test", {"00": f"{GIVEN} {FAMILY}.xlsx!candidates"})
        change = proposal("update-person-details", "registrar", person_id="zenobie", details=[value("email", EMAIL)])
        (refused,) = inbox.file([change], "test")
        inbox.refuse(refused, "registrar", f"{FAMILY} has moved")
        assert lists.of("registrar")[0].name == f"About {GIVEN} {FAMILY}"
        before = keys_in(folder / FOLDER)
        erase = proposal("erase-personal-data", *OFFICERS, person_id="zenobie", basis_code="request")
        inbox.file([change, erase], "test")
        assert len(sign_all(inbox, OFFICERS)) == 1
        assert lists.of("registrar") == []
        assert Uploads(inbox.desk, now).find("registrar") is None
        gone = before.keys() - keys_in(folder / FOLDER).keys()
        assert len(gone) == 4, "hers, and those of the list, the files and the reason"
    for table in RECORD.tables.values():
        held = repr([tuple(row) for row in staffed.ledger.database.run(select(table))])
        assert not [form for form in NAMES if repr(form)[2:-1] in held], table.name
    assert found_in(folder, NAMES | {form for name in gone for form in coded(before[name])}) == []
