"""The page that verifies offline says of every vector what the program says, from a file, without a network."""

import json
import re
from base64 import b64encode
from gzip import compress
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from axe_playwright_python.sync_playwright import Axe
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from api.publishing.packing import unpacked, verify_page
from ledger.domain.subjects import EVENT_TYPES, KIND_OF
from ledger.errors import Unverifiable
from ledger.signing.keys import verify_ed25519
from ledger.verdict import Verdict, VerificationReport
from ledger.verification import PLAN, verify_bundle
from tests.ledger.signing.test_ed25519 import TAMING, every_mixture
from tests.vectors.bundles import Vector, vectors
from tests.vectors.passkeys.cases import Case, cases, joined, split
from tests.vectors.passkeys.test_passkeys import fault_of
from tests.vectors.policies import ACCEPTED, REFUSED

PAGE = Path(__file__).parents[2] / "api" / "offline" / "verify.html"
VERIFY = """async ([trust, data, now, day]) =>
    verifyBundle(trust, Uint8Array.from(atob(data), c => c.charCodeAt(0)), {now, day})"""

PASSKEYS = """async cases => {
    const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
    return Promise.all(cases.map(async c => {
        const key = {algorithm: c.algorithm, public: bytes(c.public_key), rpId: c.rp_id, isEligible: c.backup_eligible};
        const accepted = {log: c.origin, origins: c.sites, synced: c.synced};
        try {
            await requirePasskey(key, accepted, bytes(c.message), bytes(c.sig));
            return null;
        } catch (error) {
            return error.code ?? String(error);
        }
    }));
}"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> list[Vector]:
    return list(vectors(tmp_path_factory.mktemp("vectors")))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Any:
    context = browser.new_context(locale="en-GB", offline=True)
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(PAGE.as_uri())
    yield page
    assert requests == [PAGE.as_uri()]
    context.close()


def by_program(vector: Vector) -> VerificationReport | None:
    try:
        data = unpacked(vector.data)
    except Unverifiable:
        return None
    return verify_bundle(data, vector.trust, vector.now, day=vector.day)


def by_page(page: Page, vector: Vector) -> dict[str, Any]:
    now = int(vector.now.timestamp() * 1000)
    arguments = [bytes(vector.trust).decode(), b64encode(vector.data).decode(), now, str(vector.day)]
    answer: dict[str, Any] = page.evaluate(VERIFY, arguments)
    return answer


def compared(vector: Vector, answer: dict[str, Any]) -> str:
    """Nothing when both say the same, else what differs."""
    report = by_program(vector)
    if report is None:
        return "" if answer["verdict"] == Verdict.NOT_CHECKED else "the page takes what is no zip file"
    ours = [(c.number, c.code, list(c.title), str(c.result)) for c in report.checks]
    its = [(c["number"], c["code"], c["title"], c["result"]) for c in answer["checks"]]
    said = report.verdict, report.holder, report.status, report.number, list(report.sentence)
    pairs: list[tuple[Any, Any]] = [
        (ours, its),
        (said, tuple(answer[name] for name in ("verdict", "holder", "status", "number", "sentence"))),
    ]
    if report.number is not None:
        pairs += [([list(c.detail) for c in report.checks], [c["detail"] for c in answer["checks"]])]
    return "; ".join(f"{a} is not {b}" for a, b in pairs if a != b)


def test_page_and_program_say_the_same_of_every_vector(page: Page, made: list[Vector]) -> None:
    differences = {vector.name: compared(vector, by_page(page, vector)) for vector in made}
    assert {name: difference for name, difference in differences.items() if difference} == {}
    reports = [report for report in map(by_program, made) if report is not None]
    assert {report.verdict for report in reports} == set(Verdict)
    failing = {c.code for report in reports for c in report.checks if c.result == "failed"}
    assert failing == {step.code for step in PLAN} - {"format", "keys", "recent"}  # of these, doubt is the worst


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_bundle_that_another_program_saved_in_another_encoding_is_the_same(
    page: Page, made: list[Vector], encoding: str
) -> None:
    """Case V5."""
    genuine = made[0]
    saved = msgspec.structs.replace(genuine, data=genuine.data.decode().encode(encoding))
    assert by_page(page, saved) == by_page(page, genuine)


def test_page_and_program_read_the_same_policies(page: Page) -> None:
    read = "async text => { try { await parsePolicy(text); return true } catch { return false } }"
    assert [name for name, text in ACCEPTED.items() if not page.evaluate(read, text)] == []
    assert [name for name, text in REFUSED.items() if page.evaluate(read, text)] == []


@settings(max_examples=60)
@given(data=st.data())
def test_page_and_program_say_the_same_of_any_changed_character(
    page: Page, made: list[Vector], data: st.DataObject
) -> None:
    genuine = made[data.draw(st.sampled_from([0, 1]))]
    place = data.draw(st.integers(0, len(genuine.data) - 1))
    changed = genuine.data[:place] + bytes([data.draw(st.integers(0, 255))]) + genuine.data[place + 1 :]
    vector = Vector("changed", genuine.trust, changed, genuine.now, genuine.day)
    report = by_program(vector)
    authentic = report is not None and report.number is not None
    # A zip file has room for bytes that nothing reads: there the two need only agree where both read.
    if genuine is made[0] or authentic == (by_page(page, vector)["number"] is not None):
        assert compared(vector, by_page(page, vector)) == ""


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("policy", "nonsense", "policy: line 1: nonsense"),
        ("log_key", "x", "verifier key"),
        ("founding_leaf", "00", "founding_leaf"),
        ("origin", "other", "keys of origin"),
        ("extra", "x", "expected"),
    ],
)
def test_a_wrong_trust_root_is_said(page: Page, made: list[Vector], name: str, value: str, says: str) -> None:
    trust = json.dumps({**json.loads(bytes(made[0].trust)), name: value})
    with pytest.raises(Exception, match=says):
        page.evaluate(VERIFY, [trust, "", 0, "2017-06-01"])


def test_a_trust_root_that_names_a_field_twice_is_refused(page: Page, made: list[Vector]) -> None:
    trust = bytes(made[0].trust).decode().replace('"origin"', '"origin": "other", "origin"', 1)
    with pytest.raises(Exception, match="a name twice"):
        page.evaluate(VERIFY, [trust, "", 0, "2017-06-01"])


def test_page_and_program_accept_the_same_signatures_of_ed25519(page: Page) -> None:
    cases = [*TAMING, *every_mixture()]
    its = page.evaluate(
        "async cases => Promise.all(cases.map(case_ => ed25519(...case_.map(bytes => Uint8Array.from(bytes)))))",
        [[list(part) for part in case] for case in cases],
    )
    assert its == [verify_ed25519(*case) for case in cases]


def test_page_and_program_know_the_same_statements(page: Page) -> None:
    its = {
        name: [kind, seats, sorted(fields.split())] for name, (kind, seats, fields) in page.evaluate("EVENTS").items()
    }
    ours = {
        row.wire_name: [
            KIND_OF[row.fact],
            None if KIND_OF[row.fact] == "ledger" else list(row.seats),  # by as many as there are founders
            sorted(row.fact.__struct_fields__),
        ]
        for row in EVENT_TYPES
        if KIND_OF[row.fact] in ("ledger", "officer", "passkeys", "certification")
    }
    assert its == ours


def passkey_faults(page: Page, cases: list[Case]) -> list[str | None]:
    """What the page says is wrong with each, by its code."""
    return list(page.evaluate(PASSKEYS, [msgspec.to_builtins(case) for case in cases]))


def test_page_and_program_say_the_same_of_every_passkey(page: Page) -> None:
    wanted = list(cases())
    said = passkey_faults(page, wanted)
    assert [(c.name, c.code, code) for c, code in zip(wanted, said, strict=True) if c.code != code] == []


@settings(max_examples=4)
@given(random=st.randoms(use_true_random=False))
def test_page_and_program_say_the_same_of_a_passkey_with_anything_changed(page: Page, random: Random) -> None:
    genuine, changed = [case for case in cases() if case.code is None], []
    for _ in range(100):
        case = random.choice(genuine)
        parts = {**split(case.sig), "whole": case.sig}
        part = random.choice(list(parts))
        at = random.randrange(len(parts[part]) + 1)
        put = random.choice([b"", b",", b'"', b"}", random.randbytes(1), random.randbytes(2)])
        parts[part] = parts[part][:at] + put + parts[part][at + 1 :]
        whole = parts.pop("whole")
        changed.append(msgspec.structs.replace(case, sig=whole if part == "whole" else joined(parts)))
    assert passkey_faults(page, changed) == [fault_of(case) for case in changed]


def test_a_person_sees_the_verdict_in_both_languages(browser: Browser, made: list[Vector], tmp_path: Path) -> None:
    vector = made[1]
    trust, bundle = tmp_path / "trust.json", tmp_path / "bundle.zip"
    trust.write_bytes(bytes(vector.trust))
    bundle.write_bytes(vector.data)
    context = browser.new_context(locale="fr-FR", offline=True)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(PAGE.as_uri())
    page.get_by_label("Racine de confiance").set_input_files(trust)
    page.get_by_label("Dossier de vérification").set_input_files(bundle)
    page.get_by_label("Validité à quelle date").fill("2017-06-01")
    expect(page.locator("#checks li")).to_have_count(12)
    # Stated in 2017: today that is too long ago for a yes.
    expect(page.locator("#verdict")).to_have_text("Tout n’a pas pu être vérifié")
    expect(page.locator("#sentence")).to_have_text(re.compile("^Le statut a pu changer depuis"))
    page.get_by_role("button", name="English").click()
    expect(page.locator("#verdict")).to_have_text("Not everything could be checked")
    expect(page.locator("#about")).to_contain_text("awa N'Guessan-Écho")
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Verification bundle").set_input_files(trust)
    expect(page.locator("#sentence")).to_have_text("This is not a verification bundle, or it is damaged.")
    page.get_by_label("Trust root").set_input_files(bundle)
    expect(page.locator("#verdict")).to_have_text(re.compile("^Verification not possible: "))
    assert complaints == []
    context.close()


def test_the_page_is_no_larger_than_its_record_says() -> None:
    """ADR 15 and 31 say why it is not a few kilobytes: ML-DSA-44, passkeys, twelve checks, two languages."""
    assert len(verify_page()) < 73_000
    assert len(compress(verify_page())) < 24_000


def test_nothing_in_the_page_can_be_another_or_ask_a_network() -> None:
    text = verify_page().decode()
    for kind, tag in (("script-src", "script"), ("style-src", "style")):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        wanted = b64encode(sha256(content.encode()).digest()).decode()
        assert f"{kind} 'sha256-{wanted}'" in text, f"put sha256-{wanted} into the page's policy"
    assert "default-src 'none'" in text
    assert "http" not in re.sub(r"<meta http-equiv", "", text).replace("http-equiv", "").replace("^https?:", "")
