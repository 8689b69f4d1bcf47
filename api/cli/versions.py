"""The versions of the program, of what runs it, and of what it reads and writes."""

import platform
from collections.abc import Iterator
from importlib.metadata import version

from ledger.bundle import MEDIA_TYPE
from ledger.signing.envelope import STATEMENT_TYPE
from ledger.store.opening import database_version


def versions() -> Iterator[str]:
    """Yields one line each: a name, then its version or the name of a format."""
    yield f"pca-ledger {version('pca-ledger')}"
    yield f"Python {platform.python_version()}"
    yield database_version()
    yield f"statement {STATEMENT_TYPE}"
    yield f"bundle {MEDIA_TYPE}"
