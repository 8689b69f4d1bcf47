"""Who is erased is nowhere: not in the record, not in the read models, not in the inbox."""

from base64 import urlsafe_b64encode
from datetime import date
from pathlib import Path

from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from ledger.auditing import audit
from projections.read_models import ReadModels
from tests.scenario import names
from tests.support import World, key_of

GIVEN, FAMILY, EMAIL = "Zénobie-Éphémère", "Nulle-Part-Exemple", "zenobie.nullepart@example.org"


def forms(value: str) -> set[bytes]:
    """A value as it may stand in a file: as text, or inside base64 at each of its three alignments."""
    plain = value.encode()
    coded = [urlsafe_b64encode(b"." * shift + plain).rstrip(b"=")[2 + shift : -2] for shift in range(3)]
    return {plain, value.encode("utf-16-le"), *coded}


def found_in(folder: Path) -> list[str]:
    """The files that hold any of the values."""
    return [
        f"{path.name}: {value}"
        for path in sorted(folder.iterdir())
        for value in (GIVEN, FAMILY, EMAIL)
        if any(form in path.read_bytes() for form in forms(value))
    ]


def test_nothing_of_an_erased_person_is_left_in_any_file(staffed: World) -> None:
    staffed.plan()
    folder = staffed.ledger.folder
    with ReadModels(staffed.ledger) as models:
        inbox = Inbox(staffed.ledger)
        keys = {name: key_of(name) for name in ("registrar", "protection", "security")}
        details = [
            {"name": "given_name", "value": GIVEN},
            {"name": "family_name", "value": FAMILY},
            {"name": "email", "value": EMAIL},
        ]
        inbox.file([proposal("register-person", "registrar", person_id="zenobie", details=details)], "test")
        inbox.sign_all(keys)
        # These wait when she is erased, and other rows were written around them.
        for number in range(200):
            email = {"name": "email", "value": f"{number}.{EMAIL}"}
            inbox.file([proposal("update-person-details", "registrar", person_id="zenobie", details=[email])], "test")
            if number % 3 == 0:
                inbox.drop(inbox.waiting()[0].number)
        inbox.file(
            [
                proposal(
                    "nominate-candidate",
                    "registrar",
                    candidacy_id="c-zenobie",
                    person_id="zenobie",
                    session_id="TOA-PCA-FR-2017",
                    administration_id="SN",
                    details=[{"name": "letter", "value": EMAIL}],
                )
            ],
            "test",
        )
        assert {line.partition(":")[0] for line in found_in(folder)} >= {"desk.db-wal", "ledger.db-wal"}
        inbox.file(
            [proposal("erase-personal-data", "protection", "security", person_id="zenobie", basis_code="request")],
            "test",
        )
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
    nomination = proposal(
        "nominate-candidate",
        "registrar",
        candidacy_id="c-zenobie",
        person_id="zenobie",
        session_id="TOA-PCA-FR-2017",
        administration_id="SN",
        details=[{"name": "letter", "value": f"of {FAMILY}"}],
    )
    # The candidacy is known from a nomination only that waits as well.
    withdrawal = proposal(
        "withdraw-candidacy",
        "registrar",
        candidacy_id="c-zenobie",
        initiator="administration",
        effective_from=date(2017, 5, 1),
        reason_code="health",
        reason={"name": "reason", "value": f"{FAMILY} is ill"},
    )
    sheet = proposal(
        "submit-score-sheet",
        "assessor1",
        candidacy_id="c-zenobie",
        sheet_id="s",
        activity="case-study",
        commitment={"name": "levels", "value": {"practical-skills": 3}},
    )
    inbox.file(
        [nomination, withdrawal, sheet, proposal("grant-role", "director", person_id="panel1", role="moderator")],
        "test",
    )
    assert any(line.startswith("desk.db") for line in found_in(staffed.ledger.folder))
    staffed.do("erase-personal-data", "protection", "security", person_id="zenobie", basis_code="request")
    assert [type(w.proposal.command).__name__ for w in inbox.waiting()] == ["GrantRole"]
    inbox.close()
    assert found_in(staffed.ledger.folder) == []
