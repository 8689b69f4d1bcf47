"""Nothing is left of an erased person: not in the record, not in the read models, not in the inbox."""

from base64 import urlsafe_b64encode
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Proposal, proposal
from api.secretariat.signing_all import sign_all
from ledger.auditing import audit
from projections.read_models import ReadModels
from tests.scenario import SESSION, names, value
from tests.support import World, key_of

pytestmark = pytest.mark.usefixtures("engine")

GIVEN, FAMILY, EMAIL = "Zénobie-Éphémère", "Nulle-Part-Exemple", "zenobie.nullepart@example.org"


def forms(value: str) -> set[bytes]:
    """Return the forms of a value in a file: as text, or in base64 at each of its three alignments."""
    plain = value.encode()
    coded = [urlsafe_b64encode(b"." * shift + plain).rstrip(b"=")[2 + shift : -2] for shift in range(3)]
    return {plain, value.encode("utf-16-le"), *coded}


def nomination(letter: str) -> Proposal:
    ids = {"candidacy_id": "c-zenobie", "person_id": "zenobie", "session_id": SESSION, "administration_id": "SN"}
    return proposal("nominate-candidate", "registrar", **ids, details=[value("letter", letter)])


def found_in(folder: Path) -> list[str]:
    """Return the files that hold any of the values."""
    return [
        f"{path.name}: {value}"
        for path in sorted(folder.rglob("*"))
        for value in (GIVEN, FAMILY, EMAIL)
        if path.is_file() and any(form in path.read_bytes() for form in forms(value))
    ]


def test_nothing_of_an_erased_person_is_left_in_any_file(staffed: World) -> None:
    staffed.plan()
    folder = staffed.ledger.folder
    with ReadModels(staffed.ledger) as models:
        inbox = Inbox(staffed.ledger)
        keys = {name: key_of(name) for name in ("registrar", "protection", "security")}
        details = [*names(GIVEN, FAMILY), value("email", EMAIL)]
        inbox.file([proposal("register-person", "registrar", person_id="zenobie", details=details)], "test")
        sign_all(inbox, keys)
        # These wait when she is erased, and other rows were written around them.
        for number in range(200):
            email = {"name": "email", "value": f"{number}.{EMAIL}"}
            inbox.file([proposal("update-person-details", "registrar", person_id="zenobie", details=[email])], "test")
            if number % 3 == 0:
                inbox.sign(inbox.waiting()[0].number, "registrar", keys["registrar"])
        inbox.file(
            [
                proposal(
                    "nominate-candidate",
                    "registrar",
                    candidacy_id="c-zenobie",
                    person_id="zenobie",
                    session_id="TOA-PCA-FR-2017",
                    administration_id="SN",
                    details=[value("letter", EMAIL)],
                )
            ],
            "test",
        )
        assert len(inbox.waiting()) > 100
        erase = proposal("erase-personal-data", "protection", "security", person_id="zenobie", basis_code="request")
        inbox.file([erase], "test")
        erasure = inbox.waiting()[-1].number
        for person in ("protection", "security"):
            inbox.sign(erasure, person, keys[person])
        assert inbox.waiting() == []
        models.catch_up()
        assert models.differences() == []
        assert found_in(folder) == []
        inbox.close()
    staffed.ledger.close()
    assert found_in(folder) == []
    assert audit(folder).clean


def test_an_erasure_by_another_way_reaches_the_inbox_when_it_is_looked_at(staffed: World) -> None:
    staffed.plan()
    staffed.do("register-person", "registrar", person_id="zenobie", details=names(GIVEN, FAMILY))
    inbox = Inbox(staffed.ledger)
    # The candidacy is known from a nomination only that waits as well.
    of_it: dict[str, Any] = {"candidacy_id": "c-zenobie", "reason": value("reason", f"{FAMILY} is ill")}
    cause = {"initiator": "administration", "effective_from": date(2017, 5, 1), "reason_code": "health"}
    withdrawal = proposal("withdraw-candidacy", "registrar", **of_it, **cause)
    levels = {"activity": "case-study", "commitment": value("levels", {"practical-skills": 3})}
    sheet = proposal("submit-score-sheet", "assessor1", candidacy_id="c-zenobie", sheet_id="s", **levels)
    other = proposal("grant-role", "director", person_id="panel1", role="moderator")
    inbox.file([nomination(f"of {FAMILY}"), withdrawal, sheet, other], "test")
    assert len(inbox.waiting()) == 4
    staffed.do("erase-personal-data", "protection", "security", person_id="zenobie", basis_code="request")
    assert [type(w.proposal.command).__name__ for w in inbox.waiting()] == ["GrantRole"]
    inbox.close()
    assert found_in(staffed.ledger.folder) == []
