"""A monitor sees from outside what changed, what went back, and what contradicts what it was shown before."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.app import create_app
from api.clients.fetching import reader
from api.publishing.collecting import Collector
from api.publishing.files import write
from api.publishing.monitoring import Monitor
from api.register import Register, Settings
from ledger.log.checkpoint import Checkpoint, sign_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.evidence import Evidence
from ledger.log.tiles import Tile, bundle_bytes, parse_bundle
from ledger.published import PublishedLog
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import Note
from ledger.store.bundling import assemble
from ledger.store.leases import alone
from ledger.store.ledger import Ledger
from tests.serving import serving
from tests.support import World, key_of
from tests.watched import Watched

NUMBER = "TOA-PCA-FR-2017-01-BTH"
Look = Callable[[], list[str]]


@pytest.fixture
def dated(tmp_path: Path) -> Iterator[World]:
    """A founded ledger whose checkpoints say when they were signed."""
    world = World(tmp_path / "ledger", ml_dsa_key=MlDsaKey.generate())
    yield world
    world.ledger.close()


def monitor(world: World, source: Path | str, state: Path, **options: tuple[str, ...]) -> Look:
    log = PublishedLog(reader(str(source)), world.ledger.trust)
    watching = Monitor(log, state, lambda: world.now, late=timedelta(hours=3), **options)
    return lambda: [alert.code for alert in watching.look()]


def test_a_log_that_grows_raises_no_alert(dated: World, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    look = monitor(dated, tmp_path / "www", tmp_path / "state")
    assert look() == ["tile-missing"]
    write(dated.ledger, tmp_path / "www")
    assert look() == []
    dated.appoint()
    write(dated.ledger, tmp_path / "www")
    assert look() == []
    assert look() == []
    assert len(list((tmp_path / "state" / "checkpoints").iterdir())) == 2


def test_a_late_log_is_said(dated: World, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    look = monitor(dated, tmp_path / "www", tmp_path / "state")
    write(dated.ledger, tmp_path / "www")
    dated.now += timedelta(hours=3)
    assert look() == []
    dated.now += timedelta(seconds=1)
    assert look() == ["late"]
    assert Collector(dated.ledger, alone).collect()  # signs again, though nothing was added
    write(dated.ledger, tmp_path / "www")
    assert look() == []


def test_a_log_that_does_not_answer_is_said(dated: World, tmp_path: Path) -> None:
    assert monitor(dated, "http://127.0.0.1:1", tmp_path / "state")() == ["unreachable"]


def test_an_alert_names_what_is_missing_and_where_in_both_languages(dated: World, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    for source, missing in (("http://127.0.0.1:1", "http://127.0.0.1:1/checkpoint"), (tmp_path / "www", "checkpoint")):
        log = PublishedLog(reader(str(source)), dated.ledger.trust)
        (alert,) = Monitor(log, tmp_path / "state", lambda: dated.now, late=timedelta(hours=3)).look()
        assert all(missing in text for text in alert.words), alert
        assert alert.fr.startswith(
            ("le journal ne répond pas\N{NO-BREAK SPACE}: ", "le point de contrôle n’est pas fiable")
        )
        assert "not found" not in alert.fr


def test_a_log_without_dates_is_never_late(world: World, tmp_path: Path) -> None:
    (tmp_path / "www").mkdir()
    look = monitor(world, tmp_path / "www", tmp_path / "state")
    write(world.ledger, tmp_path / "www")
    world.now += timedelta(days=30)
    assert look() == []


@pytest.mark.parametrize("larger", [False, True])
def test_a_forked_log_leaves_evidence(dated: World, tmp_path: Path, larger: bool) -> None:
    dated.appoint()
    shutil.copytree(dated.ledger.folder, tmp_path / "other")
    grant = ("grant-role", "director")
    dated.do(*grant, person_id="registrar", role="moderator")
    write(dated.ledger, tmp_path / "www")
    look = monitor(dated, tmp_path / "www", tmp_path / "state")
    assert look() == []
    here, dated.ledger = dated.ledger, Ledger.open(tmp_path / "other", lambda: dated.now)
    dated.do(*grant, person_id="panel1", role="moderator")
    if larger:
        dated.do(*grant, person_id="panel2", role="moderator")
    write(dated.ledger, tmp_path / "www2")
    shutil.rmtree(tmp_path / "www")
    (tmp_path / "www2").rename(tmp_path / "www")
    assert look() == ["log-forked"]
    assert look() == ["log-forked"]  # until somebody does something about it
    (path,) = (tmp_path / "state").glob("evidence-*.json")
    earlier, later = Evidence.parse(path.read_bytes()).require_conflict(dated.ledger.trust.verifier_key)
    assert earlier.size <= later.size
    dated.ledger.close()
    dated.ledger = here


def test_a_log_that_was_set_back_is_said(dated: World, tmp_path: Path) -> None:
    write(dated.ledger, tmp_path / "old")
    dated.officer("registrar")
    write(dated.ledger, tmp_path / "www")
    look = monitor(dated, tmp_path / "www", tmp_path / "state")
    assert look() == []
    shutil.copy(tmp_path / "old" / "checkpoint", tmp_path / "www" / "checkpoint")
    assert look() == ["rolled-back"]
    shutil.rmtree(tmp_path / "www" / "tile")
    assert look() == ["rolled-back"]


def test_a_log_that_shows_no_proof_is_said(dated: World, tmp_path: Path) -> None:
    write(dated.ledger, tmp_path / "www")
    look = monitor(dated, tmp_path / "www", tmp_path / "state")
    assert look() == []
    dated.officer("registrar")
    size = write(dated.ledger, tmp_path / "www")
    tile = tmp_path / "www" / str(Tile(0, 0, size))
    tile.write_bytes(bytes(32 * size))
    assert look() == ["inconsistent"]


@pytest.fixture
def served_register(workshop: World) -> Iterator[tuple[World, Register, str]]:
    workshop.do("give-listing-consent", "registrar", person_id="awa")
    workshop.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    with (
        Register(workshop.ledger, Settings(base_url="https://r.example")) as register,
        serving(create_app(register)) as url,
    ):
        yield workshop, register, url


def test_a_watched_certificate_is_said_when_it_changes(
    served_register: tuple[World, Register, str], tmp_path: Path
) -> None:
    world, register, url = served_register
    look = monitor(world, url, tmp_path / "state", numbers=(NUMBER,))
    assert look() == []
    assert look() == []
    world.do("suspend-certification", reason_code="under-review", effective_from=world.now.date())
    register.models.catch_up()
    assert look() == ["certificate"]
    assert look() == []
    assert monitor(world, url, tmp_path / "state", numbers=("TOA-PCA-FR-2017-02-BTJ",))() == ["certificate-missing"]
    forged = tmp_path / "www" / "certificates"
    forged.mkdir(parents=True)
    write(world.ledger, tmp_path / "www")
    (forged / f"{NUMBER}.bundle.json").write_bytes(b"{}")
    assert monitor(world, tmp_path / "www", tmp_path / "state", numbers=(NUMBER,))() == ["certificate-not-checked"]


def test_watched_streams_are_said_to_who_may_read_entries(dated: World, tmp_path: Path) -> None:
    dated.appoint()
    write(dated.ledger, tmp_path / "export", entries=True)
    look = monitor(dated, tmp_path / "export", tmp_path / "state", streams=("officer:panel1",))
    assert look() == []
    dated.do("grant-role", "director", person_id="panel1", role="moderator")
    dated.do("grant-role", "director", person_id="panel2", role="moderator")
    write(dated.ledger, tmp_path / "export", entries=True)
    assert look() == ["entry"]
    assert look() == []
    dated.do("grant-role", "director", person_id="registrar", role="moderator")
    write(dated.ledger, tmp_path / "export")
    assert look() == ["tile-missing"]


def test_entries_that_are_not_those_of_the_checkpoint_are_said(dated: World, tmp_path: Path) -> None:
    """The checkpoint and its tiles are right; what an auditor is given to read instead hides a grant."""
    dated.appoint()
    www = tmp_path / "export"
    write(dated.ledger, www, entries=True)
    look = monitor(dated, www, tmp_path / "state", streams=("officer:panel1",))
    assert look() == []
    dated.do("grant-role", "director", person_id="panel1", role="moderator")
    dated.do("grant-role", "director", person_id="panel2", role="moderator")
    size = write(dated.ledger, www, entries=True)
    path = www / str(Tile("entries", 0, size))
    shown = parse_bundle(path.read_bytes())
    path.write_bytes(bundle_bytes([*shown[:-2], shown[-1], shown[-1]]))
    assert look() == ["inclusion-root"]
    path.write_bytes(bundle_bytes(shown))
    tile = www / str(Tile(0, 0, size))
    right = tile.read_bytes()
    tile.write_bytes(right[:-64] + bytes(64))
    assert look() == ["inconsistent"]
    tile.write_bytes(right)
    assert look() == ["entry"]


def test_a_bundle_older_than_the_log_is_said(workshop: World, tmp_path: Path) -> None:
    world, www = workshop, tmp_path / "www"
    world.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    write(world.ledger, www)
    (www / "certificates").mkdir()
    path = www / "certificates" / f"{NUMBER}.bundle.json"

    def show() -> bytes:
        write(world.ledger, www)
        data = bytes(assemble(world.ledger, "c-awa", NUMBER))
        path.write_bytes(data)
        return data

    old = show()
    look = monitor(world, www, tmp_path / "state", numbers=(NUMBER,))
    assert look() == []
    by, awa = ("decider1", "decider2"), {"certification_id": "c-awa", "effective_from": world.now.date()}
    world.do("withdraw-certification", *by, **awa, reason_code="other")
    show()
    assert look() == ["certificate"]
    path.write_bytes(old)
    assert look() == ["certificate-stale"]
    show()
    world.now += timedelta(days=30)
    assert look() == []  # withdrawn is withdrawn, however old


def test_a_certificate_in_doubt_is_said(workshop: World, tmp_path: Path) -> None:
    world, www = workshop, tmp_path / "www"
    world.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    write(world.ledger, www, certificates=[assemble(world.ledger, "c-awa", NUMBER)])
    look = monitor(world, www, tmp_path / "state", numbers=(NUMBER,))
    assert look() == []
    world.now += timedelta(days=30)
    assert look() == ["certificate-not-checked"]


def test_a_fork_that_no_witness_cosigned_is_evidence_all_the_same(
    watching: Callable[..., Watched], tmp_path: Path
) -> None:
    watched = watching()
    world, www = watched.world, tmp_path / "www"
    world.appoint()
    assert watched.collector.collect()
    write(world.ledger, www)
    look = monitor(world, www, tmp_path / "state")
    assert look() == []
    _, checkpoint = world.ledger.latest()
    fork = Checkpoint(checkpoint.origin, checkpoint.size, bytes(32))
    second = Cosigner(checkpoint.origin, MlDsaKey.from_seed(b"log".ljust(32, b"."))).cosign(fork, 1_493_000_000)
    note = str(Note.parse(sign_checkpoint(fork, key_of("log"))).signed_too(second))
    (www / "checkpoint").write_text(note, encoding="utf-8")
    assert look() == ["not-witnessed", "log-forked"]
    (path,) = (tmp_path / "state").glob("evidence-*.json")
    Evidence.parse(path.read_bytes()).require_conflict(world.ledger.trust.verifier_key)
    assert any(kept.read_text(encoding="utf-8") == note for kept in (tmp_path / "state" / "checkpoints").iterdir())
    assert monitor(world, www, tmp_path / "new")() == ["not-witnessed"]
