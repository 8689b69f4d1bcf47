"""The ledger records what the rules decide and the right people signed, once, and nothing else."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from ledger.disclosures import Disclosure
from ledger.disclosures import seal as seal_values
from ledger.domain.events.office import FOUNDING
from ledger.domain.record import Head, Stream
from ledger.domain.refusal import Refused
from ledger.errors import Conflict, Corrupt, LedgerError, Unreadable, Unverifiable
from ledger.log.tree import EMPTY_ROOT, leaf_hash, verify_inclusion
from ledger.signing.envelope import STATEMENT_TYPE, Signature, open_envelope, pae, seal
from ledger.signing.statement import decode_payload, payload_of
from ledger.store.founding import found
from ledger.store.ledger import Ledger
from ledger.store.submission import Prepared, Receipt, Submission
from ledger.store.vault import Held
from ledger.trust import TrustRoot
from tests.scenario import ORIGIN, ROLES, names
from tests.support import SESSION, World, held_about, key_of

pytestmark = pytest.mark.usefixtures("engine")

PERSON = {"person_id": "awa", "details": names("Awa")}


def rejected(world: World, submission: Submission) -> tuple[type[object], str]:
    """The kind of error that a submission is answered with, and its code."""
    (answer,) = world.ledger.submit([submission])
    assert isinstance(answer, LedgerError | Refused)
    return type(answer), answer.code


def test_a_workshop_goes_from_nomination_to_certificate(workshop: World) -> None:
    read = workshop.ledger.read()
    assert read.certification("c-awa").issues == 1
    assert read.certification("c-zoe").grant is None
    assert read.certification("c-zoe").decided


def test_every_entry_is_in_the_tree_under_the_signed_checkpoint(workshop: World) -> None:
    ledger, checkpoint = workshop.ledger, workshop.ledger.latest()[1]
    paths = ledger.tree.inclusions(range(checkpoint.size), checkpoint.size)
    for index, (entry, path) in enumerate(zip(ledger.entries(0, checkpoint.size), paths, strict=True)):
        verify_inclusion(leaf_hash(entry.state), index, checkpoint.size, path, checkpoint.root)


def test_a_statement_submitted_twice_is_recorded_once(staffed: World) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    (first,), (second,) = staffed.ledger.submit([submission]), staffed.ledger.submit([submission])
    assert isinstance(first, Receipt)
    assert first == second


def test_each_submission_of_a_batch_has_its_own_answer(staffed: World) -> None:
    good = staffed.submission("register-person", "registrar", **PERSON)
    forged = msgspec.structs.replace(good, envelope=_signed_by("moderator", good))
    other = staffed.submission("grant-role", "director", person_id="registrar", role="moderator")
    size = staffed.ledger.size()
    late = staffed.submission("register-person", "registrar", **PERSON)
    answers = staffed.ledger.submit([forged, good, other, late, good])
    assert [type(a) for a in answers] == [Unverifiable, Receipt, Receipt, Refused, Receipt]
    assert answers[4] == answers[1], "sent twice at once, it is recorded once"
    assert staffed.ledger.size() == size + 2


def test_a_signature_by_the_wrong_key_is_refused(staffed: World) -> None:
    good = staffed.submission("register-person", "registrar", **PERSON)
    envelope = open_envelope(good.envelope)
    wrong = key_of("moderator").sign(b"something else")
    forged = seal(envelope.payload, (Signature(envelope.signatures[0].keyid, wrong),))
    assert rejected(staffed, msgspec.structs.replace(good, envelope=forged)) == (Unverifiable, "signature-invalid")


def test_a_statement_whose_stream_moved_on_is_a_conflict(staffed: World) -> None:
    late = staffed.submission("grant-role", "director", person_id="registrar", role="moderator")
    staffed.do("grant-role", "director", person_id="registrar", role="facilitator")
    assert rejected(staffed, late) == (Conflict, "moved-on")


def test_a_role_that_was_revoked_meanwhile_no_longer_signs(staffed: World) -> None:
    late = staffed.submission("register-person", "registrar", **PERSON)
    staffed.do("revoke-role", "director", person_id="registrar", role="registrar")
    assert rejected(staffed, late) == (Refused, "role-not-held")


def test_a_statement_expires_and_may_not_lie_in_the_future(staffed: World) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    staffed.now += timedelta(days=8)
    (expired,) = staffed.ledger.submit([submission])
    staffed.now -= timedelta(days=9)
    (early,) = staffed.ledger.submit([submission])
    assert isinstance(expired, Conflict)
    assert isinstance(early, Unverifiable)


def test_values_come_with_the_statement_that_names_them_and_nothing_else_does(staffed: World) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    extra = (*submission.disclosures, Disclosure("email", "x@example.org", "salt" + "0" * 20))
    (missing,) = staffed.ledger.submit([msgspec.structs.replace(submission, disclosures=())])
    (unnamed,) = staffed.ledger.submit([msgspec.structs.replace(submission, disclosures=extra)])
    assert isinstance(missing, Refused)
    assert isinstance(unnamed, Unverifiable)


def test_values_that_come_with_a_refused_statement_do_not_serve_another(staffed: World) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    refused = msgspec.structs.replace(submission, envelope=_signed_by("moderator", submission))
    without = msgspec.structs.replace(submission, disclosures=())
    answers = staffed.ledger.submit([refused, without])
    assert [type(answer) for answer in answers] == [Unverifiable, Refused]
    assert staffed.ledger.read().version(Stream("person", "awa")) == 0


def test_a_statement_of_another_ledger_is_refused(staffed: World, tmp_path: Path) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    payload = open_envelope(submission.envelope).payload.replace(b"ledger.example.org/pca", b"another.example.org/pca")
    assert rejected(staffed, Submission(submission.command, seal(payload, ()))) == (Unverifiable, "ledger-other")


def test_a_person_who_was_erased_is_nowhere_in_the_folder(workshop: World) -> None:
    world = workshop
    with pytest.raises(Refused, match="in force"):
        world.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    world.do("erase-personal-data", "protection", "security", person_id="zoe", basis_code="request")
    assert held_about(world, "zoe") == []
    held = {h.encoded.encode() for h in held_about(world, "awa")}
    files = [path.read_bytes() for path in world.ledger.folder.rglob("*") if path.is_file()]
    assert not any(encoded in data for data in files for encoded in held), "whoever is not erased is sealed too"
    digests = {d.digest for d in world.ledger.signed_events(Stream("person", "zoe"))[0].event.facts.details}  # type: ignore[attr-defined]  # a PersonRegistered
    assert len(digests) == 2
    assert not any(world.ledger.vault.get(digest) for digest in digests)


def _update(world: World, person: str, detail: object) -> Submission:
    return world.submission("update-person-details", "registrar", person_id=person, details=[detail])


def test_a_value_is_about_one_person_and_named_for_nobody_else(workshop: World) -> None:
    """Otherwise it would survive the erasure of one person, or be lost with that of the other."""
    world = workshop
    digest = world.read().person("awa").details["family_name"]
    named = _update(world, "zoe", {"name": "family_name", "digest": digest})
    parsed = Disclosure.parse(next(h.encoded for h in held_about(world, "awa") if h.digest == digest))
    brought = msgspec.structs.replace(named, disclosures=(parsed,))
    fresh = world.disclosure("email", "both@example.org")
    first, second = (
        msgspec.structs.replace(_update(world, who, {"name": "email", "digest": fresh.digest}), disclosures=(fresh,))
        for who in ("awa", "zoe")
    )
    answers = world.ledger.submit([named, brought, first, second])
    codes = [answer.code if isinstance(answer, Refused) else type(answer).__name__ for answer in answers]
    assert codes == ["disclosure-of-another", "disclosure-of-another", "Receipt", "disclosure-of-another"]
    own = _update(world, "awa", {"name": "family_name", "digest": digest})
    assert isinstance(world.ledger.submit([msgspec.structs.replace(own, disclosures=(parsed,))])[0], Receipt)
    misnamed = _update(world, "awa", {"name": "given_name", "digest": digest})
    assert rejected(world, misnamed) == (Refused, "disclosure-missing")


def test_the_vault_itself_holds_a_value_about_one_person_only(workshop: World) -> None:
    held = held_about(workshop, "awa")[0]
    stored = StoredEvent(originator_id="x:1", originator_version=1, topic="t", state=b"{}")
    sealed = workshop.ledger.vault.sealed([Held(held.digest, "zoe", held.name, held.encoded)])
    with pytest.raises(IntegrityError):
        workshop.ledger.log.insert_events([stored], disclosures=sealed)
    assert workshop.ledger.vault.get(held.digest) == held


def test_a_prepared_statement_holds_until_the_record_moves_on_or_it_is_too_old(staffed: World) -> None:
    command, disclosures = staffed.command("register-person", **PERSON)
    registering = staffed.ledger.prepare(command, staffed.signers(command, "registrar"), disclosures)
    grant, _ = staffed.command("grant-role", person_id="panel1", role="moderator")
    granting = staffed.ledger.prepare(grant, staffed.signers(grant, "director"))
    for prepared, asked in ((registering, command), (granting, grant)):
        resumed = staffed.ledger.resume(prepared.payload, asked, disclosures)
        assert isinstance(resumed, Prepared)
        assert (resumed.payload, resumed.event) == (prepared.payload, prepared.event)
    staffed.do("grant-role", "director", person_id="panel1", role="facilitator")
    assert staffed.ledger.resume(registering.payload, command, disclosures) is not None
    assert staffed.ledger.resume(granting.payload, grant) is None
    staffed.do("grant-role", "director", person_id="panel1", role="moderator")
    with pytest.raises(Refused, match="already holds"):
        staffed.ledger.resume(granting.payload, grant)
    staffed.now += timedelta(days=8)
    assert staffed.ledger.resume(registering.payload, command, disclosures) is None


def test_a_prepared_statement_that_was_recorded_is_known_by_its_payload(staffed: World) -> None:
    command, disclosures = staffed.command("register-person", **PERSON)
    prepared = staffed.ledger.prepare(command, staffed.signers(command, "registrar"), disclosures)
    assert staffed.ledger.receipt(prepared.payload) is None
    other = staffed.submission("register-person", "registrar", **PERSON)
    receipt = staffed.ledger.record(Submission(command, staffed.sign(prepared), disclosures))
    assert staffed.ledger.receipt(prepared.payload) == staffed.ledger.resume(prepared.payload, command) == receipt
    assert staffed.ledger.receipt(open_envelope(other.envelope).payload) is None  # another one, for the same place


def test_two_writers_on_one_file_see_each_other(workshop: World) -> None:
    with Ledger.open(workshop.ledger.folder, lambda: workshop.now) as other:
        workshop.do("give-listing-consent", "registrar", person_id="awa")
        assert other.read().person("awa").listed
        assert other.latest() == workshop.ledger.latest()


def test_a_checkpoint_ahead_of_the_entries_refuses_to_start(world: World) -> None:
    world.ledger.notes.add_checkpoint(99, world.ledger.checkpoint())
    with pytest.raises(Corrupt) as error:
        Ledger.open(world.ledger.folder, lambda: world.now)
    assert error.value.code == "checkpoint-ahead"


def test_a_folder_that_is_not_empty_is_not_founded(tmp_path: Path) -> None:
    (tmp_path / "x").touch()
    with pytest.raises(FileExistsError):
        World(tmp_path)


def test_nothing_is_founded_by_one_person(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        found(
            tmp_path / "ledger",
            datetime(2017, 1, 9, tzinfo=UTC),
            origin=ORIGIN,
            body=("Body", "Organisme"),
            founders=[(name, ROLES[name], key_of("director"), []) for name in ("director", "security")],
            log_key=key_of("log"),
        )
    assert refused.value.code == "founders-not-distinct"
    assert list(tmp_path.iterdir()) == []


def test_an_assessor_may_not_decide(workshop: World) -> None:
    workshop.do("grant-role", "director", person_id="assessor1", role="decision-authority")
    with pytest.raises(Refused) as refused:
        workshop.do("withdraw-certification", "assessor1", "decider2", effective_from=date(2017, 6, 1))
    assert refused.value.code == "decider-scored"
    assert SESSION in refused.value.words.fr


def _signed_by(person: str, submission: Submission) -> bytes:
    envelope, key = open_envelope(submission.envelope), key_of(person)
    return seal(envelope.payload, (Signature(key.key_id, key.sign(b"")),))


def test_bytes_that_are_no_statement_are_refused(world: World) -> None:
    command, _ = world.command("register-person", **PERSON)
    (answer,) = world.ledger.submit([Submission(command, b"garbage")])
    assert isinstance(answer, Unverifiable)
    assert world.ledger.submit([]) == []


def test_two_nominations_of_one_person_in_one_batch_are_one_too_many(staffed: World) -> None:
    staffed.plan()
    staffed.do("register-person", "registrar", **PERSON)
    staffed.do("register-person", "registrar", **{**PERSON, "person_id": "bob"})
    nominations = [
        staffed.submission("nominate-candidate", candidacy_id=candidacy, person_id=person, details=[])
        for candidacy, person in (("c-1", "awa"), ("c-2", "bob"), ("c-3", "awa"))
    ]
    first, second, third = staffed.ledger.submit(nominations)
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert isinstance(third, Refused)
    assert third.code == "candidacy-open"


class Meddler:
    """A clock that lets another writer append each time it is read, up to a number of times."""

    def __init__(self, world: World, times: int) -> None:
        self.world, self.times = world, times

    def __call__(self) -> datetime:
        if self.times:
            self.times -= 1
            role = "moderator" if self.times % 2 else "facilitator"
            held = role in self.world.read().officer("manager").roles
            self.world.do("revoke-role" if held else "grant-role", "director", person_id="manager", role=role)
        return self.world.now


@pytest.mark.parametrize("pinned", [False, True])
def test_a_decision_is_taken_again_when_another_writer_was_faster(staffed: World, pinned: bool) -> None:
    if pinned:
        staffed.agree("registrar", key_of("second").key_id)
        submission = staffed.submission(
            "register-key", "security", "registrar", person_id="registrar", public_key=key_of("second").public
        )
        submission = msgspec.structs.replace(submission, envelope=_second_key(staffed, submission))
    else:
        submission = staffed.submission("register-person", "registrar", **PERSON)
    with Ledger.open(staffed.ledger.folder, Meddler(staffed, 3)) as other:
        (answer,) = other.submit([submission])
        assert isinstance(answer, Receipt)
        assert other.latest()[1].size == other.size() == staffed.ledger.size()


def test_a_head_that_the_log_never_had_is_refused(staffed: World) -> None:
    submission = staffed.submission("register-person", "registrar", **PERSON)
    payload = open_envelope(submission.envelope).payload
    event = decode_payload(payload)
    for head in (Head(999, event.head.root), Head(event.head.size, bytes(32)), Head(-1, EMPTY_ROOT)):
        envelope = seal(payload_of(msgspec.structs.replace(event, head=head)), ())
        assert rejected(staffed, Submission(submission.command, envelope)) == (Unverifiable, "head-unknown")


def test_a_statement_dated_before_what_its_signers_saw_is_refused(world: World) -> None:
    world.now += timedelta(days=2)
    world.appoint()
    submission = world.submission("register-person", "registrar", **PERSON)
    event = decode_payload(open_envelope(submission.envelope).payload)
    earlier = msgspec.structs.replace(event, time=event.time - timedelta(days=1))
    assert rejected(world, Submission(submission.command, seal(payload_of(earlier), ()))) == (
        Unverifiable,
        "back-dated",
    )


def test_a_row_that_holds_another_statement_is_corrupt(world: World) -> None:
    (stored,) = world.ledger.log.select_events("ledger:founding")
    for change in ({"originator_id": "ledger:other"}, {"originator_version": 2}):
        moved = StoredEvent(**{**vars(stored), **change})
        with pytest.raises(Corrupt):
            world.ledger.application.mapper.to_domain_event(moved)
    assert world.ledger.signed_events(FOUNDING)[0].originator_version == 1


@pytest.mark.parametrize("change", [{"origin": "other"}, {"founding_leaf": "00"}, {"log_key": "x"}, {"more": 1}])
def test_a_trust_root_is_read_strictly(world: World, change: dict[str, object]) -> None:
    data = (world.ledger.folder / "trust.json").read_bytes()
    assert TrustRoot.parse(data) == world.ledger.trust
    with pytest.raises(ValueError, match=r"expected|unknown field"):
        TrustRoot.parse(msgspec.json.encode({**msgspec.json.decode(data), **change}))


def test_a_disclosure_has_one_form() -> None:
    tree, (disclosure,) = seal_values([{"name": "given_name", "value": "Zoé"}])
    assert tree == [{"name": "given_name", "digest": disclosure.digest}]
    assert Disclosure.parse(disclosure.encoded) == disclosure
    for wrong in ("", "AAAA", disclosure.encoded + "=", Disclosure("a", 1, "short").encoded):
        with pytest.raises(Unverifiable):
            Disclosure.parse(wrong)


def _second_key(world: World, submission: Submission) -> bytes:
    """Sign as a holder with the key that is being enrolled, not with their first."""
    payload = open_envelope(submission.envelope).payload
    message = pae(STATEMENT_TYPE, payload)
    keys = (key_of("security"), key_of("second"))
    return seal(payload, tuple(Signature(k.key_id, k.sign(message)) for k in keys))


def test_a_statement_that_no_entry_has_room_for_is_not_prepared(staffed: World) -> None:
    """Case I9."""
    staffed.do("establish-scheme", title_en="PCA advisor", title_fr="Conseiller CAP", domain="PCA")
    with pytest.raises(Refused, match="at most 65535 can be recorded"):
        staffed.do(
            "draft-scheme-version",
            criteria=[{"id": f"criterion-{n}", "name_en": "n" * 80, "name_fr": "n" * 80} for n in range(300)],
            competencies=[{**row, "cut": 3} for row in staffed.named(["practical-skills"])],
            activities=[{**row, "competencies": ["practical-skills"]} for row in staffed.named(["case-study"])],
            levels=[{"level": n, "anchor_en": str(n), "anchor_fr": str(n)} for n in range(1, 6)],
            decision_rule="mean-of-levels/v1",
            assessors_per_cell=2,
            seats=2,
            validity_months=36,
            renewal_window_months=6,
            separation_months=24,
        )


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_database_without_entries_is_no_ledger(staffed: World) -> None:
    """It would otherwise begin an empty log beside the trust root of another."""
    staffed.ledger.close()
    (staffed.ledger.folder / "ledger.db").write_bytes(b"")
    with pytest.raises(Unreadable, match=r"ledger\.db: expected the entries of a ledger, found none"):
        Ledger.open(staffed.ledger.folder, lambda: staffed.now)
