"""One session with the mail server (RFC 5321): what it was given, and what it said.

Whatever fails before the server is given the message leaves it unsent, and can be repeated. After that only the
server's reply says what became of the message: without one nobody knows.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from socket import SHUT_RDWR
from threading import Timer
from typing import NamedTuple, Self

from api.notices.kinds import State
from api.notices.settings import Address, Server
from ledger.errors import Unreachable
from ledger.visible import visible

TIMEOUT = 30.0  # seconds for each step
DEADLINE = 120.0  # seconds for a whole session to begin, or a whole message: a server may not drip for ever
MAX_REPLY = 300  # characters that are kept


class Outcome(NamedTuple):
    """What became of a message: sent, deferred, refused or unknown, and the server's reply."""

    state: State
    reply: str = ""


class Session:
    """A session with the server, which is opened when the block begins. Raises ``Unreachable``."""

    def __init__(self, server: Server) -> None:
        self._server = server
        name = server.sender.domain
        self._smtp = (
            smtplib.SMTP_SSL(local_hostname=name, timeout=TIMEOUT, context=ssl.create_default_context())
            if server.security == "tls"
            else smtplib.SMTP(local_hostname=name, timeout=TIMEOUT)
        )

    def __enter__(self) -> Self:
        server = self._server
        try:
            self._smtp._host = server.host  # type: ignore[attr-defined]  # which TLS compares the certificate with
            with _deadline(self._smtp):
                code, _ = self._smtp.connect(server.host, server.port)
                if code != 220:
                    raise smtplib.SMTPConnectError(code, b"")
                self._smtp.ehlo_or_helo_if_needed()
                if server.security == "starttls":
                    self._smtp.starttls(context=ssl.create_default_context())
                    self._smtp.ehlo()
                if server.user:
                    self._smtp.login(server.user, server.password)
        except (OSError, smtplib.SMTPException) as error:
            self._smtp.close()
            raise self._unreachable(error) from error
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self._smtp.quit()
        self._smtp.close()

    def send(self, message: EmailMessage, sender: str, to: Address, begin: Callable[[], bool]) -> Outcome | None:
        """Give the server a message, once ``begin`` has noted that; None if it returns False: then nothing is sent.

        Raises ``Unreachable`` when the server is gone, or refuses the sender, before it was given the message.
        """
        data = message.as_bytes()
        try:
            with _deadline(self._smtp):
                refusal = self._address(sender, to)
                if refusal is not None:
                    return refusal
                if not begin():
                    self._smtp.rset()
                    return None
        except (OSError, smtplib.SMTPException) as error:
            raise self._unreachable(error) from error
        try:
            with _deadline(self._smtp):
                return _outcome(*self._smtp.data(data))
        except smtplib.SMTPDataError as error:  # the server wants no message now: it was not given it
            return _outcome(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(State.UNKNOWN, type(error).__name__)

    def _address(self, sender: str, to: Address) -> Outcome | None:
        is_ascii = str(to).isascii()
        if not is_ascii and not self._smtp.has_extn("smtputf8"):
            return Outcome(State.REFUSED, "the mail server takes no address beyond ASCII (SMTPUTF8)")
        self._smtp.command_encoding = "ascii" if is_ascii else "utf-8"
        options = () if is_ascii else ("SMTPUTF8", "BODY=8BITMIME")
        code, reply = self._smtp.mail(sender, options)
        if code != 250:  # it would refuse every other message too
            raise smtplib.SMTPSenderRefused(code, reply, sender)
        code, reply = self._smtp.rcpt(str(to))
        if code in (250, 251):
            return None
        if code == 421:
            raise smtplib.SMTPServerDisconnected("421")
        self._smtp.rset()
        return _outcome(code, reply)

    def _unreachable(self, error: Exception) -> Unreachable:
        """Everybody may read this in the state of the register: it holds no reply, in which there may be addresses."""
        where = f"{self._server.host}:{self._server.port}"
        code = getattr(error, "smtp_code", None)
        what = type(error).__name__ if code is None else f"{type(error).__name__} {code}"
        return Unreachable(
            f"the mail server {where} took nothing: {what}", f"le serveur de messagerie {where} n’a rien pris : {what}"
        )


def _outcome(code: int, reply: bytes | str) -> Outcome:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    said = visible(" ".join(f"{code} {text}".split()))[:MAX_REPLY]
    if 200 <= code < 300:
        return Outcome(State.SENT, said)
    return Outcome(State.REFUSED if 500 <= code < 600 else State.DEFERRED, said)


@contextmanager
def _deadline(smtp: smtplib.SMTP) -> Iterator[None]:
    """End the connection if the block does not end in time: each step has a limit, but not how many there are."""

    def end() -> None:
        with suppress(OSError, AttributeError):
            smtp.sock.shutdown(SHUT_RDWR)  # type: ignore[union-attr]

    timer = Timer(DEADLINE, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
