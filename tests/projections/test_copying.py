"""Read models in a folder of each process: begun from a copy, and made anew when the log is another."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import Corrupt
from ledger.store.cache import FOLDER
from projections import copying
from projections.following import TABLES
from projections.read_models import ReadModels, rebuild
from tests.support import World
from tests.watched import Watched, watching

__all__ = ["watching"]


def rows(models: ReadModels) -> dict[str, list[object]]:
    return {table: list(models.following.rows(table)) for table in TABLES}


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Names the folder in which the next process keeps its read models."""

    def place(name: str) -> Path:
        monkeypatch.setenv(FOLDER, str(tmp_path / "models" / name))
        return tmp_path / "models" / name

    return place


def test_a_new_process_starts_from_a_copy_of_anothers(workshop: World, places: Callable[[str], Path]) -> None:
    folder = places("first")
    with ReadModels(workshop.ledger) as models:
        before, position = rows(models), models.following.position
        assert folder.stat().st_mode & 0o777 == 0o700
        other = places("second")
        with closing(ReadModels(workshop.ledger)) as second:  # while the first is open, and before it follows
            assert second.following.position == position
            assert rows(second) == before
            workshop.do("give-listing-consent", "registrar", person_id="awa")
            second.catch_up()
            assert (second.following.position, models.following.position) == (position + 1, position)
    assert [path.name for path in other.iterdir()] == ["projections.db"], "nothing is left of the copying"


def test_the_first_process_with_a_folder_starts_from_those_in_the_ledgers(
    workshop: World, places: Callable[[str], Path]
) -> None:
    with ReadModels(workshop.ledger) as models:
        position = models.following.position
    places("first")
    with closing(ReadModels(workshop.ledger)) as models:
        assert models.following.position == position


def unreadable(file: Path) -> None:
    file.write_bytes(b"half of it")


def of_another_version(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA user_version = 1")


def of_another_log(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE last_entry SET leaf = zeroblob(32)")


def empty(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DELETE FROM tracking")


@pytest.mark.parametrize("spoil", [unreadable, of_another_version, of_another_log, empty])
def test_what_cannot_be_used_is_passed_over(
    workshop: World, places: Callable[[str], Path], spoil: Callable[[Path], None]
) -> None:
    first = places("first")
    with ReadModels(workshop.ledger) as models:
        before = rows(models)
    spoil(first / "projections.db")
    second = places("second")
    with closing(ReadModels(workshop.ledger)) as models:
        assert models.following.position == 0
        models.catch_up()
        assert rows(models) == before
    assert [path.name for path in second.iterdir()] == ["projections.db"]


def test_a_copy_replaces_nothing(
    workshop: World, places: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process of the same folder may have been faster."""
    places("first")
    with ReadModels(workshop.ledger) as models:
        position = models.following.position
    second = places("second")

    def copy(source: Path, target: Path) -> None:
        shutil.copy(source, target)
        (second / "projections.db").write_bytes(b"")

    monkeypatch.setattr(copying, "copy", copy)
    with closing(ReadModels(workshop.ledger)) as models:
        assert models.following.position == 0 < position


def test_tables_of_a_branch_that_was_published_and_is_lost_are_an_error(workshop: World, tmp_path: Path) -> None:
    """The log has as many entries as before, and another one among them."""
    twin = workshop.copy(tmp_path / "twin")
    for world, name in ((workshop, "give-listing-consent"), (twin, "give-results-consent")):
        world.do(name, "registrar", person_id="awa")
    with ReadModels(workshop.ledger):
        pass
    shutil.copy(workshop.ledger.folder / "projections.db", twin.ledger.folder)
    with closing(ReadModels(twin.ledger, public=True)) as models:
        for ask in (models.current, models.catch_up):
            with pytest.raises(Corrupt, match=r"entry \d+ of the log is another one\); run: pca-ledger rebuild"):
                ask()
        twin.do("withdraw-results-consent", "registrar", person_id="awa")
        with pytest.raises(Corrupt):
            models.catch_up()
        rebuild(twin.ledger)
        assert models.current() == twin.ledger.size()
        assert models.differences() == []
    twin.ledger.close()


def test_tables_of_a_branch_that_was_never_published_are_made_anew(
    watching: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = watching()
    world = watched.world
    world.appoint()
    assert watched.collector.collect()
    twin = world.copy(tmp_path / "twin")
    for each, people in ((world, ("awa", "kofi")), (twin, ("ama",))):
        for person in people:
            each.person(person)
        with ReadModels(each.ledger) as models:
            assert models.following.position == each.ledger.size()
    for added in ("", "efua"):  # the tables hold more entries than there are, then as many
        if added:
            twin.person(added)
        shutil.copy(world.ledger.folder / "projections.db", twin.ledger.folder)
        with ReadModels(twin.ledger) as models:
            assert models.following.position == twin.ledger.size()
            assert models.differences() == []
    shutil.copy(world.ledger.folder / "projections.db", twin.ledger.folder)
    (twin.ledger.folder / "published.note").write_text(signed_ahead(world), encoding="utf-8")
    with closing(ReadModels(twin.ledger)) as models, pytest.raises(Corrupt, match="were published"):
        models.catch_up()
    twin.ledger.close()


def signed_ahead(world: World) -> str:
    """A checkpoint of entries that only one branch has."""
    world.person("yaw")
    world.person("esi")
    latest = world.ledger.notes.latest_checkpoint()
    assert latest is not None
    return latest[1]
