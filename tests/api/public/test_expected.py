"""What was expected of a field is said in French to who reads French, and never repeats what was sent."""

import pytest
from pydantic import TypeAdapter, ValidationError
from starlette.testclient import TestClient

from api.expected import expected

FRENCH = {"Accept-Language": "fr"}


@pytest.mark.parametrize(
    ("path", "field", "english", "french"),
    [
        ("/advisors?q=" + "x" * 201, "q", "at most 200 characters", "au plus 200 caractères"),
        ("/certificates/TOA-PCA-FR-2017-02-BTJ?format=xml", "format", "pattern", "un texte de la forme ^(html|"),
        ("/changes?after=x", "after", "integer", "un nombre entier"),
        ("/changes?after=" + "9" * 5000, "after", "integer", "un nombre entier de moins de chiffres"),
        ("/changes?after=-1", "after", "greater than or equal to 0", "au moins 0"),
        ("/changes?limit=1000000", "limit", "less than or equal to", "au plus "),
        ("/keys/X.jwk", "key_id", "pattern", "un texte de la forme ^[0-9a-f]{32}$"),
    ],
)
def test_a_wrong_field_is_told_in_the_language_asked(
    client: TestClient, path: str, field: str, english: str, french: str
) -> None:
    said = client.get(path, headers={"Accept-Language": "en"}).json()
    assert [error["field"] for error in said["errors"]] == [field]
    assert english in said["errors"][0]["expected"]
    assert said["detail"] == f"{field}: {said['errors'][0]['expected']}"
    told = client.get(path, headers=FRENCH).json()
    assert told["errors"][0]["expected"].startswith(f"attendu : {french}")
    assert told["detail"] == f"{field} : {told['errors'][0]['expected']}"
    page = client.get(path, headers={**FRENCH, "Accept": "text/html"}).text
    assert "Attendu : " in page


def test_several_wrong_fields_are_each_told(client: TestClient) -> None:
    told = client.get("/changes?after=x&limit=0", headers=FRENCH).json()
    assert told["detail"] == "incorrect : after, limit"
    assert [error["expected"] for error in told["errors"]] == ["attendu : un nombre entier", "attendu : au moins 1"]


def test_an_error_without_words_names_its_type() -> None:
    with pytest.raises(ValidationError) as raised:
        TypeAdapter(bool).validate_python("perhaps {x}")
    (error,) = raised.value.errors()
    assert expected(error)[1] == "attendu : une autre valeur (bool_parsing)"
