"""The values in the vault: read for the rules, and in the end held against the digests that entries name (step 7)."""

from collections.abc import Iterable, Mapping

from ledger.auditing.faults import VAULT
from ledger.auditing.judging import Judge
from ledger.disclosures import Disclosure, digest_of
from ledger.store.vault import SEALED_VALUES, Held, Vault

Value = tuple[Held, Disclosure | None]
"""What is held, and what it says; None when that is another value now."""


class Values:
    """Everything that a vault holds; or, after an audit that was kept, what is asked for."""

    def __init__(self, vault: Vault, *, is_whole: bool) -> None:
        self._vault = vault
        self._read: dict[str, Value] = {}
        self._is_whole = is_whole
        self.locked: dict[str, Held] = {}  # what is there without its key

    def take(self, held: Iterable[Held], locked: Iterable[Held]) -> None:
        """Take in everything."""
        self._read = {one.digest: (one, _parsed(one)) for one in held}
        self.locked = {one.digest: one for one in locked}

    def disclosed(self, digest: str) -> Disclosure | None:
        """The value behind a digest; None when nobody has it."""
        if not self._is_whole and digest not in self._read:
            self._read |= self._of([digest])
        _, disclosure = self._read.get(digest, (None, None))
        return disclosure

    def judge(self, judge: Judge) -> None:
        """Step 7: the vault holds what entries name, and nothing about people who were erased."""
        named: Mapping[str, str] = judge.named
        if not self._is_whole:
            named = judge.named_anew()
            self._read = self._of(named)
            if named.keys() - self._read.keys():
                self.locked = {one.digest: one for one in self._vault.locked() if one.digest in named}
        judge.checked["vault"] = len(self._read)
        read = [(held, _fault_of(held, judge, is_changed=says is None)) for held, says in self._read.values()]
        for held, code in [*read, *((held, _fault_of(held, judge, is_changed=False)) for held in self.locked.values())]:
            if code:
                says = f"vault: {held.name} of {held.person_id} ({held.digest})"
                rests_on = frozenset({VAULT}) if code == "disclosure-unreferenced" else frozenset[str]()
                spoils = frozenset({SEALED_VALUES.name, f"{VAULT} {held.person_id}"})
                judge.add(code, None, says, rests_on=rests_on, spoils=spoils)
        for digest, person_id in named.items():
            if digest not in self._read and digest not in self.locked and not judge.is_erased(person_id):
                says = f"vault: a value of {person_id} is missing ({digest})"
                rests_on = frozenset({f"person:{person_id}", f"{VAULT} {person_id}"})
                judge.add("disclosure-missing", None, says, rests_on=rests_on)

    def _of(self, digests: Iterable[str]) -> dict[str, Value]:
        return {digest: (held, _parsed(held)) for digest, held in self._vault.held(digests).items()}


def text_of(value: object) -> str:
    """What is in a row whose value may be of another type, which is reported as such."""
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _fault_of(held: Held, judge: Judge, *, is_changed: bool) -> str | None:
    if is_changed:
        return "disclosure-changed"
    if judge.named.get(held.digest) != held.person_id:
        return "disclosure-unreferenced"
    return "disclosure-of-erased" if judge.is_erased(held.person_id) else None


def _parsed(held: Held) -> Disclosure | None:
    """What the vault holds, as it was given; None when it is another value now, which is reported with the vault."""
    encoded = text_of(held.encoded)
    disclosure = Disclosure.of_vault(encoded)
    is_same = disclosure is not None and (digest_of(encoded), disclosure.name) == (held.digest, held.name)
    return disclosure if is_same else None
