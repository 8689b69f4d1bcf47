"""A workshop is imported at the console: errors by cell, who is who, and filing once what the command files."""

import csv
from collections import Counter
from datetime import timedelta
from io import StringIO
from time import monotonic, sleep

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from api.console.imports.uploads import GOOD_SECONDS, removing_old, uploads_of
from api.secretariat.importing.proposing import plan_import
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import new_id, proposal
from ledger.store.console_tables import UPLOADS
from ledger.store.desk_tables import IMPORT_ANSWERS
from ledger.store.following import Troubles
from tests.api.console.imports.conftest import PILOT, pilot, send
from tests.api.console.pages import Browser
from tests.scenario import names
from tests.support import World, key_of

SOURCE = "TOA-PCA-FR-2017"
LIST, CHECK = "/console/imports", "/console/imports/check"
CONFIRM, ANSWERS, TAKE_BACK = f"{LIST}/confirm", f"{LIST}/answers", f"{LIST}/take-back"


def inbox_of(client: TestClient) -> Inbox:
    inbox: Inbox = client.app.state.console.office.inbox  # type: ignore[attr-defined]
    return inbox


def says(inbox: Inbox) -> Counter[str]:
    """What waits, without ids, salts and digests."""
    return Counter(
        f"{item.proposal.name} {[(d.name, d.value) for d in item.proposal.disclosures]} "
        f"{sorted(signer.role for signer in item.proposal.signers)} {item.source}"
        for item in inbox.waiting()
    )


def changed(table: str, line: int, **values: str) -> dict[str, bytes]:
    """The pilot's files with other values in a row."""
    files = pilot()
    rows = list(csv.DictReader(StringIO(files[f"{table}.csv"].decode())))
    rows[line].update(values)
    text = StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return {**files, f"{table}.csv": text.getvalue().encode()}


def uploads(world: World) -> list[str]:
    """Whose files are kept."""
    return [row.person for row in world.ledger.database.run(select(UPLOADS.c.person))]


def test_the_pilot_is_filed_once_and_as_the_command_files_it(
    office: World, client: TestClient, registrar: Browser
) -> None:
    inbox = inbox_of(client)
    shown = send(registrar, pilot())
    assert inbox.waiting() == []
    fields = shown.form(CONFIRM)
    done = registrar.post(CONFIRM, fields)
    assert done.texts("h3") == [SOURCE]
    filed = says(inbox)
    assert f"{filed.total()} statements would be filed" in shown.text
    assert "by Registrar Exemple" in done.text
    mine = sum("registrar" in item.people for item in inbox.waiting())
    assert f"{mine} of them wait for you" in done.text
    assert uploads(office) == []
    assert registrar.post(CONFIRM, fields).h1 == "Imports"
    assert says(inbox) == filed
    back = registrar.post(TAKE_BACK, {"source": SOURCE, "reason": "the wrong year"})
    assert "Nothing was imported yet" in back.text
    (listed,) = [line for line in back.texts("li") if line.startswith(SOURCE)]
    assert "by Registrar Exemple" in listed
    assert f"{filed.total()} statements ended with it." in listed
    assert inbox.waiting() == []
    assert {trace.ending.reason for trace in inbox.ended() if trace.ending} == {"the wrong year"}
    plan_import(read_workshop(PILOT), office.ledger, inbox, new_id).file(inbox)
    assert says(inbox) == filed


def test_an_import_of_which_something_is_signed_is_not_taken_back(
    office: World, client: TestClient, registrar: Browser
) -> None:
    registrar.post(CONFIRM, send(registrar, pilot()).form(CONFIRM))
    inbox = inbox_of(client)
    first = inbox.waiting()[0]
    for person in first.people:
        inbox.sign(first.number, person, office.keys.get(person) or key_of(person))
    listed = registrar.get(LIST)
    assert TAKE_BACK not in listed.values("form", "action")
    assert "1 recorded" in listed.text
    refused = registrar.post(TAKE_BACK, {"source": SOURCE, "reason": "too late"}, status=422)
    assert "There is a problem" in refused.text
    assert len(inbox.waiting()) > 1


def test_every_error_is_listed_by_its_cell_and_nothing_can_be_confirmed(client: TestClient, registrar: Browser) -> None:
    files = changed("candidates", 1, email="nobody", years_of_pca="many")
    files["session.csv"] = files["session.csv"].replace(b"2017-05-15", b"15/05/2017")
    page = send(registrar, files)
    cells = page.texts("td[data-label=Cell]")
    assert {"candidates.csv!E3", "candidates.csv!G3", "session.csv!D2"} <= {*cells}
    assert "expected a whole number from 0 to 80, found 'many'" in page.text
    assert CONFIRM not in page.values("form", "action")
    french = Browser(client, "fr").enter("registrar")
    in_french = french.get(CHECK)
    assert "attendu : un entier de 0 à 80 ; trouvé : 'many'" in in_french.text.replace("\u202f", " ")
    assert in_french.h1 == "Vérifier un import"
    assert french.post(f"{LIST}/give-up").h1 == "Imports"
    assert french.get(CHECK).h1 == "Imports"


def test_nothing_is_filed_when_something_else_was_meanwhile(client: TestClient, registrar: Browser) -> None:
    fields, inbox = send(registrar, pilot()).form(CONFIRM), inbox_of(client)
    inbox.file([proposal("register-person", "registrar", person_id="x", details=names("Other"))], "command line")
    again = registrar.post(CONFIRM, fields)
    assert "has changed since" in again.text
    assert len(inbox.waiting()) == 1
    assert registrar.post(CONFIRM, again.form(CONFIRM)).texts("h3") == [SOURCE]
    assert "already" in send(registrar, pilot()).text


def test_a_question_is_answered_before_anything_is_filed(office: World, client: TestClient, registrar: Browser) -> None:
    office.do("register-person", "registrar", person_id="p-known", details=names("Awa", "Diallo"))
    files = changed("candidates", 0, given_name="Awa", family_name="Diallo")
    page = send(registrar, files)
    assert "p-known" in page.text
    assert CONFIRM not in page.values("form", "action")
    (name,) = set(page.values("input[type=radio]", "name"))
    asked = page.form(ANSWERS)
    assert "in question" in registrar.post(ANSWERS, asked).text
    checked = registrar.post(ANSWERS, {**registrar.get(CHECK).form(ANSWERS), name: "same"})
    assert "known: Awa Diallo" in checked.text
    stale = registrar.post(ANSWERS, {**asked, name: "another"})
    assert "has changed since" in stale.text
    assert "known: Awa Diallo" in stale.text
    registrar.post(CONFIRM, stale.form(CONFIRM))
    (kept,) = office.ledger.database.run(select(IMPORT_ANSWERS))
    assert (kept.known, kept.is_same, kept.answered_by) == ("p-known", 1, "registrar")
    nominated = [i for i in inbox_of(client).waiting() if i.proposal.name == "nominate-candidate"]
    assert "p-known" in {str(getattr(item.proposal.command, "person_id", "")) for item in nominated}


@pytest.mark.usefixtures("engine")
def test_files_are_kept_sealed_for_their_owner_and_for_a_day(
    office: World, client: TestClient, registrar: Browser
) -> None:
    send(registrar, pilot())
    (row,) = office.ledger.database.run(select(UPLOADS))
    assert b"candidates" not in row.files
    assert row.files_key in office.ledger.keys.store.keys([row.files_key])
    manager = Browser(client).enter("manager")
    assert manager.get(CHECK).h1 == "Imports"
    office.now = office.now.fromtimestamp(office.now.timestamp() + GOOD_SECONDS, office.now.tzinfo)
    manager.enter("manager").get(LIST)
    assert uploads(office) == []
    assert office.ledger.keys.store.keys([row.files_key]) == {}


def test_files_that_nobody_came_back_to_are_removed_while_the_register_is_served(
    office: World, client: TestClient, registrar: Browser
) -> None:
    send(registrar, pilot())
    office.now += timedelta(seconds=GOOD_SECONDS - 1)
    inbox, failed = inbox_of(client), Troubles()
    uploads_of(inbox, office.ledger).remove_old()
    assert len(uploads(office)) == 1
    office.now += timedelta(seconds=1)
    with removing_old(lambda: inbox, office.ledger, failed):
        deadline = monotonic() + 60
        while uploads(office) and monotonic() < deadline:
            sleep(0.01)
    assert (uploads(office), dict(failed)) == ([], {})


def test_only_those_who_file_what_others_sign_import(client: TestClient) -> None:
    director = Browser(client).enter("director")
    assert LIST not in director.get("/console").values("a", "href")
    assert client.get(LIST).status_code == 403
