"""A ledger whose last entry is of 2017, on today's clock: nothing but a confirmed clock goes on, and each says why."""

from pathlib import Path

import pytest

from tests.commands import run
from tests.support import World, key_of

CONFIRM = ("propose", "confirm-clock", '{"reason_code": "long-silence"}', "--by", "security", "--by", "director")


@pytest.fixture
def folder(workshop: World) -> Path:
    """The ledger's folder, beside the keys of those who sign."""
    workshop.ledger.close()
    folder = workshop.ledger.folder.parent
    for person in ("security", "director", "registrar"):
        key_of(person).save(folder / f"{person}.key")
    return folder


def test_what_waits_is_listed_and_goes_on_once_two_officers_confirm_the_clock(folder: Path) -> None:
    """Case R3, by hand."""
    consent = ("propose", "give-listing-consent", '{"person_id": "awa"}', "--by", "registrar")
    run(folder, *consent)
    assert "not yet: the clock gives" in run(folder, "pending")
    assert "pas encore\N{NO-BREAK SPACE}: l’heure de cette machine n’est pas plausible" in run(
        folder, "pending", language="fr"
    )
    refused = run(folder, "sign", "1", "--yes", "--key", "registrar.key", code=1)
    assert "the last entry is of 2017-05-19 16:00" in refused
    run(folder, *CONFIRM)
    assert "Clock confirmed: time" in run(folder, "sign", "2", "--yes", "--key", "security.key")
    run(folder, "sign", "2", "--yes", "--key", "director.key")
    run(folder, "sign", "--yes", "--key", "registrar.key")
    assert "0 waiting" in run(folder, "pending")
