"""Copies of an assessor's sheets in their browser, for when no server answers: until when they may be shown.

A service worker (``static/sheets-worker.js``) copies the pages that are marked here, and shows a copy only while the
browser has the cookie of the mark. So no script is needed to end that: the cookie ends with the session, and is deleted
when anybody signs out or in.
"""

from datetime import datetime

from starlette.responses import Response

from api.console.access.sessions import COPIES_COOKIE, IDLE_SECONDS, LONGEST_SECONDS, Session

MARK = "Ledger-Copy"
# The worker only asks this site for what it keeps.
WORKER_POLICY = "default-src 'none'; connect-src 'self'"


def let_copies_be_shown(response: Response, session: Session, now: datetime) -> None:
    """Set the cookie, for as long as the session lasts if it is not used any more, and mark the response with it."""
    mark = session.id[:32]  # of a digest, which opens no session
    left = min(IDLE_SECONDS, LONGEST_SECONDS - int((now - session.began).total_seconds()))
    response.set_cookie(COPIES_COOKIE, mark, max_age=left, path="/", secure=True, samesite="strict")
    response.headers[MARK] = mark
