"""Messages of e-mail (RFC 5322): plain text, from the certification body, to one person.

A value from the record cannot become a header of its own: the library refuses line breaks, and names lose them before.
"""

from datetime import datetime
from email import headerregistry
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from api.notices.letters import Letter
from api.notices.settings import Address, Server
from ledger.visible import HIDDEN

UNSUBSCRIBE = "List-Unsubscribe"
MOST_IN_NAME = 200


class _Policy(EmailPolicy):
    """As for SMTP, but an address in angle brackets stays one: the library would encode one that fills a line."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name == UNSUBSCRIBE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return super().fold_binary(name, value)


def message(
    letter: Letter,
    notice_id: str,
    to: Address,
    name: str,
    server: Server,
    now: datetime,
    *,
    reply_to: str = "",
    unsubscribe: str = "",
) -> EmailMessage:
    """Return a letter as a message. ``unsubscribe`` is the address that ends such letters, for those that may be ended.

    The Message-ID follows from the notice alone, so that servers and readers know a message that comes twice.
    """
    made = EmailMessage(policy=_Policy(linesep="\r\n", utf8=not str(to).isascii()))
    made["From"] = _mailbox(letter.sender, server.sender)
    made["To"] = _mailbox(name, to)
    if reply_to:
        made["Reply-To"] = reply_to
    made["Subject"] = _one_line(letter.subject)
    made["Date"] = format_datetime(now)
    made["Message-ID"] = f"<{notice_id}@{server.sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: no vacation message answers
    if unsubscribe:
        made[UNSUBSCRIBE] = f"<{unsubscribe}>"
        made["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    made.set_content(letter.body, cte="quoted-printable")
    made["Content-Language"] = letter.language  # after the content, which clears what is said of it
    return made


def _mailbox(name: str, address: Address) -> headerregistry.Address:
    return headerregistry.Address(_one_line(name)[:MOST_IN_NAME], address.local, address.domain)


def _one_line(text: str) -> str:
    """Return a text on one line: whatever hides, or begins another line, becomes a space."""
    return " ".join(filter(None, HIDDEN.sub(" ", text).split(" ")))
