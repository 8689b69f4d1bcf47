"""Every kind of notice can be read before one is sent, in English and in French, and states nothing it should not."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from api.notices.kinds import KINDS, STATES, Kind, State
from api.notices.letters import SAMPLES, Letter, preview, write
from api.notices.messages import message
from api.notices.settings import Address, Server
from api.register import Register, Settings
from ledger.words import LANGUAGES, Language
from tests.api.notices.conftest import BASE, LOOKS
from tests.api.notices.postbox import SENDER
from tests.api.test_typography import BREAKING, STRAIGHT
from tests.support import World

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
SERVER = Server(host="127.0.0.1", port=25, security="plain", sender=SENDER)
TO = Address("awa", "example.org")
STOP = f"{BASE}/notices/{'x' * 60}"


@pytest.fixture(scope="module")
def letters(appointed: World, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[Kind, Language], Letter]:
    world = appointed.copy(tmp_path_factory.mktemp("letters") / "ledger")
    with Register(world.ledger, Settings(base_url=BASE, looks=LOOKS)) as register:
        made = {(kind, language): preview(register, kind, language) for kind in Kind for language in LANGUAGES}
    world.ledger.close()
    return made


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_of_each_kind_is_whole_in_both_languages(
    letters: dict[tuple[Kind, Language], Letter], kind: Kind, language: Language
) -> None:
    letter = letters[kind, language]
    text = f"{letter.subject}\n{letter.body}".replace(letter.sender, "Sender")
    assert not re.search(r"[{}%]|None|\n\n\n", text), text
    assert "'" not in text, "apostrophes are typographic"
    assert not re.search(r"[ \u00a0\u202f]\n", text.replace("\n-- \n", "\n")), "no line ends with a space"
    assert letter.body.startswith("Bonjour Awa Exemple,\n" if language == "fr" else "Dear Awa Exemple,\n")
    assert letter.body.count(f"\n-- \n{letter.sender}\n{BASE}\n") == 1
    if language == "fr":
        prose = re.sub(r"https?://\S+", "", text).replace("\n-- \n", "\n")
        assert not STRAIGHT.search(prose)
        assert not BREAKING.search(prose)
        assert not re.search(r"[^\u00a0]:(?!\S)|[^\u202f][;!?]", prose), prose


def test_a_refusal_and_a_suspension_say_where_to_ask_why_and_how_to_appeal(
    letters: dict[tuple[Kind, Language], Letter],
) -> None:
    for kind in (Kind.REFUSAL, Kind.NOT_SELECTED, Kind.SUSPENSION, Kind.WITHDRAWAL, Kind.EXCLUDED):
        for language, word in (("en", "appeal"), ("fr", "recours")):
            body = letters[kind, "fr" if language == "fr" else "en"].body
            assert word in body
            assert "secretariat@example.org" in body
            assert f"{BASE}/concern?lang={language}" in body


def test_a_letter_without_an_end_a_page_or_a_contact_says_none(world: World) -> None:
    with Register(world.ledger, Settings(base_url=BASE)) as register:
        facts = {**SAMPLES[Kind.CERTIFICATE](BASE), "expires": None, "documents": ""}
        body = write(register, Kind.CERTIFICATE, "fr", "Awa", facts).body
        assert "Il est valable à partir du 21 mai 2027." in body
        assert "adresse privée" not in body
        assert f"écrivez à {BASE}/concern?lang=fr" in body
        assert "Les réponses ne sont pas lues." in body
        facts = {**SAMPLES[Kind.SUSPENSION](BASE), "number": "", "page": ""}
        letter = write(register, Kind.SUSPENSION, "en", "Awa", facts)
        assert letter.subject == "Your certification is suspended"
        assert "public page" not in letter.body
        facts = {**SAMPLES[Kind.EXPIRY](BASE), "days": 1}
        assert "dans 1 jour :" in write(register, Kind.EXPIRY, "fr", "Awa", facts).body.replace("\u00a0", " ")


def test_kinds_and_states_have_a_name_in_both_languages() -> None:
    assert (set(KINDS), set(STATES)) == (set(Kind), set(State))


def sent(subject: str, name: str, *, to: Address = TO, sender: str = "Body", unsubscribe: str = "") -> EmailMessage:
    """A message as whoever gets it reads it."""
    letter = Letter(Kind.DIGEST, "fr", sender, subject, "« Ça va\u202f? »\n.\nFrom here\n")
    made = message(letter, "0" * 32, to, name, SERVER, NOW, reply_to="s@example.org", unsubscribe=unsubscribe)
    read = message_from_bytes(made.as_bytes(), policy=default)
    assert isinstance(read, EmailMessage)
    return read


@pytest.mark.parametrize("odd", ["\n", "\r\n", "\r", "\u2028", "\x00", "\u202e", "\x85"])
def test_nothing_in_a_name_or_a_subject_becomes_a_header(odd: str) -> None:
    tail = f"{odd}Bcc: eve@evil.example{odd}{odd}body"
    mail = sent(f"Certificat{tail}", f"Awa{tail}", sender=f"Body{tail}")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Certificat Bcc: eve@evil.example body"
    assert [str(one) for one in mail["To"].addresses] == ['"Awa Bcc: eve@evil.example body" <awa@example.org>']
    assert mail["From"].addresses[0].addr_spec == "register@register.example.org"
    assert mail.get_content().replace("\r\n", "\n") == "« Ça va\u202f? »\n.\nFrom here\n"


@pytest.mark.parametrize(
    "name", ["N’Guessan-Écho, Awa", 'A "B" <c@d.example>', "李".join("ab"), "x" * 500, "", "a;b:c"]
)
def test_a_name_of_any_letters_is_a_name(name: str) -> None:
    (to,) = sent("Bonjour", name)["To"].addresses
    assert (to.display_name, to.addr_spec) == (name[:200], "awa@example.org")


def test_a_digest_can_be_ended_by_one_click_and_a_long_address_stays_one() -> None:
    letter = Letter(Kind.DIGEST, "en", "Body", "Two wait", "Two.\n")
    raw = message(letter, "0" * 32, TO, "Awa", SERVER, NOW, unsubscribe=STOP).as_bytes().decode("ascii")
    assert f"\r\nList-Unsubscribe: <{STOP}>\r\n" in raw
    assert "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert "\r\nDate: Mon, 01 Mar 2027 09:00:00 +0000\r\n" in raw
    assert f"\r\nMessage-ID: <{'0' * 32}@register.example.org>\r\n" in raw
    assert re.search(r"[^\r]\n", raw) is None
    assert max(map(len, raw.split("\r\n"))) < 998


@pytest.mark.parametrize(
    "text",
    ["awa", "a@b@c.org", "a b@c.org", "<a>@c.org", "a,b@c.org", '"a"@c.org', "a@-c.org", "a.@c.org", "a@c..org",
     "a\n@c.org", "a@c.org\r\nRCPT TO:<e@f.org>", "", "a@c.org>", "x" * 250 + "@c.org", "a@[127.0.0.1]"],
)  # fmt: skip
def test_what_is_no_address_of_mail_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not an address|label"):
        Address.parse(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("awa.o'neil+pca@example.org", "awa.o'neil+pca@example.org"),
        ("awa@exämple.org", "awa@xn--exmple-cua.org"),
        ("émile@example.org", "émile@example.org"),
        ("a@localhost", "a@localhost"),
    ],
)
def test_an_address_is_sent_to_with_its_domain_in_ascii(text: str, address: str) -> None:
    assert str(Address.parse(text)) == address
