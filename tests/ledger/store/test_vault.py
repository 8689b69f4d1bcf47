"""The vault holds sealed values, and finds persons by comparison keys until they are erased."""

import msgspec
import pytest

from ledger.disclosures import Disclosure
from ledger.likeness import keys_of
from ledger.store.documents import DocumentSet, StatusIndex
from ledger.store.keystore.port import Destroyed
from ledger.store.ledger import Ledger
from ledger.store.tables import RECORD
from ledger.store.vault import SEALED_VALUES, Identity, Vault
from tests.scenario import names, value
from tests.support import World, held_about

pytestmark = pytest.mark.usefixtures("engine")


def found(vault: Vault, name: str) -> set[str]:
    return vault.with_keys(keys_of([name], []))


def test_everybody_is_found_by_name_and_address_however_they_were_recorded(world: World) -> None:
    world.officer("registrar")
    details = [*names("Hélène", "Exemple-Zoulou"), value("email", "Helene@Example.org")]
    world.do("register-person", "registrar", person_id="helene", details=details)
    vault = world.ledger.vault
    assert found(vault, "ZOULOU, Helene Exemple") == {"helene"}
    assert found(vault, "Helena Exemple Zoulou") == {"helene"}  # one letter
    assert vault.with_keys(keys_of([], ["helene@example.ORG"])) == {"helene"}
    assert found(vault, "Director Exemple") == {"director"}  # who founded the ledger
    assert found(vault, "Nobody") == set()
    assert vault.identities(["helene", "nobody"]) == {
        "helene": Identity("helene", ("Hélène",), ("Exemple-Zoulou",), ("Helene@Example.org",))
    }


def test_earlier_names_still_find_a_person(world: World) -> None:
    world.officer("registrar")
    world.do("register-person", "registrar", person_id="awa", details=names("Awa", "Exemple-Mike"))
    world.do("update-person-details", "registrar", person_id="awa", details=[value("family_name", "Exemple-Papa")])
    assert found(world.ledger.vault, "Awa Exemple-Mike") == found(world.ledger.vault, "Awa Exemple-Papa") == {"awa"}
    (identity,) = world.ledger.vault.identities(["awa"]).values()
    assert sorted(identity.names) == ["Awa Exemple-Mike", "Awa Exemple-Papa"]


def test_a_person_of_one_name_or_none_has_the_keys_of_what_there_is() -> None:
    assert Identity("soekarno", family=("Soekarno",)).names == ["Soekarno"]
    assert Identity("nobody").keys == set()


def test_who_was_erased_is_found_no_more_in_any_process(workshop: World) -> None:
    with Ledger.open(workshop.ledger.folder, lambda: workshop.now, is_simulated=True) as other:
        assert found(workshop.ledger.vault, "Zoe Exemple") == found(other.vault, "Zoe Exemple") == {"zoe"}
        held = held_about(workshop, "zoe")[0]
        workshop.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
        assert found(workshop.ledger.vault, "Zoe Exemple") == set()
        other.read()
        assert found(other.vault, "Zoe Exemple") == set()
        with pytest.raises(Destroyed):
            other.vault.sealed([held])
    assert workshop.ledger.keys.store.destroyed() == {"person:zoe"}


def test_a_namesake_of_who_was_erased_is_still_found(workshop: World) -> None:
    for person_id in ("one", "other"):
        workshop.do("register-person", "registrar", person_id=person_id, details=names("Awa", "Exemple-Papa"))
    vault = workshop.ledger.vault
    assert found(vault, "Awa Exemple-Papa") == {"one", "other"}
    workshop.do("erase-personal-data", "protection", "security", person_id="one", basis_code="request")
    assert found(vault, "Awa Exemple-Papa") == {"other"}


def test_a_value_that_was_altered_hides_no_other(workshop: World) -> None:
    with workshop.ledger.database.transaction(commit=True) as cursor:
        cursor.run(SEALED_VALUES.update().where(SEALED_VALUES.c.name == "given_name"), {"sealed": b"altered"})
    held = {row.name: row.encoded for row in held_about(workshop, "zoe")}
    assert held["given_name"] == ""
    assert held["family_name"]
    assert workshop.ledger.vault.identities(["zoe"]) == {"zoe": Identity("zoe", family=("Exemple",))}


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_values_that_an_earlier_version_had_in_clear_are_sealed(workshop: World) -> None:
    """Of whom the key store knows as erased nothing is taken in."""
    folder, held = workshop.ledger.folder, workshop.ledger.vault.everything()
    assert workshop.ledger.documents.keep(
        DocumentSet("N-1", "awa", "token", workshop.now, ("pdf",), states_levels=False), StatusIndex(0, 1), {}
    )
    with workshop.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("CREATE TABLE disclosures (digest TEXT, person_id TEXT, name TEXT, encoded TEXT)")
        cursor.executemany("INSERT INTO disclosures VALUES (?, ?, ?, ?)", map(msgspec.structs.astuple, held))
        cursor.execute("CREATE TABLE documents (number TEXT, form TEXT, body BLOB)")
        cursor.execute("INSERT INTO documents VALUES ('N-1', 'pdf', X'414243')")
        cursor.execute("CREATE TABLE comparison_keys (person_id TEXT, key TEXT)")
        cursor.execute("DELETE FROM sealed_values")
    workshop.ledger.keys.destroy(["person:zoe"])
    workshop.ledger.close()
    assert any(held[0].encoded.encode() in path.read_bytes() for path in folder.glob("ledger.db*"))
    workshop.ledger = Ledger.open(folder, lambda: workshop.now, is_simulated=True)
    kept = [row for row in held if row.person_id != "zoe"]
    assert sorted(workshop.ledger.vault.everything(), key=str) == sorted(kept, key=str)
    assert workshop.ledger.documents.get("N-1", "pdf") == b"ABC"
    assert list(workshop.ledger.database.deviations(RECORD)) == []
    data = b"".join(path.read_bytes() for path in folder.glob("ledger.db*"))
    assert not any(row.encoded.encode() in data for row in held)


def test_a_person_is_known_by_what_they_are_called_besides() -> None:
    known = Identity("awa", ("Awa",), ("Exemple",), ()).called(
        [Disclosure("given_name", "Eve", "salt"), Disclosure("email", "e@example.org", "salt")]
    )
    assert known == Identity("awa", ("Awa", "Eve"), ("Exemple",), ("e@example.org",))
    assert known.keys == keys_of(["Awa Exemple", "Eve Exemple"], ["e@example.org"])
