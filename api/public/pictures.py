"""Pictures of diplomas: the first page of the kept PDF, drawn when somebody asks, and then held for a while.

A picture is held under the hash of its PDF. It names a person, so all of them are dropped whenever the log has grown:
the new entry may be an erasure or a withdrawn consent.
"""

from hashlib import sha256
from threading import BoundedSemaphore, Lock

from api.confined import Limits, Stopped, run_within
from api.problems import NotNow
from ledger.errors import Corrupt
from ledger.words import Words
from projections.credentials.forms.pdf_picture import first_page

HELD = 128  # of some 60 kB each
AT_ONCE = 2  # fewer than may be read at once (api.confined): whoever asks for all pictures does not stop verifications
SECONDS_IN_LINE = 5.0
LIMITS = Limits(cpu=4, seconds=8)  # a diploma takes a tenth of a second
RETRY_SECONDS = 5
BUSY = Words(
    "The picture cannot be drawn now: try again in a moment.",
    "L’image ne peut être produite pour le moment : réessayez dans un instant.",
)


class Pictures:
    """The pictures that were drawn since the log last grew, at most ``HELD``."""

    def __init__(self) -> None:
        self._held: dict[bytes, bytes] = {}
        self._size = 0
        self._lock, self._turns = Lock(), BoundedSemaphore(AT_ONCE)

    def of(self, pdf: bytes, size: int) -> bytes:
        """Returns the first page as PNG; ``size`` is that of the log. Raises ``NotNow`` and ``Corrupt``."""
        key = sha256(pdf).digest()
        with self._lock:
            if size != self._size:
                self._held.clear()
                self._size = size
            held = self._held.get(key)
        return self._drawn(key, pdf, size) if held is None else held

    def _drawn(self, key: bytes, pdf: bytes, size: int) -> bytes:
        if not self._turns.acquire(timeout=SECONDS_IN_LINE):
            raise NotNow("picture-busy", BUSY, RETRY_SECONDS)
        try:
            picture = run_within(LIMITS, None, first_page, pdf)
        except Stopped:
            raise NotNow("picture-busy", BUSY, RETRY_SECONDS) from None
        except ValueError as error:
            raise Corrupt("document-unreadable", f"a kept PDF: {error}") from None
        finally:
            self._turns.release()
        with self._lock:
            if size == self._size:
                while len(self._held) >= HELD:
                    del self._held[next(iter(self._held))]
                self._held[key] = picture
        return picture
