"""A message that comes back marks its notice, if it says for good that it could not be delivered."""

import pytest

from api.notices.bounces import MAX_BYTES, Bounce, bounce
from ledger.errors import Unfit

ID = "0123456789abcdef0123456789abcdef"
# As Postfix returns it, with names of the documentation's domains.
REPORT = f"""\
Return-Path: <>
From: MAILER-DAEMON@mail.example.org (Mail Delivery System)
To: bounces+{ID}@register.example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.
--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.org
X-Postfix-Sender: rfc822; register@register.example.org

Final-Recipient: rfc822; awa@example.org
Original-Recipient: rfc822;awa@example.org
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <awa@example.org>:
    Recipient address rejected: User unknown

--B
Content-Type: message/rfc822

From: register@register.example.org
To: awa@example.org
Message-ID: <{ID}@register.example.org>
Subject: Votre certificat

Bonjour
--B--
"""
REASON = "5.1.1 smtp; 550 5.1.1 <awa@example.org>: Recipient address rejected: User unknown"
HEADERS_ONLY = REPORT.replace("message/rfc822", "text/rfc822-headers").replace("\n\nBonjour", "")
WITHOUT = REPORT.replace(f"Message-ID: <{ID}@register.example.org>\n", "")
FORWARDED = WITHOUT.replace("To: bounces", "To: you@example.org\nDelivered-To: bounces")


@pytest.mark.parametrize("report", [REPORT, HEADERS_ONLY, WITHOUT, FORWARDED, REPORT.replace("\n", "\r\n")])
def test_a_report_of_failure_names_its_notice_and_why(report: str) -> None:
    assert bounce(report.encode()) == Bounce(ID, REASON)


@pytest.mark.parametrize(
    "report",
    [
        REPORT.replace("Action: failed", "Action: delayed"),
        REPORT.replace("Action: failed", "Action: delivered"),
        REPORT.replace("report-type=delivery-status", "report-type=disposition-notification"),
        REPORT.replace("multipart/report", "multipart/mixed"),
        REPORT.replace(ID, "of-another-program"),
        REPORT.replace("message/delivery-status", "text/plain"),
        "Subject: I am on holiday\n\nBack on Monday.\n",
        "",
        "\x00\xff: \n--B",
        REPORT[: REPORT.index("Action")],
    ],
)
def test_whatever_else_comes_back_marks_nothing(report: str) -> None:
    assert bounce(report.encode()) is None


def test_of_several_recipients_one_that_failed_is_enough() -> None:
    delayed = "Final-Recipient: rfc822; x@example.org\nAction: delayed\nStatus: 4.0.0\n\nFinal-Recipient"
    assert bounce(REPORT.replace("Final-Recipient", delayed, 1).encode()) == Bounce(ID, REASON)


def test_a_reason_is_short_and_cannot_move_the_cursor() -> None:
    found = bounce(REPORT.replace("User unknown", "User \x1b[2J" + "x" * 1000).encode())
    assert found is not None
    assert len(found.reason) == 300
    assert "\x1b" not in found.reason


def test_a_message_that_is_too_large_is_not_read() -> None:
    with pytest.raises(Unfit, match="at most 1048576 bytes"):
        bounce(b"x" * (MAX_BYTES + 1))
