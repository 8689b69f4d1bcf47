"""A body's looks come from the environment; what cannot be used is named when the register starts."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from api.looks import COLOUR, MAX_PICTURE_BYTES, Looks, Picture, contrast
from ledger.errors import Unreadable
from ledger.words import Words
from projections.credentials.forms.emblem import Emblems

SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'


def png(width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("1", (width, height)).save(written, "PNG")
    return written.getvalue()


def test_nothing_need_be_set() -> None:
    assert Looks.from_environment() == Looks(logo=None, colour=COLOUR, contact="", name=None)


def test_everything_can_be_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "logo").write_bytes(SVG)
    monkeypatch.setenv("PCA_LEDGER_LOGO", str(tmp_path / "logo"))
    monkeypatch.setenv("PCA_LEDGER_COLOUR", "#7A1F3D")
    monkeypatch.setenv("PCA_LEDGER_CONTACT", "mailto:registre@douanes.example")
    monkeypatch.setenv("PCA_LEDGER_BODY_NAME_EN", "Example  Body ")
    monkeypatch.setenv("PCA_LEDGER_BODY_NAME_FR", "Organisme d’exemple")
    looks = Looks.from_environment()
    assert looks == Looks(
        logo=Picture("svg", SVG),
        colour="#7a1f3d",
        contact="mailto:registre@douanes.example",
        name=Words("Example Body", "Organisme d’exemple"),
    )
    assert looks.mail == "registre@douanes.example"
    monkeypatch.setenv("PCA_LEDGER_CONTACT", "https://douanes.example/contact?of=register")
    assert Looks.from_environment().mail == ""


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("PCA_LEDGER_COLOUR", "navy", "expected a colour as #rrggbb"),
        ("PCA_LEDGER_COLOUR", "#fff", "expected a colour as #rrggbb"),
        ("PCA_LEDGER_COLOUR", "#1b3a5c;}*{display:none", "expected a colour as #rrggbb"),
        ("PCA_LEDGER_COLOUR", "#ffcc00", "contrast of 1.5:1"),
        ("PCA_LEDGER_CONTACT", "registrar@example.org", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "mailto:registrar", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "mailto:a@b.example?bcc=c@d.example", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "javascript:alert(1)", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "http://example.org/contact", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "https://user@example.org/", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "https://[", "expected mailto:"),
        ("PCA_LEDGER_CONTACT", "https://example.org/a\nContact: b", "expected mailto:"),
        ("PCA_LEDGER_BODY_NAME_EN", "Example Body", "in both languages"),
        ("PCA_LEDGER_LOGO", "/nowhere/logo.svg", "cannot be read"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, says: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Unreadable, match=says) as error:
        Looks.from_environment()
    named = variable.replace("_EN", "_FR")  # the one that is missing
    assert str(error.value).startswith(f"{named}: ")
    assert error.value.words.fr.startswith(f"{named}\u00a0: ")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<html><svg/></html>",
        b"<svg/>",
        SVG[:-3],
        SVG.replace(b"<svg", b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg', 1),
        png(1, 1)[:40],
        png(1, 4001),
        b" " * (MAX_PICTURE_BYTES + 1),
    ],
    ids=["empty", "gif", "html", "no namespace", "cut", "entities", "cut png", "tall", "large"],
)
def test_what_is_no_logo_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "logo").write_bytes(data)
    monkeypatch.setenv("PCA_LEDGER_LOGO", str(tmp_path / "logo"))
    with pytest.raises(Unreadable, match=r"^PCA_LEDGER_LOGO: .*expected"):
        Looks.from_environment()


def test_a_png_is_a_logo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "logo").write_bytes(png(300, 90))
    monkeypatch.setenv("PCA_LEDGER_LOGO", str(tmp_path / "logo"))
    logo = Looks.from_environment().logo
    assert logo is not None
    assert (logo.kind, logo.media_type) == ("png", "image/png")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ffffff", "#767676", 4.54), ("#abcdef", "#abcdef", 1.0)],
)  # fmt: skip
def test_contrasts_are_those_of_the_guidelines(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.005)


def test_what_cannot_be_put_on_a_diploma_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "seal").write_bytes(SVG)
    monkeypatch.setenv("PCA_LEDGER_SEAL", str(tmp_path / "seal"))
    assert Looks.from_environment().emblems() == Emblems(logo="", seal=SVG.decode())
    (tmp_path / "seal").write_bytes(b'<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>')
    with pytest.raises(Unreadable, match=r"PCA_LEDGER_SEAL: .*/seal: it cannot be put on diplomas"):
        Looks.from_environment().emblems()
