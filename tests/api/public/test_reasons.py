"""Why a certification was suspended, withdrawn or reduced is in nothing that is public; case V12."""

import io
import re
import zipfile
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin

from starlette.testclient import TestClient

from api.words.vocabulary import CODES
from ledger.disclosures import Disclosure
from ledger.domain.form import SEALED_CODES
from ledger.domain.record import Stream
from ledger.signing.envelope import open_envelope
from tests.api.public.test_pages import followed
from tests.scenario import value
from tests.support import World, held_about

TEXT = "an inquiry of the fraud unit"
REASONS = {
    TEXT,
    *(f'"{code}"' for codes in SEALED_CODES.values() for code in codes if code != "renewed"),  # a kind of change too
    *(words for code in ("under-review", "misconduct", "competence-lost", "name-changed") for words in CODES[code]),
}
AWA = {"certification_id": "c-awa"}


def tell(world: World) -> None:
    """A certification is suspended, reduced, issued again and withdrawn, for reasons that only officers know."""
    why = value("reason", TEXT)
    world.do("suspend-certification", **AWA, effective_from="2018-01-20", reason_code="under-review", reason=why)
    world.do("lift-suspension", **AWA, effective_from="2018-01-21")
    world.do(
        "reduce-scope",
        **AWA,
        removed=["communication"],
        effective_from="2018-01-22",
        reason_code="competence-lost",
        reason=why,
    )
    world.do("reissue-certificate", "registrar", **AWA, reason_code="name-changed")
    world.do("withdraw-certification", **AWA, effective_from="2018-01-23", reason_code="misconduct", reason=why)
    world.now = datetime(2018, 2, 15, 12, tzinfo=UTC)


def public(client: TestClient, world: World) -> Iterator[tuple[str, bytes]]:
    """Everything that anyone can fetch of awa, and what links from there."""
    waiting = ["/", "/advisors", "/log", "/checkpoint", "/feed.atom"]
    waiting += [f"/certificates/{number}" for number in numbers(world)]
    seen: set[str] = set()
    while waiting:
        path = waiting.pop()
        if path in seen or len(seen) > 150:
            continue
        seen.add(path)
        for accept in ("text/html", "application/json"):
            said = client.get(path, headers={"Accept": accept})
            if said.status_code != 200:
                continue
            yield f"{path} as {accept}", said.content
            for link in re.findall(r'(?:href|src|url)"?[=:] ?"([^"#]+)', said.text):
                address = urljoin(f"{client.base_url}{path}", link)
                if address.startswith(str(client.base_url)):
                    waiting.append(address.removeprefix(str(client.base_url)).replace("&amp;", "&"))


def numbers(world: World) -> list[str]:
    documents = (s.event.facts for s in world.ledger.signed_events(Stream("certification", "c-awa")))
    return [document.certificate.number for document in documents if hasattr(document, "certificate")]


def opened(content: bytes) -> str:
    """The text of an answer, with the payloads of statements and the files of an archive in clear."""
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return "\n".join(opened(archive.read(name)) for name in archive.namelist())
    text = content.decode("utf-8", "replace")
    inside = [b64decode(found) for found in re.findall(r"[A-Za-z0-9+/]{80,}={0,2}", text) if len(found) % 4 == 0]
    return "\n".join([text, *(opened(part) for part in inside)])


def test_no_reason_is_in_anything_public(client: TestClient, listed: World) -> None:
    tell(listed)
    followed(client, listed)
    found, bundles = [], 0
    for where, content in public(client, listed):
        text = opened(content)
        bundles += "withdrawal_reason" in text
        told = [reason for reason in REASONS if reason in text]
        found += [(where, told)] if told else []
    assert found == []
    assert bundles >= 2  # a bundle, and it as an archive: their statements were looked into


def test_every_reason_has_a_salt_of_its_own_and_goes_with_the_person(listed: World) -> None:
    listed.do("suspend-certification", **AWA, effective_from="2018-01-20", reason_code="under-review")
    listed.do("lift-suspension", **AWA, effective_from="2018-01-21")
    listed.do("suspend-certification", **AWA, effective_from="2018-01-22", reason_code="under-review")
    held = [one for one in held_about(listed, "awa") if one.name == "suspension_reason"]
    sealed = [Disclosure.parse(one.encoded) for one in held]
    assert [disclosure.value for disclosure in sealed] == ["under-review"] * 2
    assert len({disclosure.digest for disclosure in sealed}) == len({disclosure.salt for disclosure in sealed}) == 2
    for entry in listed.ledger.entries(0, listed.ledger.size()):
        assert b"under-review" not in open_envelope(entry.state).payload
    listed.do("withdraw-certification", **AWA, effective_from="2018-01-23", reason_code="other")
    listed.now = datetime(2018, 2, 15, 12, tzinfo=UTC)
    listed.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    assert held_about(listed, "awa") == []
