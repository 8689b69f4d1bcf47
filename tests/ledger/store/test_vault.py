"""The vault finds persons by comparison keys, which are kept, completed and erased with the values."""

from ledger.likeness import keys_of
from ledger.store.port import select
from ledger.store.vault import Identity, Vault
from tests.scenario import names, value
from tests.support import World


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


def test_keys_are_erased_with_the_values(workshop: World) -> None:
    assert found(workshop.ledger.vault, "Zoe Exemple") == {"zoe"}
    workshop.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    assert found(workshop.ledger.vault, "Zoe Exemple") == set()
    rows = select(workshop.ledger.database, "SELECT person_id FROM comparison_keys")
    assert "zoe" not in {row["person_id"] for row in rows}


def test_v10_keys_of_another_folding_are_made_anew_when_the_ledger_is_opened(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("UPDATE comparison_keys SET key = 'name:' || rowid")
        cursor.execute("UPDATE comparison_folding SET folding = 'an earlier one'")
    assert found(world.ledger.vault, "Security Exemple") == set()
    world.ledger.log.create_tables()
    assert found(world.ledger.vault, "Security Exemple") == {"security"}
    rows = select(world.ledger.database, "SELECT key FROM comparison_keys")
    assert "name:1" not in {row["key"] for row in rows}


def test_keys_of_the_same_folding_stay_as_they_are(world: World) -> None:
    with world.ledger.database.transaction(commit=True) as cursor:
        cursor.execute("INSERT INTO comparison_keys VALUES ('security', 'name:kept')")
    world.ledger.log.create_tables()
    assert world.ledger.vault.with_keys(["name:kept"]) == {"security"}
