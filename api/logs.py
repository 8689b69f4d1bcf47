"""What a process writes about its work: one line an event, with ids, classes of errors and places, never with values.

The text of an error may hold what somebody typed or a name from a document, and a traceback holds it again. So an
error is written as its class and where it arose. Of other libraries' messages only the place is written, because
what they put into them is not known.
"""

import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from ledger.errors import LedgerError

LOG = logging.getLogger("pca-ledger")
_SECURITY = LOG.getChild("security")
_ROOT = Path(__file__).parents[1]
_MOST_PLACES = 6  # of the stack of one error, the innermost first: enough to find it, short enough for a line
_TEMPLATES_ARE_CONSTANT = ("uvicorn",)  # what varies is in the arguments of the message, which are left out


def security(event: str, **ids: str | int) -> None:
    """Write a security event, such as a refused signature, as ``event name=id``. Ids only: no name, no address."""
    _SECURITY.warning("%s", " ".join([event, *(f"{name}={value}" for name, value in ids.items())]))


def fault(error: BaseException) -> str:
    """Returns the class of an error, its code if it has one, and its place: ``Corrupt(entry-missing) at a.py:3``."""
    name = type(error).__name__ + (f"({error.code})" if isinstance(error, LedgerError) else "")
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    places = [f"{_short(f.filename)}:{f.lineno}" for f in frames if f is frames[0] or _is_ours(f.filename)]
    return f"{name} at {' < '.join(places[:_MOST_PLACES])}" if places else name


def set_up() -> None:
    """Send every message, warning and unexpected error of this process to standard error, written like this."""
    handler = logging.StreamHandler()
    handler.setFormatter(OneLine())
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a message that cannot be written would be printed with its arguments
    sys.excepthook = _unexpected
    threading.excepthook = lambda args: _log_unexpected(args.exc_value)
    sys.unraisablehook = lambda args: _log_unexpected(args.exc_value)


class OneLine(logging.Formatter):
    """Writes a record as one line: moment (UTC), level, logger, message; with an error, its class and place."""

    def format(self, record: logging.LogRecord) -> str:
        moment = datetime.fromtimestamp(record.created, UTC)
        if record.name.partition(".")[0] == LOG.name:
            message = record.getMessage()
        elif record.name.startswith(_TEMPLATES_ARE_CONSTANT):
            message = str(record.msg)
        else:
            message = f"{_short(record.pathname)}:{record.lineno}"
        if record.exc_info and record.exc_info[1] is not None:
            message = f"{message} {fault(record.exc_info[1])}"
        words = "".join(c if c.isprintable() else " " for c in message).split()
        return f"{moment:%Y-%m-%dT%H:%M:%SZ} {record.levelname} {record.name} {' '.join(words)}"


def _unexpected(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    if issubclass(kind, Exception):
        _log_unexpected(error)
    else:  # such as KeyboardInterrupt, which holds no value
        sys.__excepthook__(kind, error, where)


def _log_unexpected(error: BaseException | None) -> None:
    LOG.error("unexpected: %s", "" if error is None else fault(error))


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(_ROOT) and "site-packages" not in file


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(_ROOT)) if _is_ours(file) else "/".join(path.parts[-2:])
