"""Diplomas state every item, are accessible and archivable, and no text breaks them."""

from datetime import date
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops

from ledger.domain.form import TEXT_FORMS
from ledger.words import Words
from projections.credentials.facts import CertificateFacts
from projections.credentials.forms.diploma import diploma
from projections.credentials.forms.emblem import Emblems, drawable
from projections.credentials.forms.pdf_picture import first_page
from tests.programs import printed_by
from tests.projections.credentials.specimen import CREDENTIAL, FACTS, ISSUER, facts_with, unsealed

URL = "https://register.example/certificates/TOA-PCA-FR-2024-10-1"


def pages(folder: Path, made: bytes) -> list[str]:
    """The text of each page, with its lines joined."""
    file = folder / "diploma.pdf"
    file.write_bytes(made)
    text = printed_by("pdftotext", "-layout", file, "-")
    return [" ".join(page.split()) for page in text.removesuffix("\f").split("\f")]


def words_of(folder: Path, made: bytes) -> list[str]:
    """The text of each page in the order in which it is read, with its lines joined."""
    (folder / "read.pdf").write_bytes(made)
    text = printed_by("pdftotext", "-raw", folder / "read.pdf", "-")
    return [" ".join(page.split()) for page in text.removesuffix("\f").split("\f")]


def made(certificate: CertificateFacts, *, official: bool = False) -> bytes:
    return diploma(certificate, ISSUER, CREDENTIAL, official)


def test_every_item_of_9_4_8_is_on_it_in_both_languages(tmp_path: Path) -> None:
    french, english = words_of(tmp_path, unsealed())
    for page in (french, english):
        for item in (FACTS.holder, FACTS.number, "version 2.0.0", "2016", "Abidjan", URL):
            assert item in page
        assert FACTS.scheme.id not in page, "an internal code"
    for item in (
        *("Organisation douanière d’exemple", FACTS.scheme.title.fr, *(term.name.fr for term in FACTS.scheme.scope)),
        *(
            "1er novembre 2024",
            "Fin du 31 octobre 2027",
            "30 octobre 2024",
            "du 14 au 18 octobre 2024",
        ),
    ):
        assert item in french
    for item in (
        *("Example Customs Organisation", FACTS.scheme.title.en, *(term.name.en for term in FACTS.scheme.scope)),
        *(
            "1 November 2024",
            "At the end of 31 October 2027",
            "30 October 2024",
            "14 to 18 October 2024",
        ),
    ):
        assert item in english


def test_it_names_who_decided_and_their_office(tmp_path: Path) -> None:
    french, english = words_of(tmp_path, unsealed())
    for signatory in FACTS.signatories:
        assert f"{signatory.name} {signatory.office.fr}" in french
        assert f"{signatory.name} {signatory.office.en}" in english
    unnamed = tuple(replace(one, name=None) for one in FACTS.signatories)
    french, english = words_of(tmp_path, made(facts_with(signatories=unnamed)))
    assert "Dembélé" not in french + english
    assert english.count("Member of the decision authority") == 2


def test_no_diploma_fails_by_the_name_of_a_signatory(tmp_path: Path) -> None:
    first, second = FACTS.signatories
    _, english = words_of(tmp_path, made(facts_with(signatories=(replace(first, name="张伟"), second))))
    assert "Jonas Lindqvist" in english
    assert english.count("Member of the decision authority") == 2
    with pytest.raises(ValueError, match="could not be displayed"):
        made(facts_with(holder="张伟", signatories=(replace(first, name="张伟"), second)))


def test_its_rosette_is_that_of_the_award(tmp_path: Path) -> None:
    other = made(facts_with(leaf=bytes(32)))
    assert other != made(FACTS)
    for leaf, pdf in ((bytes(32), other), (FACTS.leaf, made(FACTS))):
        digits = " ".join(leaf.hex()[at : at + 4] for at in range(0, 16, 4))
        assert all(digits in page for page in words_of(tmp_path, pdf))


def test_a_date_is_not_broken_over_lines(tmp_path: Path) -> None:
    (tmp_path / "lines.pdf").write_bytes(made(facts_with(scope=FACTS.scheme.scope * 3)))
    lines = printed_by("pdftotext", "-raw", tmp_path / "lines.pdf", "-").replace("\N{NO-BREAK SPACE}", " ").splitlines()
    for day in ("1er septembre 2016", "1er novembre 2024", "31 octobre 2027", "14 au 18 octobre 2024"):
        assert any(day in line for line in lines), day
    for day in ("1 September 2016", "1 November 2024", "31 October 2027", "14 to 18 October 2024"):
        assert any(day in line for line in lines), day


def test_a_logo_and_a_seal_have_their_place(tmp_path: Path) -> None:
    star = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#0a0" d="M0 0h9v9H0z"/></svg>'
    written = BytesIO()
    Image.new("RGBA", (90, 90), (255, 0, 0, 255)).save(written, "PNG")
    emblems = Emblems(logo=drawable("svg", star.encode()), seal=drawable("png", written.getvalue()))
    with_both = diploma(FACTS, ISSUER, CREDENTIAL, official=True, emblems=emblems)
    drawn = Image.open(BytesIO(first_page(with_both))).convert("RGB")
    without = Image.open(BytesIO(first_page(made(FACTS, official=True)))).convert("RGB")
    for colour in ((0, 170, 0), (255, 0, 0)):
        assert count(drawn, colour) > 1500 > 0 == count(without, colour)
    assert len(words_of(tmp_path, with_both)) == 2


def count(image: Image.Image, colour: tuple[int, int, int]) -> int:
    """How many pixels have about this colour."""
    channels = [
        band.point(lambda value, wanted=wanted: 255 * (abs(value - wanted) < 30))
        for band, wanted in zip(image.split(), colour, strict=True)
    ]
    return ImageChops.darker(ImageChops.darker(channels[0], channels[1]), channels[2]).histogram()[255]


def test_a_picture_that_cannot_be_drawn_is_refused() -> None:
    noise = BytesIO()
    Image.effect_noise((400, 400), 200).save(noise, "PNG")
    with pytest.raises(ValueError, match="a simpler or smaller picture"):
        drawable("png", noise.getvalue())
    with pytest.raises(ValueError, match=r"emblem\.typ"):
        drawable("svg", b"<svg")


def test_the_language_of_the_certificate_comes_first(tmp_path: Path) -> None:
    english, french = pages(tmp_path, made(facts_with(language="en")))
    assert "It is certified that" in english
    assert "Il est certifié que" in french
    with pikepdf.open(BytesIO(made(facts_with(language="en")))) as pdf:
        assert str(pdf.Root.Lang) == "en"


def test_that_there_is_no_expiry_is_stated(tmp_path: Path) -> None:
    french, english = pages(tmp_path, made(facts_with(expires_on=None)))
    assert "Échéance Aucune : valable jusqu’au retrait" in french
    assert "Expiry None: in force until it is withdrawn" in english


@pytest.mark.parametrize("official", [True, False])
def test_a_demonstration_says_that_it_is_no_certificate(tmp_path: Path, official: bool) -> None:
    french, english = pages(tmp_path, made(FACTS, official=official))
    assert ("ceci n’est pas un certificat officiel" in french) == (not official)
    assert ("this is not an official certificate" in english) == (not official)


def test_it_is_made_for_archives_and_for_readers_aloud() -> None:
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        root = pdf.Root
        assert str(root.Lang) == "fr"
        assert root.MarkInfo.Marked
        assert root.ViewerPreferences.DisplayDocTitle
        assert root.OutputIntents[0].S == "/GTS_PDFA1"
        metadata = pdf.open_metadata()
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"], metadata["pdfuaid:part"]) == ("3", "A", "1")
        assert FACTS.number in metadata["dc:title"]
        assert metadata["xmp:CreateDate"].startswith("2024-10-30T09:00:00")
        kinds, languages, alternatives = set(), set(), []
        nodes = [root.StructTreeRoot.K]
        while nodes:
            node = nodes.pop()
            if isinstance(node, pikepdf.Array):
                nodes += list(node)
            elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
                kinds.add(str(node.S))
                languages |= {str(node.Lang)} if "/Lang" in node else set()
                alternatives += [str(node.Alt)] if "/Alt" in node else []
                nodes.append(node.get("/K", pikepdf.Array()))
        assert {"/H1", "/H2", "/L", "/Link"} <= kinds
        assert "en" in languages
        assert [URL in alternative for alternative in alternatives if "QR" in alternative] == [True, True]
        assert [page.Tabs for page in pdf.pages] == ["/S", "/S"]


def test_the_credential_is_attached_byte_for_byte() -> None:
    with pikepdf.open(BytesIO(unsealed())) as pdf:
        attached = pdf.attachments["credential.json"]
        file = attached.get_file()
        assert file.read_bytes() == CREDENTIAL
        assert file.mime_type == "application/vc+ld+json"
        (associated,) = pdf.Root.AF
        assert associated.AFRelationship == "/Data"
        assert FACTS.number in attached.description


def test_the_code_on_the_page_is_the_address_of_the_certificate(tmp_path: Path) -> None:
    (tmp_path / "diploma.pdf").write_bytes(unsealed())
    printed_by("pdftoppm", "-r", 100, "-png", tmp_path / "diploma.pdf", tmp_path / "page")
    for page in (1, 2):
        read = printed_by("zbarimg", "-q", "--raw", tmp_path / f"page-{page}.png")
        assert read.splitlines()[:1] == [URL]


def test_the_same_certificate_is_the_same_bytes() -> None:
    assert made(FACTS) == made(FACTS) == unsealed()


@pytest.mark.parametrize(
    "holder",
    [
        "Ọláìyá Ńdèlé Ɓalla d’Àlmeida",
        "Ģirts Ķēniņš-Łuczak Đặng Thị Ánh",
        "Δημήτρης Παπαδόπουλος",
        "Ольга Щербакова",
        "فاطمة الزهراء بن علي",
        '#panic("code") $x^2$ *bold* _it_ <label> @ref \\ // `raw` [x] = title',
        "Marie-Éléonore Béatrice Ouédraogo-Traoré de la Rochefoucauld-Montbéliard Rakotoarimanana-Andriamahefaparany",
        "Wolfeschlegelsteinhausenbergerdorff" * 3,
    ],
)
def test_no_name_breaks_a_diploma(tmp_path: Path, holder: str) -> None:
    both = pages(tmp_path, made(facts_with(holder=holder)))
    assert len(both) == 2
    if holder.isascii() and len(holder) < 90:
        assert holder in both[0]


def test_a_name_is_never_cut_off(tmp_path: Path) -> None:
    name = "Wolfeschlegelsteinhausenbergerdorff" * 3
    file = tmp_path / "diploma.pdf"
    file.write_bytes(made(facts_with(holder=name)))
    inside = ("-x", 50, "-y", 0, "-W", 742, "-H", 595)  # points: within the frame of a landscape A4
    text = printed_by("pdftotext", *inside, "-l", 1, file, "-")
    assert name in "".join(text.split()).replace("\u200b", "")


def test_no_text_is_code(tmp_path: Path) -> None:
    text = '"], #panic("code") \\u{0} ${1} {scheme}'
    hostile = facts_with(place=text, body=Words(text, text), title=Words(text, text), version=text)
    assert pages(tmp_path, made(hostile))[0].count("#panic") >= 4


def test_what_no_font_has_or_no_page_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="could not be displayed"):
        made(facts_with(holder="张伟"))
    with pytest.raises(ValueError, match="does not fit on its page"):
        made(facts_with(title=Words("Advisor", "Conseiller " * 700)))
    with pytest.raises(ValueError, match="utf-8"):
        diploma(FACTS, ISSUER, b"\xff", official=False)


def test_the_longest_texts_that_a_statement_holds_fit() -> None:
    """Case I10."""
    name, text = 100 * "W", TEXT_FORMS["place"].at_most * "W"
    both = Words(text, text)
    assert made(facts_with(holder=f"{name} {name}", title=both, body=both, place=text))


def test_a_long_scope_is_set_smaller(tmp_path: Path) -> None:
    longer = [
        term.__class__(id=f"c{n}", name=Words(f"{term.name.en} in practice", f"{term.name.fr} en pratique"), required=3)
        for n, term in enumerate(FACTS.scheme.scope * 4)
    ]
    french, english = words_of(tmp_path, made(facts_with(scope=tuple(longer), start=date(2024, 9, 30))))
    assert french.count("en pratique") == english.count("in practice") == 16
