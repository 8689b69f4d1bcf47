"""Every audit in these tests verifies signatures as a large one does: in small groups, later, by another process.

Here that process is this one, which reads and writes the same bytes.
"""

import io
from collections.abc import Iterator

import pytest

from ledger.auditing import database
from ledger.signing import second_process
from ledger.signing.second_process import verify


class Answers(io.BytesIO):
    """The input of a process: what it writes for it is in ``said``."""

    def __init__(self, said: io.BytesIO) -> None:
        super().__init__()
        self._said, self._seen = said, 0

    def flush(self) -> None:
        group = io.BytesIO(self.getvalue()[self._seen :])
        self._seen = len(self.getvalue())
        read = self._said.tell()
        self._said.seek(0, io.SEEK_END)
        verify(group, self._said)
        self._said.seek(read)


class InThisProcess:
    """Stands for the second process."""

    def __init__(self, stdout: io.BytesIO | None = None) -> None:
        self.stdout = stdout or io.BytesIO()
        self.stdin: io.BytesIO = Answers(self.stdout)

    def kill(self) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture(autouse=True)
def _in_groups() -> Iterator[None]:
    # Its own: what a test patches with ``monkeypatch`` is put back before the ledgers leave their engine.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(second_process, "FEW", 0)
        patch.setattr(second_process, "_cores", lambda: 2)
        patch.setattr(second_process, "_started", InThisProcess)
        patch.setattr(database, "AT_ONCE", 16)
        yield
