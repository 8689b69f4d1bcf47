"""What a process writes about its work: one line an event, with ids, classes of errors and places, never with values.

The text of an error may hold what somebody typed or a name from a document, and a traceback holds it again. So an
error is written as its class and where it arose. Of other libraries' messages only the place is written, because
what they put into them is not known.

With PCA_LEDGER_LOG=json each line is an object, and each request has one. Every message goes through structlog, also
those of the standard library's loggers.
"""

import logging
import os
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from ledger.errors import LedgerError

LOG = logging.getLogger("pca-ledger")
_SECURITY, _REQUESTS = LOG.getChild("security"), LOG.getChild("requests")
FORM, LINES, JSON = "PCA_LEDGER_LOG", "lines", "json"
INSTANCE = "PCA_LEDGER_INSTANCE"
_ROOT = Path(__file__).parents[1]
_MOST_PLACES = 6  # of the stack of one error, the innermost first: enough to find it, short enough for a line
_TEMPLATES_ARE_CONSTANT = ("uvicorn",)  # what varies is in the arguments of the message, which are left out


def security(event: str, **ids: str | int) -> None:
    """Write a security event, such as a refused signature, as ``event name=id``. Ids only: no name, no address."""
    structlog.get_logger(_SECURITY.name).warning(event, **ids)


def request(**about: str | int | float) -> None:
    """Write the line of a request; the form for people has none, since the web server in front writes it."""
    structlog.get_logger(_REQUESTS.name).info("request", **about)


def writes_requests() -> bool:
    """Whether requests have lines."""
    return _REQUESTS.isEnabledFor(logging.INFO)


def fault(error: BaseException) -> str:
    """Returns the class of an error, its code if it has one, and its place: ``Corrupt(entry-missing) at a.py:3``."""
    name = type(error).__name__ + (f"({error.code})" if isinstance(error, LedgerError) else "")
    frames = traceback.extract_tb(error.__traceback__)[::-1]
    places = [f"{_short(f.filename)}:{f.lineno}" for f in frames if f is frames[0] or _is_ours(f.filename)]
    return f"{name} at {' < '.join(places[:_MOST_PLACES])}" if places else name


def set_up() -> None:
    """Send every message, warning and unexpected error of this process to standard error, written like this.

    A value of PCA_LEDGER_LOG that is none is taken for ``lines``; a register that is served says what was expected.
    """
    is_json = os.environ.get(FORM) == JSON
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(is_json=is_json))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    _REQUESTS.setLevel(logging.INFO if is_json else logging.WARNING)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # a message that cannot be written would be printed with its arguments
    sys.excepthook = _unexpected
    threading.excepthook = lambda args: _log_unexpected(args.exc_value)
    sys.unraisablehook = lambda args: _log_unexpected(args.exc_value)


def formatter(*, is_json: bool) -> logging.Formatter:
    """Return what writes a record: as an object of JSON, or as moment (UTC), level, logger, message and ids."""
    instance = os.environ.get(INSTANCE) or f"{socket.gethostname()}-{os.getpid()}"

    def of_process(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {**event, "instance": instance}

    written = [of_process, structlog.processors.JSONRenderer(ensure_ascii=False)] if is_json else [_one_line]
    return structlog.stdlib.ProcessorFormatter(
        processors=[_written, structlog.contextvars.merge_contextvars, *written],
        use_get_message=False,  # arguments that do not fit a message would raise, and the line be lost
        pass_foreign_args=True,
    )


def _to_record(_logger: WrappedLogger, _method: str, event: EventDict) -> tuple[tuple[str, str], dict[str, Any]]:
    """Return an event with its ids as the arguments of a standard logger: its message has them as ``name=value``."""
    name, ids = event["event"], {key: value for key, value in event.items() if key != "event"}
    return ("%s", _with_ids(name, ids)), {"extra": {"event_and_ids": {"event": name, **ids}}}


structlog.configure(
    processors=[structlog.stdlib.filter_by_level, _to_record],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
)


def _written(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Return what may be written of a record: ids of our own events, and of others' messages what is constant."""
    record: logging.LogRecord = event["_record"]
    if record.name.partition(".")[0] == LOG.name:
        message = str(event["event"] % event["positional_args"] if event["positional_args"] else event["event"])
    elif record.name.startswith(_TEMPLATES_ARE_CONSTANT):
        message = str(event["event"])
    else:
        message = f"{_short(record.pathname)}:{record.lineno}"
    error = event["exc_info"][1] if event.get("exc_info") else None
    return {
        "time": f"{datetime.fromtimestamp(record.created, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "level": record.levelname,
        "logger": record.name,
        **getattr(record, "event_and_ids", {"event": message}),
        **({} if error is None else {"fault": fault(error)}),
    }


def _with_ids(event: str, ids: Mapping[str, object]) -> str:
    return " ".join([event, *(f"{name}={value}" for name, value in ids.items())])


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """Return a record as one line, which no character of it can end."""
    first = " ".join(str(event.pop(name)) for name in ("time", "level", "logger", "event"))
    message = _with_ids(f"{first} {event.pop('fault', '')}", event)
    return " ".join("".join(c if c.isprintable() else " " for c in message).split())


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
