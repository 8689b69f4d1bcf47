"""Certificate numbers: no typing error passes for another number, and what people type is read."""

import contextlib
import string
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.number import ALPHABET, CertificateNumber, Mistyped, NotANumber, NumberError
from tests.scenario import SESSION

FIRST, SECOND = "TOA-PCA-FR-2017-02-BTJ", "TOA-PCA-FR-2017-02.2-MDW"
BOTH_FORMS = (FIRST, SECOND, "TOA-PCA-FR-2017-02-K", "TOA-PCA-FR-2017-02.2-0")
SESSIONS = (SESSION, "TOA-PCA-EN-2024", "PCA-NL-2025-10")


def wrong_characters(text: str) -> Iterator[str]:
    """The text with each letter and digit replaced by each other one."""
    for place, character in enumerate(text):
        for other in ALPHABET.replace(character, "") if character in ALPHABET else "":
            yield text[:place] + other + text[place + 1 :]


def swaps(text: str) -> Iterator[str]:
    """The text with each two neighbours swapped, hyphens and points among them."""
    for place in range(len(text) - 1):
        pair = text[place : place + 2]
        if pair[0] != pair[1]:
            yield text[:place] + pair[::-1] + text[place + 2 :]


def slips(text: str) -> Iterator[str]:
    """The text with one character left out, doubled, or become a hyphen."""
    for place in range(len(text)):
        yield text[:place] + text[place + 1 :]
        yield text[:place] + text[place] + text[place:]
        yield text[:place] + "-" + text[place + 1 :]


def read(text: str) -> CertificateNumber | None:
    try:
        return CertificateNumber.read(text)
    except NumberError:
        return None


@pytest.mark.parametrize("session", SESSIONS)
@pytest.mark.parametrize(("serial", "issue"), [(1, 1), (2, 1), (10, 1), (17, 2), (99, 3), (100, 1), (250, 12)])
def test_every_wrong_character_and_every_swap_is_found(session: str, serial: int, issue: int) -> None:
    """Case V3, exhaustively; lenient reading takes no error for another number either."""
    number = CertificateNumber(session, serial, issue)
    text = str(number)
    assert CertificateNumber.parse(text) == number == CertificateNumber.read(text)
    for wrong in (*wrong_characters(text), *swaps(text)):
        with pytest.raises(NumberError) as said:
            CertificateNumber.parse(wrong)
        assert isinstance(said.value, Mistyped), wrong
        assert read(wrong) in (number, None), wrong


@given(st.from_regex(r"[A-Z0-9]{1,8}(-[A-Z0-9]{1,8}){0,3}", fullmatch=True), st.integers(1, 1000), st.integers(1, 30))
def test_no_slip_turns_a_number_into_another_of_either_form(session: str, serial: int, issue: int) -> None:
    text = str(CertificateNumber(session, serial, issue))
    for wrong in {*wrong_characters(text), *swaps(text)} - {text}:
        with pytest.raises(NumberError):
            CertificateNumber.parse(wrong)
    for wrong in {*slips(text)} - {text}:
        with contextlib.suppress(NumberError):
            assert not CertificateNumber.parse(wrong).first_form


def test_the_check_has_no_character_that_looks_like_another() -> None:
    checks = {str(CertificateNumber(SESSION, serial, 1)).rpartition("-")[2] for serial in range(1, 3000)}
    assert {*"".join(checks)} <= {*string.ascii_uppercase} - {*"AEIOUY"}
    assert {*map(len, checks)} == {3}


@pytest.mark.parametrize("text", BOTH_FORMS)
def test_both_forms_are_read_and_written_as_they_are(text: str) -> None:
    number = CertificateNumber.parse(text)
    assert str(number) == text
    assert number.first_form is (len(text.rpartition("-")[2]) == 1)
    assert number == CertificateNumber(SESSION, 2, number.issue, number.first_form)


@pytest.mark.parametrize(
    "ways",
    [
        lambda n: n.lower(),
        lambda n: n.replace("-", " "),
        lambda n: n.replace("-", "\N{EN DASH}"),
        lambda n: n.replace("-", "\N{NON-BREAKING HYPHEN}"),
        lambda n: n.replace("-", "\N{MINUS SIGN}"),
        lambda n: n.replace("-", "\N{SOFT HYPHEN}"),
        lambda n: n.replace("-", " \N{EM DASH} "),
        lambda n: n.replace("-", "\N{NO-BREAK SPACE}"),
        lambda n: n.replace("-", "\N{NARROW NO-BREAK SPACE}\N{ZERO WIDTH SPACE}"),
        lambda n: n.replace("2017", "2Ol7"),
        lambda n: n.replace("2017", "2OI7").replace("TOA", "T0A"),
        lambda n: n.replace("-02", "-O2"),
        lambda n: n.replace(".2-0", ".2-O"),
        lambda n: n.replace(".", " . "),
        lambda n: f"<{n}>",
        lambda n: f"« {n} ».",
        lambda n: f"\ufeff“{n}”,\r\n",
        lambda n: "".join(chr(ord(c) + 0xFEE0) for c in n),
    ],
)
@pytest.mark.parametrize("text", BOTH_FORMS)
def test_what_people_type_is_read(text: str, ways: object) -> None:
    """Case V2."""
    assert callable(ways)
    assert str(CertificateNumber.read(ways(text))) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("toa-pca-nl-2017", "TOA-PCA-NL-2017"),
        ("TOA-PCA-Cl-2017", "TOA-PCA-CI-2017"),
        ("TOA-PCA-C1-2O17", "TOA-PCA-CI-2017"),
        ("PCA2O17", "PCA2017"),
        ("PCA-1O", "PCA-10"),
        ("OIL-1", "OIL-1"),
        ("A0-1", "A0-1"),
    ],
)
def test_a_confused_character_is_what_those_around_it_are(typed: str, meant: str) -> None:
    written = str(CertificateNumber(meant, 3, 1))
    assert str(CertificateNumber.read(typed + written.removeprefix(meant))) == written


def test_where_letters_and_digits_meet_nothing_is_guessed() -> None:
    written = str(CertificateNumber("PCA-A1B2", 3, 1))
    assert str(CertificateNumber.read(written)) == written
    with pytest.raises(Mistyped):
        CertificateNumber.read(str(CertificateNumber("PCA-A02", 3, 1)).replace("A02", "AO2"))


@pytest.mark.parametrize("check", ["BTL", "BLT", "LLL"])
def test_in_the_check_an_l_cannot_be_an_i_or_a_1(check: str) -> None:
    ending = {str(CertificateNumber(SESSION, serial, 1)).rpartition("-")[2]: serial for serial in range(1, 9999)}
    if check in ending:
        written = str(CertificateNumber(SESSION, ending[check], 1))
        for confused in "1Il":
            typed = written.removesuffix(check) + check.replace("L", confused)
            assert str(CertificateNumber.read(typed)) == written


@pytest.mark.parametrize(
    "text",
    ["", "hello", "not-a-number", "2024-05-06", "report-2024-1.pdf", "9f1c2d3e-aaaa-4bbb-8ccc-123456789abc", "-"],
)
def test_what_is_no_number_is_said_to_be_none(text: str) -> None:
    with pytest.raises(NotANumber) as said:
        CertificateNumber.read(text)
    assert said.value.words.en
    assert said.value.words.fr


@pytest.mark.parametrize("text", [FIRST * 5, "A-" * 60 + "01-K"])
def test_a_long_text_is_no_number(text: str) -> None:
    with pytest.raises(NotANumber):
        CertificateNumber.read(text)


@pytest.mark.parametrize(
    "text", ["TOA-PCA-FR-2017-0X-K", "TOA-PCA-FR-2017-02-BT", "TOA-PCA-FR-2017-2-BTJ", "TOA-PCA-FR-2017-02.-MDW"]
)
def test_what_is_nearly_a_number_is_mistyped(text: str) -> None:
    with pytest.raises(Mistyped) as said:
        CertificateNumber.read(text)
    assert said.value.words.fr.startswith("vérifiez")


@given(st.text(max_size=120))
def test_any_text_is_read_or_refused(text: str) -> None:
    number = read(text)
    assert number is None or CertificateNumber.parse(str(number)) == number
