"""How an officer signs at the terminal: each statement with a question of its own, or all that are ready together."""

from collections import Counter
from collections.abc import Sequence

from api.cli.common import confirm, fail, out, say
from api.cli.language import in_language, language
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import Waiting
from api.secretariat.together import Signed, agreements, digest_of, listed, sign_listed, sign_ready
from api.words import event_in_words, question_in_words
from api.words.failures import failure_in_words
from api.words.levels import as_read_by
from ledger.domain.reader import Reader
from ledger.domain.refusal import Refused
from ledger.domain.subjects import BY_FACT
from ledger.errors import LedgerError
from ledger.signing.keys import SigningKey
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt
from ledger.words import COLON, LANGUAGES, Words


class Signing:
    """One officer's turn. ``failed`` says that something which they named or agreed to was not signed."""

    def __init__(self, inbox: Inbox, ledger: Ledger, person: str, key: SigningKey) -> None:
        self._inbox, self._ledger, self._person, self._key = inbox, ledger, person, key
        self._signed = self._left = 0
        self.failed = False

    def sign_each(self, numbers: Sequence[int], *, ask: bool) -> None:
        """Sign statements one by one, all that are ready if no number is given."""
        waiting = self._inbox.waiting(self._person)
        for number in sorted(set(numbers) - {item.number for item in waiting}):
            en, fr = (
                "nothing waits for your signature under this number",
                "aucune signature ne vous est demandée sous ce numéro",
            )
            self._fail(in_language(f"{number}: {en}", f"{number} : {fr}"))
        for item in waiting:
            if numbers and item.number not in numbers:
                continue
            try:
                _, prepared = self._inbox.prepare(item.number, self._person)
                words = self._in_words(prepared)
                if ask and not self._agreed(item.number, prepared):
                    self._left += 1
                    continue
                added = self._inbox.add(item.number, self._person, prepared.signed_by(self._key))
            except (Refused, LedgerError) as error:
                if numbers:
                    self._fail_of(item.number, error)
                else:
                    self._left += 1
                continue
            self._say_signed(item.number, words, added)

    def sign_ready(self) -> None:
        """Sign everything that is ready, and what that makes ready, unasked."""
        for signed in sign_ready(self._inbox, self._ledger, self._person, self._key):
            if isinstance(signed.result, Refused | LedgerError):
                self._left += 1
            else:
                self._say_of(signed)

    def sign_together(self, digest: str | None, *, only_list: bool) -> None:
        """List what is ready, and sign exactly that: once the officer agrees, or if the list has this digest."""
        lines, kinds = [], Counter[Words]()
        for line in listed(self._inbox, self._ledger, self._person):
            lines.append(line)
            if isinstance(line.statement, Prepared):
                kinds[BY_FACT[type(line.statement.event.facts)].label] += 1
                if digest is None:
                    out.print(f"{line.number:5} {self._in_words(line.statement)}")
        ready = agreements(lines)
        self._left += len(lines) - len(ready)
        if digest is None:
            _say_counts(kinds)
        if only_list:
            out.print(f"--listed {digest_of(lines)}")
            return
        if digest is not None and digest != digest_of(lines):
            self._left += len(ready)
            en, fr = "what is ready has changed: list it again", "ce qui est prêt a changé : affichez-le de nouveau"
            self._fail(in_language(en, fr))
            return
        count = len(ready)
        if digest is None and ready and not confirm(f"Sign all {count}?", f"Signer l’ensemble ({count}) ?"):
            self._left += count
            return
        for signed in sign_listed(self._inbox, self._ledger, self._person, self._key, ready):
            self._say_of(signed)

    def say_result(self) -> None:
        """Print how many were signed, and how many still wait."""
        signed, left = self._signed, self._left
        feminine = "signée" if signed < 2 else "signées"
        say(f"{signed} signed, {left or 'none'} waiting", f"{signed} {feminine}, {left or 'aucune'} en attente")

    def _agreed(self, number: int, prepared: Prepared) -> bool:
        """Whether the officer agrees to sign: all that the statement states is said, then asked."""
        event, read = prepared.event, self._read(prepared)
        asked, beside = zip(*(question_in_words(event, each, read) for each in LANGUAGES), strict=True)
        said = Words(*beside).into(language())
        out.print(f"{number:5} {said}" if said else f"{number:5}")
        return confirm(*asked)

    def _in_words(self, prepared: Prepared) -> str:
        return event_in_words(prepared.event, language(), self._read(prepared))

    def _read(self, prepared: Prepared) -> Reader:
        return as_read_by(self._person, prepared.event, prepared.read)

    def _say_of(self, signed: Signed) -> None:
        match signed.statement, signed.result:
            case Prepared() as prepared, (Receipt() | Waiting()) as added:
                words = self._in_words(prepared)
                self._say_signed(signed.number, words, added)
            case _, (Refused() | LedgerError()) as error:
                self._fail_of(signed.number, error)

    def _say_signed(self, number: int, words: str, added: Receipt | Waiting) -> None:
        self._signed += 1
        if isinstance(added, Receipt):
            place = in_language(f"recorded as leaf {added.index}", f"enregistré, feuille {added.index}")
        else:
            place = in_language("waiting for the next signature", "en attente de la signature suivante")
        out.print(f"{number:5} {words}{COLON.into(language())}{place}")

    def _fail_of(self, number: int, error: Refused | LedgerError) -> None:
        self._left += 1
        self._fail(f"{number}: {failure_in_words(error).into(language())}")

    def _fail(self, message: str) -> None:
        self.failed = True
        fail(message, 1)


def _say_counts(kinds: Counter[Words]) -> None:
    for kind, count in kinds.items():
        out.print(f"{kind.into(language())}{COLON.into(language())}{count}")
