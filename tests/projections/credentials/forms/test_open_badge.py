"""The credential is valid by the official schema and complete by ISO/IEC 17024 9.4.8, and shows only agreed levels."""

from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft201909Validator  # type: ignore[import-untyped]
from msgspec.structs import replace

from ledger.words import Words
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms import open_badge
from projections.credentials.proofs.data_integrity import sign
from projections.credentials.proofs.json_ld import PACKAGED
from tests.projections.credentials.certified import FACTS, ISSUED, ISSUER, KEY, METHOD, STATUS, with_changes

SCHEMAS = Path(__file__).parent / "schemas"
CREDENTIAL = SCHEMAS / "ob_v3p0_achievementcredential_schema.json"
PROFILE = SCHEMAS / "ob_v3p0_profile_schema.json"


def errors(document: Any, schema: Path) -> list[str]:
    validator = Draft201909Validator(
        msgspec.json.decode(schema.read_bytes()), format_checker=Draft201909Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def badge(facts: CertificateFacts = FACTS) -> dict[str, Any]:
    return open_badge.document(facts, ISSUER, STATUS)


UNAGREED = with_changes(FACTS, scope=tuple(replace(one, achieved=None) for one in FACTS.scheme.scope))
UNENDING = replace(FACTS, expires_on=None)


@pytest.mark.parametrize("facts", [FACTS, UNAGREED, UNENDING], ids=["levels shown", "no level shown", "no end"])
def test_the_official_schemas_accept_it(facts: CertificateFacts) -> None:
    document = badge(facts)
    assert errors(document, CREDENTIAL) == []
    assert errors(document["issuer"], PROFILE) == []
    assert errors(sign(document, KEY, METHOD, ISSUED), CREDENTIAL) == []


def test_the_official_schema_is_not_idle() -> None:
    document = badge()
    document["credentialSubject"]["result"][0]["value"] = 4
    document["credentialStatus"] = [document["credentialStatus"]]
    document["credentialSubject"]["identifier"][0]["name"] = FACTS.holder
    assert len(errors(document, CREDENTIAL)) == 3, "the identity, the result and the status"
    assert errors({}, CREDENTIAL)
    assert errors({}, PROFILE)


def test_every_item_of_9_4_8_is_in_it() -> None:
    document = badge()
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    assert subject["identifier"][1]["identityHash"] == "Awa N’Diaye-Émond"  # (a)
    assert subject["licenseNumber"] == "TOA-PCA-FR-2022-04-PRJ"  # (b)
    assert document["issuer"]["name"] == "Example Customs Body / Organisme douanier d’exemple"  # (c)
    assert (achievement["humanCode"], achievement["version"]) == ("toa-pca", "2022.1")  # (d)
    assert [one["name"] for one in achievement["resultDescription"]] == [  # (e)
        "Technical knowledge / Connaissances techniques",
        "Advisory capacity / Capacité de conseil",
        "Facilitation / Animation",
        "Communication",
    ]
    assert document["validFrom"] == "2022-06-01T00:00:00Z"  # (f)
    assert document["validUntil"] == "2025-05-31T23:59:59Z"
    assert "validUntil" not in badge(UNENDING)


@pytest.mark.parametrize(
    "without",
    [
        *({name: ""} for name in ("holder", "number", "id", "version")),
        *({name: words} for name in ("body", "title") for words in (Words("", "x"), Words("x", ""))),
    ],
    ids=str,
)
def test_no_certificate_without_an_item(without: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no certificate without"):
        badge(with_changes(FACTS, **without))


@pytest.mark.parametrize("without", ["scope", "levels"])
def test_no_certificate_without_a_scope(without: str) -> None:
    with pytest.raises(ValueError, match="no certificate without: scope"):
        badge(with_changes(FACTS, **{without: ()}))


def test_a_level_is_one_of_the_rubric() -> None:
    with pytest.raises(ValueError, match="technical-knowledge: a level"):
        badge(with_changes(FACTS, scope=(replace(FACTS.scheme.scope[0], achieved=6),)))


def test_only_agreed_levels_are_shown_and_each_id_is_described() -> None:
    subject = badge()["credentialSubject"]
    base = "https://pca.example/achievements/toa-pca/2022.1"
    assert [result["achievedLevel"] for result in subject["result"]] == [
        f"{base}#technical-knowledge/4",
        f"{base}#facilitation/5",
    ]
    described = {
        level["id"]
        for description in subject["achievement"]["resultDescription"]
        for level in description["rubricCriterionLevel"]
    }
    assert len(described) == 20
    assert {result["achievedLevel"] for result in subject["result"]} <= described
    assert {one["requiredLevel"] for one in subject["achievement"]["resultDescription"]} <= described
    assert "result" not in badge(UNAGREED)["credentialSubject"]


def test_the_name_is_hashed_as_the_standard_has_it() -> None:
    assert open_badge.identity_hash("a@example.com", "Kosher") == (
        # The value that the schema of IdentityHash gives for it.
        "sha256$b5809d8a92f8858436d7e6b87c12ebc0ae1eac4baecc2c0b913aee2c922ef399"
    )
    hashed = badge()["credentialSubject"]["identifier"][0]
    assert hashed["identityHash"] == f"sha256${sha256('Awa N’Diaye-Émond9f2c41d07be8a653'.encode()).hexdigest()}"


def test_its_status_is_one_revocation_entry() -> None:
    assert badge()["credentialStatus"] == {
        "id": "https://pca.example/status/revocation/0#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": "https://pca.example/status/revocation/0",
    }


def test_every_text_of_it_is_signed() -> None:
    quads = PACKAGED.canonical(badge()).decode()

    def texts(value: Any) -> list[str]:
        match value:
            case dict():
                return [text for key, item in value.items() if key not in ("@context", "type") for text in texts(item)]
            case list():
                return [text for item in value for text in texts(item)]
            case _:
                return [str(value).lower() if isinstance(value, bool) else value]

    assert [text for text in texts(badge()) if text not in quads] == []
