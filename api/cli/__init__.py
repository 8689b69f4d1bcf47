"""The command line ``pca-ledger``. Exit codes: 0 done, 1 refused or problems found, 2 wrong input."""

import sys
from importlib import import_module

from eventsourcing.persistence import PersistenceError

from api import logs
from api.cli.common import Wrong, app, fail, in_language
from api.words.failures import failure_in_words, file_in_words
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError, Unreadable

__all__ = ["MODULES", "app", "load", "main"]

# The module of each command. Only that one is loaded for it, so that commands that serve nothing start fast.
MODULES: dict[str, tuple[str, ...]] = {
    "serving": ("serve",),
    "demonstrating": ("demo",),
    "office": ("init", "keys"),
    "importing": ("import",),
    "signing": ("propose", "pending", "sign"),
    "ending": ("withdraw", "refuse", "take-back"),
    "reading": ("roster", "history", "bundle", "proof", "export"),
    "checking": ("rebuild", "verify"),
    "issuing": ("issuer", "document", "holder"),
    "auditing": ("audit",),
    "restoring": ("restore",),
    "watching": ("monitor", "evidence", "check-evidence", "check-time-stamp"),
    "publishing": ("publish", "set-policy"),
    "witnessing": ("witness",),
    "attacking": ("attacks",),
    "webhooks": ("webhooks",),
}


def load(command: str | None = None) -> None:
    """Register the commands of the module of ``command``; every command when no module has it."""
    found = [module for module, commands in MODULES.items() if command in commands]
    for module in found or MODULES:
        import_module(f"api.cli.{module}")


def main() -> None:
    """Run one command; an expected failure prints one line on standard error."""
    logs.set_up()
    load(next((argument for argument in sys.argv[1:] if not argument.startswith("-")), None))
    try:
        app()
    except Refused as refused:
        sys.exit(fail(in_language(*refused.words), 1))
    except LedgerError as error:
        sys.exit(fail(in_language(*failure_in_words(error)), 1))
    except PersistenceError as error:
        says = in_language("the database cannot be read or written", "la base de données ne peut être lue ou écrite")
        sys.exit(fail(f"{says}: {error}", 2))
    except Wrong as wrong:
        sys.exit(fail(str(wrong), 2))
    except Unreadable as error:
        sys.exit(fail(in_language(*error.words), 2))
    except OSError as error:
        sys.exit(fail(in_language(*file_in_words(error)), 2))
    except ValueError as error:
        sys.exit(fail(in_language(str(error), f"saisie incorrecte, ou fichier absent ou illisible : {error}"), 2))
    except Exception as error:  # noqa: BLE001 - a traceback would show names and what people typed
        says = in_language("unexpected error; please report it", "erreur inattendue, merci de la signaler")
        sys.exit(fail(f"{says} ({logs.fault(error)})", 2))
