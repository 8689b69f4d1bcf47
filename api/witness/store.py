"""The store of a witness, which never cosigns a tree that does not continue the one before.

Each request is decided and its outcome stored in one transaction, before the response. Signed checkpoints are stored
whole, refused ones too: two that contradict each other are evidence against the log.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from ledger.errors import Unverifiable
from ledger.files import make_private
from ledger.log.checkpoint import Checkpoint, open_checkpoint
from ledger.log.cosignature import Cosigner
from ledger.log.witness import Refusal, Request, origin_of, require_continuation, signed_checkpoint
from ledger.signing.keys import SigningKey
from ledger.signing.note import Note, NoteSignature, VerifierKey
from ledger.store.opening import open_database
from ledger.store.port import Cursor, select

KEY, DATABASE = "witness.key", "witness.db"
_TABLES = (
    "CREATE TABLE IF NOT EXISTS cosigned ("
    "origin TEXT NOT NULL, size INTEGER NOT NULL, note TEXT NOT NULL, PRIMARY KEY (origin, size))",
    "CREATE TABLE IF NOT EXISTS refused ("
    "origin TEXT NOT NULL, size INTEGER NOT NULL, root BLOB NOT NULL, note TEXT NOT NULL, "
    "PRIMARY KEY (origin, size, root))",
)


class Witness:
    """Cosigns the checkpoints of some logs. Safe for threads and for processes on the same folder."""

    def __init__(self, folder: Path, name: str, logs: Sequence[VerifierKey], clock: Callable[[], datetime]) -> None:
        """``name`` is the name of its key, which is made on first use and never overwritten."""
        make_private(folder)
        if not (folder / KEY).exists():
            SigningKey.generate().save(folder / KEY)
        self._database = open_database(folder / DATABASE)
        self._cosigner = Cosigner(name, SigningKey.load(folder / KEY))
        self._clock = clock
        self.logs = {key.name: key for key in logs}
        self.verifier_key = self._cosigner.verifier_key
        self._database.create(_TABLES)

    def add_checkpoint(self, body: bytes) -> NoteSignature:
        """Returns the cosignature of the checkpoint in a request. Raises ``Refusal`` with an HTTP status."""
        try:
            request = Request.parse(body.decode())
        except (UnicodeDecodeError, Unverifiable) as error:
            raise Refusal(400, str(error)) from None
        origin = origin_of(request)
        key = self.logs.get(origin)
        if key is None:
            raise Refusal(404, f"{origin}: this witness does not know that log")
        checkpoint = signed_checkpoint(request, key)
        with self._database.transaction(commit=True) as cursor:
            answer = self._answer(cursor, request, checkpoint, key)
        if isinstance(answer, Refusal):  # it is stored by now
            raise answer
        return answer

    def latest(self, origin: str) -> str | None:
        """Returns the largest checkpoint of a log that this witness cosigned, as a note, or None."""
        with self._database.transaction(commit=False) as cursor:
            return _latest(cursor, origin)

    def refused(self, origin: str) -> list[str]:
        """Returns the signed checkpoints that were not proved to continue the cosigned ones, smallest first."""
        rows = select(self._database, "SELECT note FROM refused WHERE origin = ? ORDER BY size", (origin,))
        return [row["note"] for row in rows]

    def _answer(
        self, cursor: Cursor, request: Request, checkpoint: Checkpoint, key: VerifierKey
    ) -> NoteSignature | Refusal:
        last = _latest(cursor, key.name)
        try:
            require_continuation(request, checkpoint, None if last is None else open_checkpoint(last, key))
        except Refusal as refusal:
            if refusal.is_conflict:  # another size than the stored one contradicts nothing
                row = (checkpoint.origin, checkpoint.size, checkpoint.root, request.note)
                cursor.execute("INSERT INTO refused VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
            return refusal
        line = self._cosigner.cosign(checkpoint, int(self._clock().timestamp()))
        which, note = (checkpoint.origin, checkpoint.size), Note.parse(request.note).signed_too(line)
        cursor.execute(
            "INSERT INTO cosigned VALUES (?, ?, ?) ON CONFLICT (origin, size) DO UPDATE SET note = excluded.note",
            (*which, str(note)),
        )
        # It may have been refused before, with a wrong proof.
        cursor.execute("DELETE FROM refused WHERE (origin, size, root) = (?, ?, ?)", (*which, checkpoint.root))
        return line


def _latest(cursor: Cursor, origin: str) -> str | None:
    cursor.execute("SELECT note FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1", (origin,))
    row = cursor.fetchone()
    return None if row is None else row["note"]
