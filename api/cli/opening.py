"""Opening the ledger of a folder for a command, with its read models."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from api.cli.common import Wrong, clock, tell
from ledger.errors import Unverifiable
from ledger.files import open_to_others
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.migrations.backup import backups
from ledger.store.opening import has_record
from projections.read_models import ReadModels

if TYPE_CHECKING:
    from api.register import Register


def require_empty(name_of: str, folder: Path) -> None:
    """Require that nothing is in a folder yet, or that there is none."""
    if folder.exists() and any(folder.iterdir()):
        raise Wrong(name_of, f"{folder}: expected an empty folder", f"{folder} : un dossier vide est attendu")


def require_ledger(folder: Path) -> None:
    """Raises ``Wrong``, which says how to found a ledger, where there is none."""
    if not has_record(folder):
        command = f"pca-ledger init --ledger {folder}"
        en, fr = "there is no ledger here; to found one, run", "aucun registre ici ; pour en fonder un, lancez"
        raise Wrong(str(folder), f"{en}: {command}", f"{fr} : {command}")


@contextmanager
def opened(folder: Path, *, read_only: bool = False) -> Iterator[Ledger]:
    """Yields a founded ledger. Raises ``Wrong`` where there is none."""
    require_ledger(folder)
    if found := open_to_others(folder):
        paths, command = ", ".join(map(str, found)), f"chmod -R go= {folder}"
        tell(
            f"warning: other users can open {paths}; to prevent this, run {command}",
            f"attention : d’autres utilisateurs peuvent ouvrir {paths} ; pour l’empêcher, lancez {command}",
        )
    with tell_of_backups(folder):
        ledger = Ledger.open(folder, clock, read_only=read_only)
    with ledger:
        yield ledger


@contextmanager
def tell_of_backups(folder: Path) -> Iterator[None]:
    """Tells of the copy that a migration made within the block, and what it holds."""
    before = backups(folder)
    yield
    for path in backups(folder):
        if path not in before:
            tell(
                f"the ledger is of this version now; {path} is as it was before, with every value unsealed: delete it "
                "once you have checked the ledger; the next erasure deletes it",
                f"le registre est passé à cette version ; {path} est l’état antérieur, valeurs en clair comprises : "
                "supprimez-le après contrôle du registre ; le prochain effacement le supprime",
            )


def holder(ledger: Ledger, key: SigningKey) -> str:
    """Returns the person whose active key this is. Raises ``Unverifiable``."""
    read = ledger.read()
    person = read.key_holder(key.key_id)
    if person is None or key.key_id not in read.officer(person).keys:
        raise Unverifiable("key-not-enrolled", f"key {key.key_id} is not an active key of this ledger")
    return person


@contextmanager
def viewed(folder: Path) -> Iterator[tuple[Ledger, ReadModels]]:
    """Yields a ledger with its read models caught up."""
    with opened(folder) as ledger, ReadModels(ledger) as models:
        yield ledger, models


@contextmanager
def opened_to_send(folder: Path) -> Iterator[tuple[Ledger, "Register"]]:
    """Open a ledger with its register, whose public address messages contain. Raises ``Wrong`` without one."""
    from api.register import Register, Settings

    settings = Settings.from_environment("")
    if not settings.base_url:
        raise Wrong(
            "PCA_LEDGER_URL",
            "expected the public address of the register, which messages contain",
            "adresse publique du registre attendue, car les messages la contiennent",
        )
    with opened(folder) as ledger, Register(ledger, settings) as register:
        yield ledger, register
