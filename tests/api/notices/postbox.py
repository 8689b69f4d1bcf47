"""A mail server of somebody else, over real SMTP: it keeps what it takes, and replies as a test says."""

import ssl
from asyncio import Server
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from api.notices import settings
from api.notices.settings import Address

SENDER = Address("register", "register.example.org")


class Postbox:
    """``to_rcpt`` and ``to_data`` are the replies to come, then 250. ``taking`` runs once it has a whole message."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.senders: list[str] = []
        self.recipients: list[str] = []
        self.given = 0  # whole messages, also those that it refused
        self.sessions = 0
        self.greeted = ""  # by whom, last
        self.to_mail: list[str] = []
        self.to_rcpt: list[str] = []
        self.to_data: list[str] = []
        self.taking: Callable[[], object] = lambda: None
        self.port = 0

    async def handle_EHLO(self, _: SMTP, session: Session, __: Envelope, hostname: str, lines: list[str]) -> list[str]:  # noqa: N802 - of the library
        self.sessions += 1
        self.greeted = hostname
        session.host_name = hostname
        return lines

    async def handle_MAIL(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802 - of the library
        if self.to_mail:
            return self.to_mail.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802 - of the library
        if self.to_rcpt:
            return self.to_rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 - of the library
        self.given += 1
        self.taking()
        reply = self.to_data.pop(0) if self.to_data else "250 OK"
        if reply == "":  # it goes away without a word
            assert smtp.transport is not None
            smtp.transport.close()
            return "451 gone"
        if reply.startswith("250"):
            assert isinstance(envelope.content, bytes)
            mail = message_from_bytes(envelope.content, policy=default)
            assert isinstance(mail, EmailMessage)
            self.mails.append(mail)
            self.senders.append(envelope.mail_from or "")
            self.recipients += envelope.rcpt_tos
        return reply

    @property
    def server(self) -> settings.Server:
        return settings.Server(host="127.0.0.1", port=self.port, security="plain", sender=SENDER)

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails]


@contextmanager
def listening(
    tls: ssl.SSLContext | None = None, password: str = "", *, is_tls: bool = False, utf8: bool = True
) -> Iterator[Postbox]:
    """Listen in a thread: with TLS from the beginning if ``is_tls``, else by STARTTLS if there is a context."""
    postbox = Postbox()

    def authenticated(*found: Any) -> AuthResult:
        data: LoginPassword = found[-1]
        return AuthResult(success=data.password == password.encode(), handled=False)

    settings: dict[str, Any] = {"enable_SMTPUTF8": utf8, "hostname": "127.0.0.1", "port": 0}
    if tls is not None:
        settings |= {"ssl_context": tls} if is_tls else {"tls_context": tls, "require_starttls": True}
    if password:
        settings |= {"authenticator": authenticated, "auth_required": True, "auth_require_tls": not is_tls}
    controller = _Controller(postbox, **settings)
    controller.start()
    postbox.port, postbox.sessions = controller.port, 0
    try:
        yield postbox
    finally:
        controller.stop()


class _Controller(Controller):
    """One that listens at a port that the system chose."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]
