"""Reports of failed deliveries (RFC 3464), as mail servers return them: which notice they are about, and why."""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import NamedTuple, cast

from ledger.errors import Unfit
from ledger.visible import visible

MAX_BYTES = 1024 * 1024
MAX_REASON = 300  # characters
_MESSAGE_ID = re.compile(r"<([0-9a-f]{32})@[^<>\s]+>")
_RETURNED_TO = re.compile(r"\+([0-9a-f]{32})@")
_ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To")


class Bounce(NamedTuple):
    """A notice that could not be delivered, and what the server said."""

    notice_id: str
    reason: str


def bounce(data: bytes) -> Bounce | None:
    """Return what a message reports; None unless it is a report that delivery failed for good, of one of our notices.

    Raises ``Unfit`` when it is too large.
    """
    if len(data) > MAX_BYTES:
        raise Unfit(
            f"message: expected at most {MAX_BYTES} bytes", f"message : {MAX_BYTES} octets au plus sont attendus"
        )
    message = message_from_bytes(data, policy=default)
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return None
    notice_id, reason = _notice_in(message), _failure_in(message)
    return None if notice_id is None or reason is None else Bounce(notice_id, reason)


def _failure_in(report: Message) -> str | None:
    """Return why delivery failed; None while it may still succeed, or did."""
    for part in report.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in cast("list[Message]", part.get_payload()):
                if str(fields.get("Action", "")).strip().lower() == "failed":
                    said = [str(fields.get(name, "")).strip() for name in ("Status", "Diagnostic-Code")]
                    return visible(" ".join(" ".join(said).split()))[:MAX_REASON]
    return None


def _notice_in(report: Message) -> str | None:
    """Return the id of the notice: by the message that is returned in the report, or by where that returned to."""
    for part in report.walk():
        if part.get_content_type() in ("message/rfc822", "message/global"):
            headers = [str(returned.get("Message-ID", "")) for returned in cast("list[Message]", part.get_payload())]
        elif part.get_content_type() in ("text/rfc822-headers", "message/global-headers"):
            headers = [str(part.get_payload(decode=False))]
        else:
            continue
        for text in headers:
            if found := _MESSAGE_ID.search(text):
                return found[1]
    for name in _ADDRESSED:
        for value in report.get_all(name, []):
            if found := _RETURNED_TO.search(str(value)):
                return found[1]
    return None
