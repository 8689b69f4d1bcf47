"""The command line ``pca-ledger``. Exit codes: 0 done, 1 refused or not in order, 2 wrong input."""

from __future__ import annotations

import sqlite3
import sys

from eventsourcing.persistence import PersistenceError

from api.cli import auditing, checking, issuing, office, publishing, reading, serving, signing, webhooks
from api.cli.common import app, fail, language
from ledger.domain.refusal import Refused
from ledger.errors import LedgerError

__all__ = [
    "app",
    "auditing",
    "checking",
    "issuing",
    "main",
    "office",
    "publishing",
    "reading",
    "serving",
    "signing",
    "webhooks",
]


def main() -> None:
    """Run one command; every expected failure is one line on standard error."""
    try:
        app()
    except Refused as refused:
        sys.exit(fail(refused.en if language() == "en" else refused.fr, 1))
    except LedgerError as error:
        sys.exit(fail(str(error), 1))
    except (PersistenceError, sqlite3.Error) as error:
        sys.exit(fail(f"the database cannot be read or written: {error}", 2))
    except (OSError, ValueError) as error:
        sys.exit(fail(str(error), 2))
