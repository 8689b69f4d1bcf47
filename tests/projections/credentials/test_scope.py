"""A scope that changes: pages and checks before the reissue, and the documents after it."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from projections.credentials.forms import baking, sd_jwt
from projections.credentials.forms.catalogue import FORMS
from projections.credentials.proofs import vc_jwt
from tests.api.checking.test_verifying import kept, presented, results
from tests.api.public.documents.test_serving import HTML, _followed, _is_set, _list
from tests.issued import P256, URL, make_documents
from tests.projections.credentials.forms.test_diploma import pages
from tests.scenario import COMPETENCIES, value
from tests.support import World

AWA = {"certification_id": "c-awa"}
THEORY, SKILLS, COMMUNICATION, ADVICE = COMPETENCIES
REMAINING, REMOVED = (THEORY, ADVICE), (SKILLS, COMMUNICATION)
NOTICE = {
    "en": "the scope of the certification differs from the one stated in this document",
    "fr": "pas celle qu’indique ce document",
}


def reduce(world: World) -> None:
    """Reduce the scope to theory and advice, from 1 February 2018."""
    since: dict[str, Any] = {"effective_from": date(2018, 2, 1), "reason_code": "competence-lost"}
    world.do("reduce-scope", "decider1", "decider2", **AWA, removed=list(REMOVED), **since)
    world.now = datetime(2018, 2, 2, 12, tzinfo=UTC)


def reissue(world: World) -> str:
    """Reissue the certificate for the changed scope, make its documents, and return its number."""
    world.do("reissue-certificate", "registrar", **AWA, reason_code="scope-changed")
    assert make_documents(world) == 1
    return world.ledger.documents.sets()[-1].number


def in_badge(credential: dict[str, Any]) -> list[str]:
    """The competencies of an Open Badge."""
    described = credential["credentialSubject"]["achievement"]["resultDescription"]
    return [result["name"] for result in described]


def test_every_form_states_the_reduced_scope(issued: World, number: str, tmp_path: Path) -> None:
    reduce(issued)
    before = {form.name: kept(issued, number, form.name) for form in FORMS}
    new = reissue(issued)
    assert {form.name: kept(issued, number, form.name) for form in FORMS} == before, "kept byte for byte"
    badge = kept(issued, new, "jsonld")
    assert in_badge(msgspec.json.decode(badge)) == list(REMAINING)
    assert baking.credential_in_png(kept(issued, new, "png")) == badge.decode()
    assert baking.credential_in_svg(kept(issued, new, "svg")) == badge.decode()
    token = vc_jwt.verify_vc_jwt(kept(issued, new, "jwt").decode(), lambda _: P256.public)
    assert in_badge(token) == list(REMAINING)
    claims = sd_jwt.verify_sd_jwt(kept(issued, new, "sd-jwt").decode(), lambda _: P256.public)
    assert [term["id"] for term in claims["scope"]] == list(REMAINING)
    for page in pages(tmp_path, kept(issued, new, "pdf")):
        assert all(name in page for name in REMAINING)
        assert not any(name in page for name in REMOVED)


def test_what_a_reduced_scope_attests_has_an_address_of_its_own(issued: World, client: TestClient, number: str) -> None:
    whole = msgspec.json.decode(kept(issued, number, "jsonld"))["credentialSubject"]["achievement"]
    reduce(issued)
    part = msgspec.json.decode(kept(issued, reissue(issued), "jsonld"))["credentialSubject"]["achievement"]
    assert part["id"] == f"{whole['id']}?scope={THEORY},{ADVICE}"
    for achievement in (whole, part):
        served = client.get(achievement["id"].removeprefix(URL)).json()
        assert served == {key: value for key, value in achievement.items() if key != "inLanguage"} | {
            "@context": served["@context"]
        }
    unknown = client.get(f"{whole['id'].removeprefix(URL)}?scope={THEORY},juggling")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown")


def test_a_level_that_was_assessed_anew_is_not_told(issuer: World) -> None:
    issuer.do("give-results-consent", "registrar", person_id="awa")
    make_documents(issuer)
    issuer.now = datetime(2018, 1, 15, 12, tzinfo=UTC)
    reduce(issuer)
    day, evidence = date(2018, 2, 2), {"name": "evidence", "value": "assessment"}
    extension = {"added": [SKILLS], "assessed_on": day, "effective_from": day, "evidence": evidence}
    issuer.do("extend-scope", "decider1", "decider2", **AWA, **extension)
    subject = msgspec.json.decode(kept(issuer, reissue(issuer), "jsonld"))["credentialSubject"]
    assert len(subject["achievement"]["resultDescription"]) == 3
    told = {result["resultDescription"].partition("#")[2] for result in subject["result"]}
    assert told == set(REMAINING)


@pytest.mark.parametrize("form", [form.name for form in FORMS])
def test_a_document_that_states_more_than_is_certified_is_not_valid(
    client: TestClient, issued: World, number: str, form: str
) -> None:
    reduce(issued)
    _followed(client, issued)
    found = presented(client, kept(issued, number, form))
    assert (found["verdict"], results(found)["status"]) == ("authentic-but-not-in-force", "failed")
    assert {code for code, result in results(found).items() if result == "failed"} == {"status"}
    assert presented(client, kept(issued, number, form), on="2018-01-31")["verdict"] == "in-force"
    new = reissue(issued)
    _followed(client, issued)
    assert presented(client, kept(issued, new, form))["verdict"] == "in-force"
    assert presented(client, kept(issued, number, form))["verdict"] == "authentic-but-not-in-force"


@pytest.mark.parametrize("language", NOTICE)
def test_the_page_says_that_the_scope_has_changed_until_it_is_superseded(
    client: TestClient, issued: World, number: str, language: str
) -> None:
    def page(number: str, **asked: str) -> str:
        _followed(client, issued)
        return client.get(f"/certificates/{number}", params={"lang": language, **asked}, headers=HTML).text

    assert NOTICE[language] not in page(number)
    reduce(issued)
    assert NOTICE[language] in page(number)
    assert NOTICE[language] not in page(number, on="2018-01-31")
    assert NOTICE[language] not in page(number, known_on="2018-01-14"), "not known yet"
    token = issued.ledger.documents.sets()[0].token
    assert NOTICE[language] in client.get(f"/holder/{token}?lang={language}", headers=HTML).text
    new = reissue(issued)
    assert NOTICE[language] not in page(number)
    assert f'href="/certificates/{new}' in page(number)
    assert NOTICE[language] not in page(new)
    assert NOTICE[language] in page(new, on="2018-01-31")


def test_programs_read_both_scopes_and_lists_revoke_the_superseded_document(
    client: TestClient, issued: World, number: str
) -> None:
    def scopes(number: str) -> tuple[list[str], list[str]]:
        _followed(client, issued)
        found = client.get(f"/certificates/{number}", headers={"Accept": "application/json"}).json()
        return [term["id"] for term in found["scope"]], [term["id"] for term in found["scope_on_day"]]

    def is_revoked(number: str) -> bool:
        return _is_set(_list(client, "revocation"), issued.ledger.documents.place(number).index)

    assert scopes(number) == (list(COMPETENCIES), list(COMPETENCIES))
    reduce(issued)
    assert scopes(number) == (list(COMPETENCIES), list(REMAINING))
    assert is_revoked(number), "others, who know no scope, refuse it as we do"
    assert _is_set(_list(client, "suspension"), issued.ledger.documents.place(number).index), (
        "a change may be taken back"
    )
    assert not _is_set(_list(client, "revocation", "2018-01-31T12:00:00Z"), issued.ledger.documents.place(number).index)
    new = reissue(issued)
    assert scopes(new) == (list(REMAINING), list(REMAINING))
    assert (is_revoked(number), is_revoked(new)) == (True, False)


def test_a_scope_that_is_whole_again_makes_the_first_document_acceptable_again(
    client: TestClient, issued: World, number: str
) -> None:
    index = issued.ledger.documents.place(number).index
    reduce(issued)
    assert _is_set(_list(client, "revocation"), index)
    again: dict[str, Any] = {
        "added": list(REMOVED),
        "assessed_on": date(2018, 2, 5),
        "evidence": value("evidence", "7"),
    }
    issued.now = datetime(2018, 2, 6, 12, tzinfo=UTC)
    issued.do("extend-scope", "decider1", "decider2", **AWA, effective_from=date(2018, 2, 6), **again)
    issued.now = datetime(2018, 2, 7, tzinfo=UTC)
    assert not _is_set(_list(client, "revocation"), index)
    assert not _is_set(_list(client, "suspension"), index)


def test_the_history_tells_the_change_in_both_languages(client: TestClient, issued: World, number: str) -> None:
    reduce(issued)
    new = reissue(issued)
    _followed(client, issued)
    for language, told in (("en", "Scope reduced"), ("fr", "Portée réduite")):
        assert told in client.get(f"/certificates/{new}/history?lang={language}", headers=HTML).text
