"""A change of scope by hand: proposed by name, read in words, signed by both, followed by a reissue."""

import json
from pathlib import Path

import pytest

from tests.commands import run
from tests.support import World, key_of

NUMBER = "TOA-PCA-FR-2017-01-BTH"


@pytest.fixture
def folder(world: World) -> Path:
    """A certification that never expires, for the program has today's clock; beside it the keys of those who sign."""
    world.appoint()
    world.certify(validity_months=None)
    world.reach_today()
    world.ledger.close()
    for person in ("decider1", "decider2", "registrar"):
        key_of(person).save(world.ledger.folder.parent / f"{person}.key")
    return world.ledger.folder.parent


def test_a_scope_is_reduced_and_the_certificate_reissued(folder: Path) -> None:
    change = {
        "certification_id": "c-awa",
        "removed": ["practical-skills"],
        "effective_from": "2018-03-01",
        "reason_code": "requested-by-holder",
    }
    deciders = ("--by", "decider1", "--by", "decider2")
    assert "expected 2 signers" in run(
        folder, "propose", "reduce-scope", json.dumps(change), "--by", "decider1", code=64
    )
    run(folder, "propose", "reduce-scope", json.dumps(change), *deciders)
    for language, words in (
        ("en", "removed practical-skills, with effect from 1 March 2018, reason request of the holder"),
        (
            "fr",
            "compétences retirées practical-skills, avec effet au 1er mars 2018, motif demande de la personne titulaire",
        ),
    ):
        pending = run(folder, "pending", "--key", "decider1.key", language=language)
        assert words in pending
        assert f"awa Exemple ({NUMBER}, c-awa)" in pending
    run(folder, "sign", "--yes", "--key", "decider1.key")
    assert "recorded as leaf" in run(folder, "sign", "--yes", "--key", "decider2.key")
    again = {"certification_id": "c-awa", "reason_code": "scope-changed"}
    for told in ("1 signed, none waiting", "already states the current scope"):
        run(folder, "propose", "reissue-certificate", json.dumps(again), "--by", "registrar")
        assert told in run(folder, "sign", "--yes", "--key", "registrar.key") + run(folder, "pending")
    assert "passed" in run(folder, "audit")
    history = run(folder, "history", NUMBER, language="fr")
    assert "Portée réduite" in history
