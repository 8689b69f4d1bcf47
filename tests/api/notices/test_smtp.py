"""Sessions with mail servers: encrypted or not, with a password, and with addresses beyond ASCII."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.notices import smtp
from api.notices.kinds import Kind, State
from api.notices.letters import Letter
from api.notices.messages import message
from api.notices.settings import Address, Server
from api.notices.smtp import Outcome, Session
from ledger.errors import Unfit, Unreachable
from tests.api.notices.postbox import Postbox, listening

NOW = datetime(2027, 3, 1, 9, tzinfo=UTC)
PASSWORD = "".join(["se", "cret"])
LETTER = Letter(Kind.CERTIFICATE, "fr", "Body", "Bonjour", "Ça va.\n.\n..two\n")


def send(server: Server, to: str = "awa@example.org", begin: Callable[[], bool] = lambda: True) -> Outcome | None:
    address = Address.parse(to)
    made = message(LETTER, "0" * 32, address, "Awa", server, NOW)
    with Session(server) as session:
        return session.send(made, server.envelope_sender("0" * 32), address, begin)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate for localhost, with its key."""
    key, name = generate_private_key(SECP256R1()), x509.Name.from_rfc4514_string("CN=localhost")
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")  # it is TLS from the beginning
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_password_is_sent_only_to_a_server_whose_certificate_holds(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with listening(context, PASSWORD, is_tls=security == "tls") as postbox:
        server = msgspec.structs.replace(
            postbox.server, host="localhost", security=security, user="register", password=PASSWORD
        )
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            send(server)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(Unreachable, match="SSLCertVerificationError"):
            send(msgspec.structs.replace(server, host="127.0.0.1"))
        with pytest.raises(Unreachable, match="SMTPAuthenticationError 535"):
            send(msgspec.structs.replace(server, password=PASSWORD[1:]))
        assert postbox.mails == []
        assert send(server) == Outcome(State.SENT, "250 OK")
        assert len(postbox.mails) == 1


def test_a_server_without_encryption_gets_nothing_when_encryption_is_asked_for(postbox: Postbox) -> None:
    with pytest.raises(Unreachable, match="SMTPNotSupportedError"):
        send(msgspec.structs.replace(postbox.server, security="starttls"))
    assert postbox.given == 0


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(postbox: Postbox) -> None:
    assert send(postbox.server, "émile@exämple.org") == Outcome(State.SENT, "250 OK")
    assert postbox.recipients == ["émile@xn--exmple-cua.org"]
    assert str(postbox.mails[0]["To"]) == "Awa <émile@xn--exmple-cua.org>"
    with listening(utf8=False) as older:
        refused = send(older.server, "émile@example.org")
        assert refused is not None
        assert refused.state is State.REFUSED
        assert send(older.server, "awa@exämple.org") == Outcome(State.SENT, "250 OK")


def test_a_message_comes_as_it_was_written_and_returns_to_an_address_of_its_own(postbox: Postbox) -> None:
    server = msgspec.structs.replace(postbox.server, bounces=Address("bounces", "example.org"))
    assert send(server) == Outcome(State.SENT, "250 OK")
    assert postbox.mails[0].get_content().replace("\r\n", "\n") == LETTER.body, "lines that begin with a point too"
    assert postbox.senders == [f"bounces+{'0' * 32}@example.org"]


def test_what_must_not_begin_is_not_given_to_the_server(postbox: Postbox) -> None:
    assert send(postbox.server, begin=lambda: False) is None
    assert postbox.given == 0


def test_a_server_that_does_not_end_its_reply_is_not_waited_for_for_ever(
    postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "DEADLINE", 0.3)
    monkeypatch.setattr(smtp, "TIMEOUT", 60)
    released = Event()
    postbox.taking = lambda: released.wait(20)
    found = send(postbox.server)
    released.set()
    assert found is not None
    assert found.state is State.UNKNOWN


VARIABLES = {"PCA_LEDGER_SMTP": "smtps://register@mail.example.org", "PCA_LEDGER_MAIL_FROM": "r@example.org"}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Server | None]:
    (tmp_path / "password").write_text(f"{PASSWORD}\n")

    def read(**changed: str) -> Server | None:
        everything = {**VARIABLES, "PCA_LEDGER_SMTP_PASSWORD_FILE": str(tmp_path / "password"), **changed}
        for name, text in everything.items():
            monkeypatch.setenv(name, text)
        return Server.from_environment()

    return read


def test_the_mail_server_is_read_from_the_environment(environment: Callable[..., Server | None]) -> None:
    read = environment(PCA_LEDGER_MAIL_BOUNCES="b@example.org", PCA_LEDGER_MAIL_RATE="5", PCA_LEDGER_MAIL_LANGUAGE="fr")
    assert read == Server(
        host="mail.example.org", port=465, security="tls", sender=Address("r", "example.org"), user="register",
        password=PASSWORD, bounces=Address("b", "example.org"), most_a_minute=5, language="fr",
    )  # fmt: skip
    plain = environment(PCA_LEDGER_SMTP="smtp://[::1]:2525", PCA_LEDGER_SMTP_PASSWORD_FILE="")
    assert plain is not None
    assert (plain.host, plain.port, plain.security) == ("::1", 2525, "plain")
    assert environment(PCA_LEDGER_SMTP="") is None, "then nothing is sent"


@pytest.mark.parametrize(
    ("variable", "text", "named"),
    [
        ("PCA_LEDGER_SMTP", "mail.example.org", " "),
        ("PCA_LEDGER_SMTP", "https://mail.example.org", " "),
        ("PCA_LEDGER_SMTP", "smtps://", " "),
        ("PCA_LEDGER_SMTP", "smtps://u:secret@mail.example.org", " "),
        ("PCA_LEDGER_SMTP", "smtps://u@mail.example.org/path", " "),
        ("PCA_LEDGER_SMTP", "smtps://u@mail.example.org:0x1", " "),
        ("PCA_LEDGER_SMTP", "smtp://u@mail.example.org", "a password needs smtps"),
        ("PCA_LEDGER_SMTP", "smtps://mail.example.org", "or neither"),
        ("PCA_LEDGER_SMTP_PASSWORD_FILE", "", "or neither"),
        ("PCA_LEDGER_SMTP_PASSWORD_FILE", "/nowhere", "cannot be read"),
        ("PCA_LEDGER_MAIL_FROM", "", " "),
        ("PCA_LEDGER_MAIL_FROM", "Register <r@example.org>", " "),
        ("PCA_LEDGER_MAIL_FROM", "é@example.org", " "),
        ("PCA_LEDGER_MAIL_BOUNCES", "bounces", " "),
        ("PCA_LEDGER_MAIL_RATE", "0", " "),
        ("PCA_LEDGER_MAIL_RATE", "many", " "),
        ("PCA_LEDGER_MAIL_LANGUAGE", "de", " "),
    ],
)
def test_a_setting_that_cannot_be_used_is_named_and_its_value_is_not_shown(
    environment: Callable[..., Server | None], variable: str, text: str, named: str
) -> None:
    with pytest.raises(Unfit, match=named) as failure:
        environment(**{variable: text})
    assert variable in str(failure.value)
    assert "secret" not in str(failure.value)
    assert f"{variable}\u00a0: " in failure.value.words.fr or "PCA_LEDGER_SMTP" in failure.value.words.fr


def test_a_password_of_many_lines_is_none(environment: Callable[..., Server | None], tmp_path: Path) -> None:
    (tmp_path / "password").write_text("a\nb\n")
    with pytest.raises(Unfit, match="one line"):
        environment()
