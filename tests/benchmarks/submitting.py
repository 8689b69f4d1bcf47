"""Submits score sheets, from signed bytes to receipts, beside checking as many signatures and nothing else.

A hundred sheets on as many candidates wait at once; one signed checkpoint covers them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count, islice, product
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.signing.envelope import open_envelope, pae
from ledger.store.submission import Answer, Receipt, Submission
from ledger.store.writer import Writer
from tests.benchmarks.measuring import Comparison, Size, seconds
from tests.scenario import PLAN, value
from tests.support import World, key_of

ASSESSORS = ("assessor1", "assessor2")
GOAL = 0.7

Submit = Callable[[Sequence[Submission]], list[Answer]]


def comparisons(folder: Path, size: Size, stack: ExitStack) -> list[Comparison]:
    """As one caller's group, and one by one from a queue through the writer."""
    world = World(folder / "submit")
    stack.callback(world.ledger.close)
    world.appoint()
    world.plan()
    groups = _groups(world, size.group)
    unsubmitted = next(groups)
    writer = stack.enter_context(Writer(world.ledger, size.group))

    def queued(group: Sequence[Submission]) -> list[Answer]:
        return [answer.result() for answer in [writer.submit(submission) for submission in group]]

    def row(name: str, submit: Submit) -> Comparison:
        return Comparison(
            name,
            "statements",
            "Ed25519 on one core",
            GOAL,
            lambda: _submit(islice(groups, size.groups), submit),
            lambda: _verify(unsubmitted * size.groups),
        )

    return [row("submit-group", world.ledger.submit), row("submit-queued", queued)]


def _groups(world: World, size: int) -> Iterator[list[Submission]]:
    """Sheets to submit together, without end. Each group is prepared when the one before it is recorded."""
    world.now = datetime(2017, 5, 16, 9, tzinfo=UTC)
    for number in count():
        candidacies = [world.candidate(f"{number}-{candidate}") for candidate in range(size)]
        for (activity, competencies), assessor in product(PLAN.items(), ASSESSORS):
            if competencies:
                yield [
                    world.submission(
                        "submit-score-sheet",
                        assessor,
                        candidacy_id=candidacy,
                        sheet_id=f"{candidacy}-{activity}-{assessor}",
                        activity=activity,
                        commitment=value("levels", dict.fromkeys(competencies, 4)),
                    )
                    for candidacy in candidacies
                ]


def _submit(groups: Iterator[list[Submission]], submit: Submit) -> float:
    spent, recorded = 0.0, 0
    for group in groups:
        answers: list[Answer] = []
        spent += seconds(lambda: answers.extend(submit(group)))  # noqa: B023 - called before the next group comes
        assert all(isinstance(answer, Receipt) for answer in answers)
        recorded += len(answers)
    return recorded / spent


def _verify(submissions: Sequence[Submission]) -> float:
    envelopes = [open_envelope(submission.envelope) for submission in submissions]
    publics = {key.key_id: key.public for key in map(key_of, ASSESSORS)}
    signed = [
        (publics[signature.keyid], signature.sig, pae(envelope.payloadType, envelope.payload))
        for envelope in envelopes
        for signature in envelope.signatures
    ]

    def work() -> None:
        for public, signature, message in signed:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)

    return len(signed) / seconds(work)
