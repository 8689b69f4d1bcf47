"""What is signed or read is seen: nothing hides, reorders or imitates other characters; case V13."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table

from api.cli.common import Terminal
from ledger.visible import HIDDEN, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Awa\x1b[1A\x1b[2KDiop", r"Awa\u001b[1A\u001b[2KDiop"),
        ("Awa\x7f\x9b", r"Awa\u007f\u009b"),
        ("two\nlines\t", r"two\u000alines\u0009"),
        ("abc\u202edef\u2066", r"abc\u202edef\u2066"),
        ("a\u200bb\u00adc\ufeff", r"a\u200bb\u00adc\ufeff"),
        ("tag\U000e0041", r"tag\udb40\udc41"),
        ("Aw\u0430 Diop", r"Aw\u0430 Diop"),
        ("\u0410wa", r"\u0410wa"),
        ("\u0391wa", r"\u0391wa"),
        ("Ива\u0068", r"Ива\u0068"),
        ("Aw\uff41", r"Aw\uff41"),
        ("\ud800", r"\ud800"),
        ("\u0410\u0412\u0410 Diop", r"\u0410\u0412\u0410 Diop"),
        ("Sidi \u0412\u0430", r"Sidi \u0412\u0430"),
        ("\u0410. Diop", r"\u0410. Diop"),
        ("Withdraw \u0395\u03a5?", r"Withdraw \u0395\u03a5?"),
        ("\uff21\uff22 Diop", r"\uff21\uff22 Diop"),
        ("\U0001d400\U0001d401 Diop", r"\ud835\udc00\ud835\udc01 Diop"),
    ],
)
def test_what_cannot_be_seen_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "N’Guessan-Écho",
        "Đặng Œuvre",
        "Иванова",
        "Αθηνά",
        "李 さくら",
        "محمد",
        "« c » ?",
        "x², µm",
        "A1б2",
        "Вера",
        "Withdraw Вера Иванова?",
        "Ива́нова А. ok",
        "ＡＢ 李",
    ],
)
def test_names_of_any_script_are_shown_as_they_are(text: str) -> None:
    assert visible(text) == text


def test_lines_stay_where_a_text_has_several() -> None:
    assert visible("a\n\tb\r\x1b", lines=True) == "a\n\tb" + r"\u000d\u001b"


@given(st.text())
def test_nothing_hidden_remains(text: str) -> None:
    assert HIDDEN.search(visible(text)) is None


def test_a_terminal_shows_markup_and_emoji_as_written_and_no_control_character() -> None:
    written = io.StringIO()
    terminal = Terminal(file=written, markup=False, emoji=False, highlight=False, soft_wrap=True)
    hostile = ":x: [red]title[/red] Awa\x1b[1A\x1b[2K\u202e"
    terminal.print(hostile)
    table = Table("name", box=None)
    table.add_row(hostile)
    terminal.print(table)
    shown = r":x: [red]title[/red] Awa\u001b[1A\u001b[2K\u202e"
    assert written.getvalue().splitlines()[0] == shown
    assert shown in written.getvalue().splitlines()[2]
