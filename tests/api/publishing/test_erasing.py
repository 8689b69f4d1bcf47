"""A name that may not be shown any more is gone from every published folder at once, and not with the next publishing."""

import errno
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.publishing import erasing
from api.publishing.erasing import FOLDERS, Republishing, folders, remember
from api.publishing.files import CHECKPOINT, write, write_bundle
from api.register import Register, Settings
from ledger.bundle import Bundle
from ledger.store import following
from ledger.store.following import Troubles
from ledger.verdict import Verdict
from ledger.verification import verify_bundle
from tests.api.secretariat.test_erasure import forms
from tests.commands import run
from tests.support import World, key_of
from tests.watched import Watched

NAME = "N'Guessan-Écho"
NUMBER = "TOA-PCA-FR-2017-01-BTH"
ERASE = '{"person_id": "awa", "basis_code": "request"}'


def named(folder: Path) -> list[str]:
    """Return the files that hold the name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(form in path.read_bytes() for form in forms(NAME))]


@pytest.fixture
def listed_until_2020(workshop: World) -> World:
    """A workshop of which awa is listed by name, whose certification has ended: she may be erased."""
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    return workshop


def test_who_is_erased_is_gone_from_the_published_folder_when_the_last_has_signed(
    listed_until_2020: World, tmp_path: Path
) -> None:
    listed_until_2020.reach_today()
    for person in ("protection", "security"):
        key_of(person).save(tmp_path / f"{person}.key")
    run(tmp_path, "publish", "www")
    assert len(named(tmp_path / "www")) == 2
    before = (tmp_path / "www" / CHECKPOINT).read_bytes()
    unfinished = tmp_path / "www" / "certificates" / "x.bundle.json.999999999.tmp"
    unfinished.write_bytes(NAME.encode())
    run(tmp_path, "propose", "erase-personal-data", ERASE, "--by", "protection", "--by", "security")
    run(tmp_path, "sign", "--yes", "--key", "protection.key")
    assert named(tmp_path / "www")
    assert "bundles replaced without the name: 1" in run(tmp_path, "sign", "--yes", "--key", "security.key")
    assert named(tmp_path / "www") == []
    assert (tmp_path / "www" / CHECKPOINT).read_bytes() == before, "the rest waits for the next publishing"
    assert not unfinished.exists()
    bundle = (tmp_path / "www" / "certificates" / f"{NUMBER}.bundle.json").read_bytes()
    report = verify_bundle(bundle, listed_until_2020.ledger.trust, listed_until_2020.now)
    assert report.verdict is Verdict.NOT_IN_FORCE, "authentic, and expired"
    run(tmp_path, "publish", "www")
    assert named(tmp_path / "www") == []


@pytest.mark.parametrize("command", ["erase-personal-data", "withdraw-listing-consent"])
def test_a_register_that_is_served_replaces_it_at_once(
    listed_until_2020: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setattr(following, "FIRST_PAUSE", 0.05)
    world, troubles, failing, seen = listed_until_2020, Troubles(), [OSError(errno.ENOSPC, "disk full")], list[str]()
    world.now = datetime(2030, 1, 1, tzinfo=UTC)
    run(tmp_path, "publish", "www")

    def falter(target: Path, bundle: Bundle) -> None:
        seen.extend(troubles.values())
        if failing:
            raise failing.pop()
        write_bundle(target, bundle)

    monkeypatch.setattr(erasing, "write_bundle", falter)
    with Republishing(world.ledger).running(troubles):
        if command == "erase-personal-data":
            world.do(command, "protection", "security", person_id="awa", basis_code="request")
        else:
            world.do(command, "registrar", person_id="awa")
        deadline = time.monotonic() + 20
        while named(tmp_path / "www") and time.monotonic() < deadline:
            time.sleep(0.05)
    assert named(tmp_path / "www") == []
    assert seen == ["disk full"]
    assert troubles == {}


def test_a_consent_ends_in_public_once_it_is_witnessed_and_a_value_when_it_is_erased(
    watching: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = watching()
    world = watched.world
    world.workshop()
    world.do("give-listing-consent", "registrar", person_id="awa")
    www, republishing = tmp_path / "www", Republishing(world.ledger)

    def publish() -> None:
        assert watched.collector.collect()
        remember(world.ledger.folder, www)
        with Register(world.ledger, Settings(base_url="")) as register:
            write(world.ledger, www, certificates=map(register.bundle, register.models.certificates.everything()))

    publish()
    assert len(named(www)) == 2
    assert republishing.rewrite() == 0
    world.do("withdraw-listing-consent", "registrar", person_id="awa")
    assert republishing.rewrite() == 1
    assert len(named(www)) == 2, "in public the consent still holds"
    assert watched.collector.collect()
    assert republishing.rewrite() == 1
    assert named(www) == []
    assert republishing.rewrite() == 0
    world.do("give-listing-consent", "registrar", person_id="awa")
    publish()
    assert len(named(www)) == 2
    world.now = datetime(2030, 1, 1, tzinfo=UTC)
    world.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert republishing.rewrite() == 1
    assert named(www) == [], "the vault holds it no more, whoever has witnessed that"


def test_a_folder_that_was_never_finished_or_is_gone_is_looked_at_too(listed_until_2020: World, tmp_path: Path) -> None:
    world = listed_until_2020
    world.now = datetime(2030, 1, 1, tzinfo=UTC)
    run(tmp_path, "publish", "www")
    (tmp_path / "www" / CHECKPOINT).unlink()  # it is written last
    remember(world.ledger.folder, tmp_path / "gone")
    assert folders(world.ledger.folder) == [tmp_path / "www", tmp_path / "gone"]
    world.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert Republishing(world.ledger).rewrite() == 1
    assert named(tmp_path / "www") == []
    assert not (tmp_path / "gone").exists()


def test_a_list_of_folders_that_is_none_is_named(world: World) -> None:
    (world.ledger.folder / FOLDERS).write_bytes(b"{}")
    with pytest.raises(ValueError, match="expected a list of folders"):
        Republishing(world.ledger).rewrite()


@pytest.mark.parametrize("ends_with", ["merge-persons", "unmerge-persons"])
def test_a_name_ends_where_only_one_of_two_ids_agreed(workshop: World, tmp_path: Path, ends_with: str) -> None:
    """With the merge, if awa did alone; with its undoing, if she did under the other id meanwhile."""
    ids = {"person_id": "awa2", "merged_id": "awa"}
    reason = {"name": "reason", "value": "same birth date"}
    workshop.person("awa2", family_name="N'Guessan-Écho")
    if ends_with == "unmerge-persons":
        workshop.do("merge-persons", **ids, reason=reason)
    agreed = "awa" if ends_with == "merge-persons" else "awa2"
    workshop.do("give-listing-consent", "registrar", person_id=agreed)
    run(tmp_path, "publish", "www")
    assert named(tmp_path / "www")
    workshop.do(ends_with, **ids, reason=reason)
    assert Republishing(workshop.ledger).rewrite() == 1
    assert named(tmp_path / "www") == []
