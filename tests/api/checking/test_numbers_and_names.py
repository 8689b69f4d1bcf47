"""A number or a QR code is looked up: the answer is about the number, and the paper is for a person to compare."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
import segno
from starlette.testclient import TestClient

from api.doors.rates import LIMITS
from tests.api.checking.test_verifying import HTML, followed, presented
from tests.issued import URL
from tests.support import World

NAME = "awa N'Guessan-Écho"


def compared(client: TestClient, number: str, name: str, **asked: str) -> object:
    answer = client.post("/verify/name", data={"number": number, "name": name}, params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert NAME not in answer.text
    return answer.json()["matches"]


def code_of(number: str) -> bytes:
    picture = BytesIO()
    segno.make(f"{URL}/certificates/{number}", error="m").save(picture, kind="png", scale=6)
    return picture.getvalue()


@pytest.fixture
def unlisted(client: TestClient, issued: World) -> World:
    """Awa no longer agrees to be listed."""
    issued.do("withdraw-listing-consent", "registrar", person_id="awa")
    followed(client, issued)
    return issued


def test_a_photographed_code_says_whose_the_number_is_and_nothing_of_the_paper(client: TestClient, number: str) -> None:
    """Case V1."""
    for data in (code_of(number), number.encode()):
        found = presented(client, data)
        assert (found["read"], found["holder"], found["verdict"]) == ("number", NAME, "in-force")
        assert found["sentence_en"] == (
            f"Number {number} belongs to {NAME} (Senegal). Compare this name with the paper. Valid until 18 May 2020."
        )
        assert found["sentence_fr"] == (
            f"Le numéro {number} appartient à {NAME} (Senegal). Comparez ce nom à celui du document. Valide jusqu’au "
            "18 mai 2020."
        )
        assert "uthentic" not in found["verdict_en"] + found["sentence_en"]
    page = client.post("/verify?lang=fr", files={"file": ("photo.png", code_of(number))}, headers=HTML).text
    assert f'<img src="/certificates/{number}/diploma.png"' in page
    assert client.get(f"/certificates/{number}/diploma.png").headers["content-type"] == "image/png"


@pytest.mark.usefixtures("unlisted")
def test_a_number_of_somebody_who_is_not_listed_names_nobody_and_shows_no_picture(
    client: TestClient, number: str
) -> None:
    found = presented(client, number.encode())
    assert (found["read"], found["holder"], found["verdict"]) == ("number", None, "in-force")
    assert found["sentence_en"].startswith(f"Number {number} exists. Its holder's name is not public")
    page = client.get(f"/verify?number={number}", headers=HTML).text
    assert "Guessan" not in page
    assert "diploma.png" not in page
    assert f'<input type="hidden" name="number" value="{number}">' in page


def test_what_is_not_in_force_is_not_called_authentic_by_its_number(client: TestClient, number: str) -> None:
    found = presented(client, number.encode(), on="2017-05-18")
    assert (found["verdict"], found["verdict_en"]) == ("authentic-but-not-in-force", "Number not in force")
    assert found["sentence_en"].endswith("On 18 May 2017: not in force before 19 May 2017.")


@pytest.mark.usefixtures("unlisted")
@pytest.mark.parametrize(
    "name",
    [NAME, "AWA N’GUESSAN-ECHO", "N'Guessan-Écho, Awa", " écho awa nguessan ", "Awa N\u02bcGuessan\u2011E\u0301cho"],
)
def test_the_name_on_the_paper_is_compared_in_any_spelling(client: TestClient, number: str, name: str) -> None:
    assert compared(client, number, name) is True
    assert compared(client, number.lower().replace("-", "\u2013"), name) is True


@pytest.mark.parametrize(
    "name",
    ["Eve", "Awa", "N'Guessan-Écho", "Awa N'Guessan", "Awa N'Guessan-Écho Eve", "Awa N'Guessan-Echa", "...", "*"],
)
def test_a_part_of_the_name_or_another_is_none(client: TestClient, number: str, name: str) -> None:
    assert compared(client, number, name) is False


@pytest.mark.usefixtures("unlisted")
def test_the_comparison_is_on_the_page_in_both_languages(client: TestClient, number: str) -> None:
    def page(name: str, language: str) -> str:
        sent = {"number": number, "name": name}
        return client.post(f"/verify/name?lang={language}", data=sent, headers=HTML).text

    assert "The name matches" in page(NAME, "en")
    assert "Le nom ne correspond pas" in page("Eve", "fr")
    assert "Guessan" not in page("Eve", "en")


def test_an_erased_name_can_no_longer_be_compared(client: TestClient, issued: World, number: str) -> None:
    issued.now = datetime(2020, 6, 1, 12, tzinfo=UTC)
    issued.do("erase-personal-data", "protection", "security", person_id="awa", basis_code="request")
    followed(client, issued)
    assert compared(client, number, NAME) is None
    sent = {"number": number, "name": NAME}
    assert "The name cannot be compared" in client.post("/verify/name", data=sent, headers=HTML).text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": "Awa"}, 400),
        ({"number": "X", "name": "Awa"}, 400),
        ({"number": "TOA-PCA-FR-2017-99-K", "name": "Awa"}, 400),
        ({"number": "{}", "name": " "}, 400),
        ({"number": "{}", "name": "x" * 201}, 400),
    ],
)
def test_it_asks_for_a_number_and_a_whole_name(
    client: TestClient, number: str, sent: dict[str, str], status: int
) -> None:
    fields = {name: value.format(number) for name, value in sent.items()}
    assert client.post("/verify/name", data=fields).status_code == status
    broken = {"Content-Type": "multipart/form-data; boundary="}
    assert client.post("/verify/name", content=b"--x", headers=broken).status_code == 400


def test_who_guesses_names_is_soon_told_to_wait() -> None:
    (limit,) = (limit for limit in LIMITS if limit.path.fullmatch("/verify/name"))
    assert (limit.name, limit.of_client) == ("name", 10)


def mistyped(number: str) -> str:
    return number.replace("2017", "2018")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_mistyped_number_is_said_beside_the_field_that_keeps_it(
    client: TestClient, number: str, language: str
) -> None:
    """Case V3."""
    wrong = mistyped(number)
    says = {"en": "one character looks mistyped", "fr": "un caractère semble mal saisi"}[language]
    for page in (
        client.get(f"/verify?number={wrong}&lang={language}", headers=HTML).text,
        client.post(f"/verify?lang={language}", data={"text": wrong}, headers=HTML).text,
    ):
        field = page[page.index("<textarea") : page.index("</textarea>")]
        assert field.endswith(f">{wrong}")
        assert 'aria-invalid="true"' in field
        assert 'aria-describedby="text-problem text-hint"' in field
        problem = page[page.index('id="text-problem"') :].partition("</p>")[0]
        assert says in problem
        assert "not-authentic" not in page
        assert "<table" not in page
    found = presented(client, wrong.encode())
    assert (found["verdict"], len(found["checks"])) == ("not-checked", 1)
    assert says in found[f"sentence_{language}"]


@pytest.mark.parametrize(
    "written",
    [
        "{lower}", "{spaced}", "{dashes}", "{hyphens}", "{minus}", "{number}.", "<{number}>", "“{number}”", " {number} ",
        "{url}/certificates/{number}#share", "{url}/certificates/{number}.pdf", "{url}/certificates/{number}?lang=fr",
        "{url}/certificates/{number}.json", "{url}/certificates/{number}/", "{confused}",
    ],
)  # fmt: skip
def test_a_number_is_read_leniently_at_every_door(client: TestClient, number: str, written: str) -> None:
    """Case V2."""
    text = written.format(
        number=number,
        url=URL,
        lower=number.lower(),
        spaced=number.replace("-", " "),
        dashes=number.replace("-", "\u2013"),
        hyphens=number.replace("-", "\u2011"),
        minus=number.replace("-", "\u2212"),
        confused=number.replace("0", "O").replace("1", "l"),
    )
    assert presented(client, text.encode())["number"] == number
    assert client.get("/verify", params={"number": text}).json()["verdict"] == "in-force"
    table = client.post("/verify", content=f'number\n"{text}"\n'.encode(), headers={"Content-Type": "text/csv"})
    assert "in-force" in table.text
    assert f"Number {number}" in client.post("/verify", data={"text": text}, headers=HTML).text
