"""The three failures besides a refusal: something moved, something is not true, something is broken.

``Refused`` (no, or not now) belongs to the rules and lives in :mod:`ledger.domain.refusal`. Each error
carries a ``code`` that does not change with its wording; the doors of ``api`` translate it once.

:class:`Unreadable` and :class:`Unreachable` are none of them: nothing is known about what a file or a server holds.
"""

from ledger.words import Words


class LedgerError(Exception):
    """A failure with a stable ``code`` and a message for a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Conflict(LedgerError):
    """The record moved on since the statement was prepared: prepare again."""


class Unverifiable(LedgerError):
    """A signature, proof or format does not hold. ``fr`` is the message in French, where people read it."""

    def __init__(self, code: str, message: str, fr: str = "") -> None:
        super().__init__(code, message)
        self.fr = fr


class Corrupt(LedgerError):
    """The store contradicts itself."""


class Unreachable(OSError):
    """A server, or a device with keys, did not do what it was asked: nothing is known of what it holds."""

    def __init__(self, en: str, fr: str) -> None:
        super().__init__(en)
        self.words = Words(en, fr)


class Unreadable(ValueError):
    """A file is not what it should be, or cannot be read: what it holds is neither right nor wrong."""

    def __init__(self, en: str, fr: str) -> None:
        super().__init__(en)
        self.words = Words(en, fr)


class Unfit(Unreadable):
    """A value that somebody gave, such as an address, is not what it should be."""
