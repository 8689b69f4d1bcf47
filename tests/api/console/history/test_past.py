"""The past of people and things at the console: found by one search, told in one timeline, proved entry by entry."""

from base64 import b64encode
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.past import entries
from api.past.entries import Verdict
from api.past.tables import timeline
from ledger.domain.record import Role
from ledger.log.proof import InclusionProof
from ledger.log.tree import leaf_hash, verify_inclusion
from ledger.signing.envelope import Signature, open_envelope, seal
from ledger.store.submission import Submission
from tests.api.console.pages import Browser
from tests.scenario import ORIGIN, SCHEME, SESSION, names
from tests.support import PasskeyWorld, World


def at(browser: Browser, query: str) -> str:
    """Where a search leads."""
    response = browser.client.get("/console/history", params={"q": query}, follow_redirects=False)
    return str(response.headers.get("location", "")) if response.status_code == 303 else ""


def test_every_page_has_the_search_and_it_finds_people_by_any_name_that_they_had(browser: Browser) -> None:
    page = browser.enter("registrar").get("/console")
    assert page.values(".masthead form[role=search] input", "name") == ["q"]
    for typed in ("exemple AWA", "kouassi", "Kouàssi awa"):
        found = browser.get(f"/console/history?q={typed}")
        assert "/console/history/people/awa" in found.values("main a", "href")
        assert "Awa Kouassi" in found.text
    assert "No results" in browser.get("/console/history?q=nobody+of+this+name").text


def test_one_exact_hit_is_opened_at_once(browser: Browser, past: World) -> None:
    browser.enter("registrar")
    number = past.read().certification("c-awa").number
    hash_of_first = leaf_hash(past.ledger.entries(0, 1)[0].state).hex()
    assert (
        at(browser, number)
        == at(browser, number.casefold().replace("-", " "))
        == "/console/history/certification/c-awa"
    )
    assert at(browser, SESSION) == f"/console/history/session/{SESSION}"
    assert at(browser, "ci") == "/console/history/administration/CI"
    assert at(browser, "c-zoe") == ""  # not certified: a candidacy is found with its person
    in_base64 = b64encode(bytes.fromhex(hash_of_first)).decode()
    assert at(browser, hash_of_first) == at(browser, in_base64) == at(browser, "1") == "/console/history/entries/1"
    assert at(browser, past.read().founding().founders[0].person_id) == "/console/history/people/director"
    assert at(browser, next(iter(past.read().officer("registrar").keys))) == "/console/history/officer/registrar"
    assert at(browser, "ff" * 32) == ""
    typed = browser.get("/console/history?q=certification+suspended")
    assert "Certification suspended" in typed.text
    assert "/console/history/entries/" in " ".join(typed.values("main a", "href"))


def test_the_data_protection_officer_reads_all_that_is_recorded_of_a_person_and_nothing_else(browser: Browser) -> None:
    """Whoever asks what is held about them (GDPR, article 15) is answered by that officer."""
    browser.enter("protection")
    assert at(browser, "awa") == "/console/history/people/awa"
    for address in ("people/awa", "candidacy/c-awa", "certification/c-awa"):
        assert "wa Kouassi" in browser.get(f"/console/history/{address}").text
    for address in (f"session/{SESSION}", "lists/candidates"):
        assert browser.client.get(f"/console/history/{address}").status_code == 403


def test_a_search_finds_nothing_that_the_visitor_may_not_read(browser: Browser) -> None:
    page = browser.enter("assessor1").get("/console/history?q=awa")
    assert "/console/history/people/awa" not in page.values("a", "href")
    assert browser.get("/console/history/people/awa", status=403).text.count("This page is open to: ")
    browser.get("/console/history/candidacy/c-awa", status=403)


def test_a_person_has_one_timeline_over_rename_transfer_and_merge(browser: Browser) -> None:
    page = browser.enter("auditor").get("/console/history/people/late")
    assert str(page.response.url).endswith("/console/history/people/awa")
    assert page.h1 == "Awa Kouassi"
    assert "Merged ids late" in page.text
    for told in ("Person registered", "Persons merged", "Certification granted", "Certification suspended", "Late"):
        assert told in page.text, told
    assert "signature valid" in page.text
    assert "signature not valid" not in page.text
    assert "This key is reported as compromised since" in page.text  # of decider2, who signed the award
    assert "effective from 31 January 2018" in page.text
    assert "As of entry" in page.text


def test_a_page_says_what_was_true_on_one_day_as_known_on_another(browser: Browser) -> None:
    browser.enter("registrar")
    then = browser.get("/console/history/people/awa?on=2018-02-15&known_on=2018-02-20")
    hindsight = browser.get("/console/history/people/awa?on=2018-02-15")
    assert then.h1 == hindsight.h1 == "awa Exemple"
    assert "In force" in then.text
    assert "Persons merged" not in then.text
    assert "Suspended" in hindsight.text
    assert "Persons merged" in hindsight.text
    assert browser.get("/console/history/people/late?known_on=2018-05-20").h1 == "Late Exemple"  # two people, then
    assert browser.get("/console/history/people/awa?on=yesterday", status=400).text.count("YYYY-MM-DD")


def test_two_days_are_compared_in_words(browser: Browser) -> None:
    page = browser.enter("registrar").get("/console/history/people/awa?on=2018-02-15&other=2018-05-10")
    (table,) = [text for text in page.texts("table") if "Between 10 May 2018 and 15 February 2018" in text]
    assert {"force", "Suspended"} <= {*table.replace(";", " ").split()}
    assert "Roles" not in table
    same = browser.get("/console/history/people/awa?on=2018-02-15&other=2018-02-16")
    assert "Nothing differed between 16 February 2018 and 15 February 2018." in same.text


@pytest.mark.parametrize(
    ("address", "told"),
    [
        (f"session/{SESSION}", "Facilitators"),
        ("certification/c-awa", "In force"),
        ("candidacy/c-kofi", "qualified, not selected"),
        (f"scheme/{SCHEME}", "in force since"),
        ("administration/CI", "Region"),
        ("officer/decider2", "Active keys none"),
        ("officer/director", "Secretariat director"),
        ("ledger/founding", "Founding of the register"),
    ],
)
def test_each_kind_has_the_same_timeline(browser: Browser, address: str, told: str) -> None:
    page = browser.enter("registrar").get(f"/console/history/{address}")
    assert told in page.text
    assert "signature valid" in page.text


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    browser.enter("registrar")
    for address in ("people/nobody", "session/none", "nothing/1", "entries/99999", "entries/99999/proof"):
        assert browser.client.get(f"/console/history/{address}").status_code == 404


def test_an_id_that_no_database_can_hold_is_wrong_before_one_is_asked(browser: Browser) -> None:
    browser.enter("registrar")
    for address in ("people/a%00", "candidacy/%00", f"session/{SESSION}%00"):
        assert browser.client.get(f"/console/history/{address}").status_code == 400


def test_sealed_levels_are_shown_to_nobody(browser: Browser, past: World) -> None:
    """The facilitator's sheet on zoe in the second workshop is sealed; its level is 5, which no revealed one has."""
    page = browser.enter("director").get("/console/history/candidacy/c-zoe-2")
    assert "(sealed)" in page.text
    submitted = next(v for v in page.values("main a", "href")[::1] if v.startswith("/console/history/entries/"))
    assert "(sealed)" in browser.get(submitted).text
    browser.client.cookies.clear()
    assert "(sealed)" in browser.enter("facilitator").get("/console/my-signatures").text


def test_an_entry_has_its_words_its_bytes_and_a_proof_that_verifies(browser: Browser, past: World) -> None:
    page = browser.enter("auditor").get("/console/history/entries/2")
    stored = past.ledger.entries(1, 2)[0].state
    assert leaf_hash(stored).hex() in page.text
    proved = browser.client.get("/console/history/entries/2/proof")
    proof = InclusionProof.parse(proved.text)
    checkpoint = past.ledger.latest()[1]
    body = browser.client.get("/console/history/entries/2/statement").content
    verify_inclusion(leaf_hash(body), proof.index, checkpoint.size, list(proof.path), checkpoint.root)
    assert body == stored


def test_what_i_signed_is_read_from_the_log(browser: Browser) -> None:
    mine = browser.enter("decider1").get("/console/my-signatures")
    assert "Certification granted" in mine.text
    assert "Session planned" not in mine.text
    assert "signature valid" in mine.text


def test_a_signature_that_does_not_hold_and_a_key_that_was_not_the_signers_are_false(past: World) -> None:
    good = entries.of_number(past.ledger, past.ledger.size())
    envelope = open_envelope(good.envelope)
    first, second = envelope.signatures
    swapped = Signature(first.keyid, second.sig), second
    foreign = Signature("00" * 16, first.sig), second
    for signatures, why in ((swapped, "does not hold"), (foreign, "is not an active key of registrar")):
        forged = entries.recorded(good.leaf, seal(envelope.payload, signatures))
        one, other = entries.checked_each(past.ledger, [forged])[good.leaf]
        assert (one[2], other[2]) == (Verdict.FALSE, Verdict.HOLDS)
        assert why in str(one[3])
    lonely = entries.recorded(good.leaf, seal(envelope.payload, (first,)))
    assert [each[2] for each in entries.checked_each(past.ledger, [lonely])[good.leaf]] == [Verdict.FALSE] * 2


def test_statements_that_one_gesture_of_a_passkey_signed_hold_and_each_has_its_proof(tmp_path: Path) -> None:
    world = PasskeyWorld(tmp_path / "ledger")
    world.do("grant-role", "director", person_id="security", role=Role.REGISTRAR)
    made = []
    for person in ("ada", "ben"):
        world.do("register-person", "security", person_id=person, details=names(person))
        command, _ = world.command("grant-role", person_id=person, role=Role.AUDITOR)
        made.append((command, world.ledger.prepare(command, world.signers(command, "director"))))
    signatures = world.passkeys["director"].sign(ORIGIN, [prepared.to_sign for _, prepared in made])
    world.ledger.submit(
        [
            Submission(command, seal(prepared.payload, (signature,)), ())
            for (command, prepared), signature in zip(made, signatures, strict=True)
        ]
    )
    with closing(world.ledger) as ledger:
        told: list[Any] = [row for one in ("ada", "ben") for row in timeline(ledger, "person", one, "en").rows]
        assert [row.event.en for row in told] == ["Person registered", "Role granted"] * 2
        assert [row.signatures for row in told] == [("holds",)] * 4
        assert [row.keys for row in told[1::2]] == [(signatures[0].keyid,)] * 2
        assert [(row.signers, row.roles) for row in told[1::2]] == [
            (("director Exemple (director)",), (Role.DIRECTOR,))
        ] * 2
        root = ledger.latest()[1].root
        for row in told:
            proof, stored = (
                ledger.proof(row.positions[0] - 1),
                ledger.entries(row.positions[0] - 1, row.positions[0])[0],
            )
            verify_inclusion(leaf_hash(stored.state), proof.index, ledger.size(), list(proof.path), root)


def test_a_signature_of_a_later_version_could_not_be_checked(tmp_path: Path) -> None:
    with closing(PasskeyWorld(tmp_path / "ledger").ledger) as ledger:
        good = entries.of_number(ledger, 1)
        envelope = open_envelope(good.envelope)
        later = tuple(Signature(each.keyid, b"\x02" + each.sig[1:]) for each in envelope.signatures)
        newer = entries.recorded(good.leaf, seal(envelope.payload, later))
        assert {each[2] for each in entries.checked_each(ledger, [good])[0]} == {Verdict.HOLDS}
        assert {each[2] for each in entries.checked_each(ledger, [newer])[0]} == {Verdict.UNCHECKED}
