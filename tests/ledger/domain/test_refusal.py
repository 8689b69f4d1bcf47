"""What a refusal says, in both languages: no word of the one stands in the other."""

import re
from pathlib import Path

import pytest

from api.public.views import Withheld
from api.secretariat.refusals import NotFiled
from ledger.domain.refusal import KINDS_FR, Refused
from ledger.store.batch import OfAnother
from projections.credentials.keys.enrolled import NoKey

SOURCES = [path for folder in ("ledger", "api", "projections") for path in Path(folder).rglob("*.py")]
KIND = re.compile(r'Refused\("(?:unknown|already-exists)", kind="([^"]+)"|known\(Stream\("([^"]+)"')


@pytest.mark.parametrize("refusal", [Refused, Withheld, NotFiled, OfAnother, NoKey])
def test_every_code_of_a_table_is_raised_in_the_package_of_the_table(refusal: type[Refused]) -> None:
    package = Path(*refusal.__module__.split(".")[:-1])
    sources = "".join(path.read_text(encoding="utf-8") for path in package.rglob("*.py"))
    table = set(re.findall(r"""^ +"([a-z-]+)": Words\(""", sources, re.MULTILINE))
    assert [code for code in refusal.texts if sources.count(f'"{code}"') <= (code in table)] == []
    named = set(re.findall(rf"""\b{refusal.__name__}\(\s*"([a-z-]+)\"""", sources))
    assert named <= refusal.texts.keys()


def test_every_kind_that_may_be_missing_has_a_french_word() -> None:
    found = {a or b for path in SOURCES for a, b in KIND.findall(path.read_text(encoding="utf-8"))}
    assert found == set(KINDS_FR)


def test_what_does_not_exist_is_called_by_its_french_name() -> None:
    refused = Refused("unknown", kind="certificate", id="X")
    assert refused.words == ("there is no certificate X", "introuvable : certificat X")
    assert Refused("already-exists", kind="score sheet", id="s").words.fr == "existe déjà : fiche d’évaluation s"


def test_what_has_no_name_is_said_without_one() -> None:
    refused = Refused("unknown", kind="holder", id="")
    assert refused.words == ("there is no holder", "introuvable : titulaire")


def test_another_kind_is_left_as_it_is() -> None:
    assert NoKey("issuer-key-missing", kind="Ed25519").words.fr.endswith("n’est disponible : Ed25519")
