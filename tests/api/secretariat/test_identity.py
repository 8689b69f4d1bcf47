"""An import finds who is the same person, over the record, what waits and its own files, and asks where it cannot know."""

import shutil
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from unicodedata import normalize

import pytest

from api.secretariat.endings import COMMAND_LINE
from api.secretariat.forthcoming import AlreadyWaits
from api.secretariat.importing.answers import Answer, read_answers
from api.secretariat.importing.matching import OpenQuestions
from api.secretariat.importing.proposing import ImportPlan, plan_import
from api.secretariat.importing.reading import WrongWorkshop
from api.secretariat.importing.workshop import read_workshop
from api.secretariat.inbox import Inbox
from api.secretariat.proposals import proposal
from api.secretariat.signing_all import sign_all
from ledger.domain.record import Role
from ledger.domain.refusal import Refused
from ledger.store.desk_tables import IMPORT_ANSWERS
from tests.api.secretariat.rows import rows_of
from tests.api.secretariat.test_importing import DEMO, ids, imported
from tests.scenario import names, value
from tests.support import World, key_of

PILOT = DEMO / "2017_brussels_pilot"
OFFICE = ("director", "security", "manager", "registrar")
HELENE = "Hélène,Exemple-Zoulou,SN,helene@douane.sn"
NEW_IDS = ids()


def folder(tmp_path: Path, *changes: tuple[str, str, str], name: str = "w", session: str = "TOA-PCA-FR-2018") -> Path:
    """The pilot as another workshop, whose first candidate is Hélène: each change is a table, a text and another."""
    copy = tmp_path / name
    shutil.copytree(PILOT, copy)
    candidate = ("candidates", "Koffi,Exemple-Alpha,SN,c01@example.org", HELENE)
    for table, old, new in (("session", "TOA-PCA-FR-2017", session), candidate, *changes):
        path = copy / f"{table}.csv"
        text = path.read_text(encoding="utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new), encoding="utf-8")
    return copy


def candidate(says: str) -> tuple[str, str, str]:
    return "candidates", HELENE, says


def officer(code: str, says: str) -> tuple[str, str, str]:
    line = next(
        line for line in (PILOT / "officers.csv").read_text("utf-8").splitlines() if line.startswith(f"{code},")
    )
    return "officers", line, f"{code},{says},{line.rsplit(',', 1)[1]}"


def plan(world: World, inbox: Inbox, source: Path, answers: Sequence[Answer] = ()) -> ImportPlan:
    return plan_import(read_workshop(source), world.ledger, inbox, lambda: next(NEW_IDS), answers)


def asked(
    world: World, inbox: Inbox, source: Path, answers: Sequence[Answer] = ()
) -> list[tuple[str, tuple[str, ...]]]:
    """The questions of an import: the code, and the persons who are meant."""
    with pytest.raises(OpenQuestions) as questions:
        plan(world, inbox, source, answers)
    return [(q.row.code, tuple(k.reference for k in q.known)) for q in questions.value.matching.questions]


def faults(world: World, inbox: Inbox, source: Path, answers: Sequence[Answer] = ()) -> dict[str, str]:
    with pytest.raises(WrongWorkshop) as wrong:
        plan(world, inbox, source, answers)
    return {fault.where: fault.words.en for fault in wrong.value.faults}


@pytest.fixture
def helene(office: World) -> str:
    """Hélène as an earlier workshop registered and nominated her."""
    office.do("register-administration", "registrar", administration_id="SN", iso3="SEN", name_en="S", name_fr="S")
    details = [*names("Hélène", "Exemple-Zoulou"), value("email", "helene@douane.sn")]
    office.do("register-person", "registrar", person_id="helene", details=details)
    office.do("record-employment", "registrar", person_id="helene", administration_id="SN", since="2010-01-01")
    return "helene"


@pytest.mark.parametrize(
    "spelling",
    [
        HELENE,
        normalize("NFD", HELENE),
        "HELENE,EXEMPLE ZOULOU,SN,Helene@Douane.SN",
        "Hélène,Exemple\u2011Zoulou,SN,helene@douane.sn",
        "Exemple-Zoulou,Hélène,SN,helene@douane.sn",
        "Hélène,Exemple-Zoulou,CI,helene@douane.sn",  # who moved to another administration
    ],
)
def test_a_person_in_another_spelling_is_the_same(
    office: World, inbox: Inbox, helene: str, tmp_path: Path, spelling: str
) -> None:
    """Case I4."""
    planned = plan(office, inbox, folder(tmp_path, candidate(spelling)))
    assert planned.people["C01"] == helene
    assert "C01" not in planned.matching.added
    assert "update-person-details" not in {proposal.name for proposal in planned.proposals}


@pytest.mark.parametrize(
    "other",
    [
        "Hélène,Exemple-Zoulou,SN,h.zoulou@douane.sn",  # case I5
        "Hélene,Exemple-Zouloux,SN,h.zoulou@douane.sn",  # one letter apart
        "Hélène,Exemple-Mariée,SN,helene@douane.sn",  # another name
        "Awa,Exemple-Mike,CI,helene@douane.sn",
    ],
)
def test_a_like_person_is_a_question_with_what_is_known_of_both(
    office: World, inbox: Inbox, helene: str, tmp_path: Path, other: str
) -> None:
    """Case I5."""
    source = folder(tmp_path, candidate(other))
    assert asked(office, inbox, source) == [("C01", (helene,))]
    another = plan(office, inbox, source, [Answer("C01", helene, False, "registrar")])
    assert another.people["C01"] != helene
    same = plan(office, inbox, source, [Answer("C01", helene, True, "registrar")])
    assert same.people["C01"] == helene


def test_another_name_and_address_are_another_person(office: World, inbox: Inbox, helene: str, tmp_path: Path) -> None:
    for number, other in enumerate(
        ("Hélène,Exemple-Zoulou,CI,h@douane.ci", "Awa,Exemple-Mike,SN,awa@douane.sn", "Ève,Exemple-Zoulou,SN,e@x.sn")
    ):
        source = folder(tmp_path, candidate(other), name=str(number))
        assert plan(office, inbox, source).people["C01"] != helene


def test_an_address_of_examples_alone_tells_nothing(office: World, inbox: Inbox, tmp_path: Path) -> None:
    details = [*names("Hélène", "Exemple-Zoulou"), value("email", "c@example.org")]
    office.do("register-person", "registrar", person_id="helene", details=details)
    says = (
        "Awa,Exemple-Mike,SN,c@example.org",
        "Hélène,Exemple-Mariée,SN,c@example.org",
        "Hélène,Exemple-Zoulou,SN,C@Example.org",
    )
    source = [folder(tmp_path, candidate(text), name=str(number)) for number, text in enumerate(says)]
    assert plan(office, inbox, source[0]).people["C01"] != "helene"
    assert asked(office, inbox, source[1]) == [("C01", ("helene",))]
    assert plan(office, inbox, source[2]).people["C01"] == "helene"


def test_an_earlier_name_still_matches_and_a_new_address_is_recorded(
    office: World, inbox: Inbox, helene: str, tmp_path: Path
) -> None:
    office.do("update-person-details", "registrar", person_id=helene, details=[value("family_name", "Exemple-Mariée")])
    assert plan(office, inbox, folder(tmp_path)).people["C01"] == helene
    source = folder(tmp_path, candidate("Hélène,Exemple-Mariée,SN,h.mariee@douane.sn"), name="later")
    planned = plan(office, inbox, source, [Answer("C01", helene, True, "registrar")])
    (updated,) = (p for p in planned.proposals if p.name == "update-person-details")
    assert [(d.name, d.value) for d in updated.disclosures] == [("email", "h.mariee@douane.sn")]
    planned.file(inbox)
    sign_all(inbox, {name: key_of(name) for name in OFFICE})
    again = folder(tmp_path, candidate("Hélène,Exemple-Mariée,SN,h.mariee@douane.sn"), name="again", session="TOA-2019")
    _other_rows(again)
    assert plan(office, inbox, again).people["C01"] == helene  # asked once: the address is known now


def _other_rows(source: Path) -> None:
    """Make the people and scores of a copy others than those of the first import."""
    for table, old, new in (("candidates", "Exemple-", "Autre-Exemple-"), ("scores", "A1,5", "A1,4")):
        path = source / f"{table}.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = 2 if table == "candidates" else 1
        text = "".join(
            [*lines[:kept], *(line.replace(old, new).replace("@example.org", "@autre.sn") for line in lines[kept:])]
        )
        path.write_text(text, encoding="utf-8")


def test_a_person_in_two_roles_is_one_and_may_not_decide_on_whom_they_scored(
    office: World, inbox: Inbox, tmp_path: Path
) -> None:
    """Case I2."""
    source = folder(tmp_path, officer("D1", "Assesseur Un,FR"))
    found = faults(office, inbox, source)
    assert "A1, D1 scored this candidate" in found["candidates.csv!A2"]
    assert {where.rstrip("0123456789") for where in found} == {"candidates.csv!A"}
    answered = plan(office, inbox, source, [Answer("D1", "A1", False, "registrar")])  # a homonym, says the registrar
    assert answered.people["D1"] != answered.people["A1"]


@pytest.mark.parametrize(
    ("changes", "where", "says"),
    [
        ([officer("A2", "Assesseur Un,FR")], "officers.csv!A3", "already been assigned"),
        ([officer("F1", "Assesseur Un,FR")], "officers.csv!A2", "cannot both train and assess"),
        ([officer("P2", "Panel Un,CH")], "selection.csv!D2", "two different people must sign"),
        ([officer("D2", "Sabine Exemple-Lambert,BE")], "officers.csv!A10", "two different people"),
    ],
)
def test_a_person_twice_among_the_officers_is_refused_what_takes_two(
    office: World, inbox: Inbox, tmp_path: Path, changes: list[tuple[str, str, str]], where: str, says: str
) -> None:
    """Case I2."""
    assert says in faults(office, inbox, folder(tmp_path, *changes))[where]


def test_one_name_twice_in_the_files_is_a_question_whatever_the_administrations(
    office: World, inbox: Inbox, tmp_path: Path
) -> None:
    """Case I2: who scored decides under no other administration, unless the registrar says that they are two."""
    source = folder(tmp_path, officer("D1", "Assesseur Trois,LU"))
    assert asked(office, inbox, source) == [("D1", ("A3",))]
    same = faults(office, inbox, source, [Answer("D1", "A3", True, "registrar")])
    assert "A3, D1 scored this candidate" in same["candidates.csv!A2"]
    answered = plan(office, inbox, source, [Answer("D1", "A3", False, "registrar")])
    assert answered.people["D1"] != answered.people["A3"]


def test_a_person_is_nominated_once(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I3."""
    source = folder(
        tmp_path, ("candidates", "Zoé,Exemple-Bravo,CI,c02@example.org", "HELENE,EXEMPLE ZOULOU,CI,helene@douane.sn")
    )
    (found,) = faults(office, inbox, source).items()
    assert found == (
        "candidates.csv!A3",
        "the same person as C01, nominated once only; if they are two, say so in answers.csv",
    )
    assert plan(office, inbox, source, [Answer("C02", "C01", False, "registrar")]).people["C02"]


def test_a_registrar_who_is_a_candidate_signs_nothing_in_their_own_case(office: World, tmp_path: Path) -> None:
    """Case I16."""
    source, answers = folder(tmp_path), [Answer("C01", "registrar", True, "manager")]
    with closing(Inbox(office.ledger)) as inbox:
        assert "may not act in their own case" in faults(office, inbox, source, answers)["candidates.csv!A2"]
    office.do("register-person", "registrar", person_id="second", details=names("Second"))
    office.do("grant-role", "director", person_id="second", role=Role.REGISTRAR)
    office.do("register-key", "security", "second", person_id="second", public_key=key_of("second").public)
    keys = {name: key_of(name) for name in (*OFFICE, "second")}
    assert imported(office, source, NEW_IDS, keys, answers)["C01"][0] == "certified"


def test_a_candidate_who_may_be_an_officer_is_a_question(office: World, inbox: Inbox, tmp_path: Path) -> None:
    source = folder(tmp_path, candidate("Un,Assesseur,FR,un@douane.fr"))
    assert asked(office, inbox, source) == [("C01", ("A1",))]
    same = faults(office, inbox, source, [Answer("C01", "A1", True, "registrar")])
    assert "trains or assesses in this workshop" in same["candidates.csv!A2"]


def test_all_who_may_be_meant_are_listed(office: World, inbox: Inbox, helene: str, tmp_path: Path) -> None:
    details = [*names("Helene", "Exemple Zoulou"), value("email", "helene@douane.sn")]
    office.do("register-person", "registrar", person_id="also-helene", details=details)
    source = folder(tmp_path)
    assert asked(office, inbox, source) == [("C01", ("also-helene", helene))]
    left = [Answer("C01", "also-helene", False, "registrar")]
    assert plan(office, inbox, source, left).people["C01"] == helene


def test_whoever_has_two_ids_is_found_by_either_as_the_one_that_counts(
    office: World, inbox: Inbox, helene: str, tmp_path: Path
) -> None:
    details = [*names("Awa", "Exemple-Mike"), value("email", "awa@douane.sn")]
    office.do("register-person", "registrar", person_id="awa", details=details)
    reason = value("reason", "the same passport")
    office.do("merge-persons", "registrar", "director", person_id="awa", merged_id=helene, reason=reason)
    assert plan(office, inbox, folder(tmp_path)).people["C01"] == "awa"
    both = ("candidates", "Zoé,Exemple-Bravo,CI,c02@example.org", "Awa,Exemple-Mike,CI,awa@douane.sn")
    assert faults(office, inbox, folder(tmp_path, both, name="both")).keys() == {"candidates.csv!A3"}


def test_who_waits_to_be_registered_is_found(office: World, inbox: Inbox, tmp_path: Path) -> None:
    waits = [*names("Helene", "Exemple-Zoulou"), value("email", "helene@douane.sn")]
    inbox.file([proposal("register-person", "registrar", person_id="helene", details=waits)], "by hand")
    assert plan(office, inbox, folder(tmp_path)).people["C01"] == "helene"
    inbox.file([proposal("register-person", "manager", person_id="no", details=waits)], "nobody can sign it")
    assert plan(office, inbox, folder(tmp_path, name="again")).people["C01"] == "helene"


def test_what_waits_already_is_not_proposed_again(workshop: World) -> None:
    with closing(Inbox(workshop.ledger)) as inbox:

        def number(name: str, *people: str, **arguments: Any) -> int:
            return inbox.propose(proposal(name, *people, **arguments), "by hand")[0].number

        def refused(name: str, *people: str, **arguments: Any) -> object:
            with pytest.raises(AlreadyWaits) as again:
                number(name, *people, **arguments)
            return again.value.fields["number"]

        person = {"details": [*names("Awa", "Exemple-Mike"), value("email", "awa@douane.sn")]}
        first = number("register-person", "registrar", person_id="a1", **person)
        assert refused("register-person", "registrar", person_id="a2", **person) == first
        assert refused("register-person", "registrar", person_id="a1", details=names("Other")) == first
        number("register-person", "registrar", person_id="a3", details=names("Awa", "Exemple-Papa"))
        moves = {"person_id": "awa", "administration_id": "BE", "since": "2017-01-01"}
        employment = number("record-employment", "registrar", **moves)
        assert refused("record-employment", "registrar", **moves) == employment
        number("record-employment", "registrar", **{**moves, "since": "2017-02-01"})
        suspends = {"certification_id": "c-awa", "effective_from": "2017-06-01", "reason_code": "under-review"}
        suspension = number("suspend-certification", "decider1", **suspends)
        suspends["effective_from"] = "2017-06-02"  # under another day it is suspended all the same
        assert refused("suspend-certification", "decider2", **suspends) == suspension
        number("withdraw-certification", "decider1", "decider2", **{**suspends, "reason_code": "misconduct"})


def test_officers_of_two_workshops_are_the_same_without_a_question(office: World, tmp_path: Path) -> None:
    """Case I6."""
    keys = {name: key_of(name) for name in OFFICE}
    imported(office, PILOT, NEW_IDS, keys)
    with closing(Inbox(office.ledger)) as inbox:
        later = plan(office, inbox, DEMO / "2022_brussels")
    known = {code for code in later.people if code not in later.matching.added}
    assert {"A1", "A3", "A4", "F1", "P1", "P2", "D1", "D2", "R1"} <= known
    assert "A2" in later.matching.added  # the same name in another administration


def test_a_workshop_is_planned_on_top_of_one_that_waits(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I6."""
    first = plan(office, inbox, PILOT)
    first.file(inbox)
    source = folder(tmp_path, ("session", ",2,3,1,5,", ",1,3,1,5,"))
    _other_rows(source)
    second = plan(office, inbox, source)
    assert {code: second.people[code] for code in ("A1", "D2")} == {code: first.people[code] for code in ("A1", "D2")}
    assert not [p for p in second.proposals if p.name in ("grant-role", "record-employment", "establish-scheme")]
    second.file(inbox)
    with pytest.raises(Refused, match="TOA-PCA-FR-2018"):  # which needs whom the first registers
        inbox.take_back("TOA-PCA-FR-2017", COMMAND_LINE)
    keys = {name: key_of(name) for name in OFFICE}
    establishing, _, drafting = (
        w for w in inbox.waiting() if w.proposal.name in ("establish-scheme", "draft-scheme-version")
    )
    inbox.sign(establishing.number, "director", keys["director"])
    with pytest.raises(Refused, match="an earlier step"):  # recorded now, it would keep the first version out
        inbox.sign(drafting.number, "manager", keys["manager"])
    sign_all(inbox, keys)
    for person in {*first.people.values(), *second.people.values()}:
        if office.read().officer(person).roles:
            office.do("register-key", "security", person, person_id=person, public_key=key_of(person).public)
            keys[person] = key_of(person)
    sign_all(inbox, keys)
    assert inbox.waiting() == []
    read = office.read()
    version = read.session("TOA-PCA-FR-2018").planned.scheme_version
    assert (version, read.scheme("toa-pca-fr").drafts[version].seats) == ("1.1.0", 1)


def test_a_workshop_to_come_is_planned_as_on_its_last_day(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I9: a withdrawal is recorded on its day, which is before the workshop ends, or never."""
    days = ("session", "2017-05-15,2017-05-19", "2025-05-15,2025-05-19"), ("withdrawals", "2017-05-15", "2025-05-16")
    planned = plan(office, inbox, folder(tmp_path, *days))
    assert {"withdraw-candidacy", "submit-score-sheet", "decide-certification"} <= {p.name for p in planned.proposals}
    later = folder(tmp_path, *days, ("withdrawals", "2025-05-16", "2025-05-20"), name="later")
    assert faults(office, inbox, later).keys() == {"withdrawals.csv!B2"}


def test_answers_are_read_beside_the_files_and_kept_with_the_import(
    office: World, inbox: Inbox, helene: str, tmp_path: Path
) -> None:
    source = folder(tmp_path, candidate("Hélène,Exemple-Zoulou,SN,h.zoulou@douane.sn"))
    assert read_answers(source) == ()
    (source / "answers.csv").write_text(
        f"person,known,answer,answered_by\nC01,{helene},another,registrar\n", encoding="utf-8"
    )
    answers = read_answers(source)
    plan(office, inbox, source, answers).file(inbox)
    (kept,) = rows_of(office, IMPORT_ANSWERS)
    assert kept[1:6] == ("TOA-PCA-FR-2018", "C01", helene, 0, "registrar")
    assert kept[6] == int(office.ledger.now().timestamp())


def test_answers_that_make_no_sense_are_faults_by_cell(office: World, inbox: Inbox, tmp_path: Path) -> None:
    source = folder(tmp_path)
    path = source / "answers.csv"
    path.write_text("person,known,answer,answered_by\nC99,nobody,same,director\n", encoding="utf-8")
    found = faults(office, inbox, source, read_answers(source))
    assert found.keys() == {"answers.csv!A2", "answers.csv!B2", "answers.csv!D2"}
    rows = "C01,A1,same,registrar\nC01,A1,another,registrar\nC01,A2,same,registrar\nC02,A1,another,registrar\n"
    path.write_text(f"person,known,answer,answered_by\n{rows}", encoding="utf-8")
    assert faults(office, inbox, source, read_answers(source)).keys() >= {"answers.csv!C3", "answers.csv!C4"}
    path.write_text("person,known,answer,answered_by\nC01,A1,perhaps,registrar\n", encoding="utf-8")
    with pytest.raises(WrongWorkshop, match=r"answers\.csv!C2: expected one of same, another"):
        read_answers(source)


def test_two_deciders_are_needed(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I14."""
    one = folder(tmp_path, ("officers", "D2,Victor Exemple-Moreau,FR,decision-authority\n", ""))
    says = "expected 2 or more officers with the role decision-authority, found 1"
    assert faults(office, inbox, one) == {"officers.csv": says}


def test_a_statement_that_no_entry_has_room_for_is_a_fault(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I9."""
    title = "PCA Technical and Operational Advisor certification workshop"
    assert faults(office, inbox, folder(tmp_path, ("session", title, "x" * 100_000))).keys() == {"session.csv!B2"}
    source = folder(tmp_path, name="activities")
    with (source / "plan.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{'a' * 50}-{number},communication\n" for number in range(400))
    (found,) = faults(office, inbox, source).items()
    assert found[0] == "plan.csv!A2"
    assert "at most 65535 can be recorded" in found[1]


def test_what_could_never_be_signed_is_a_fault(office: World, inbox: Inbox, tmp_path: Path) -> None:
    """Case I9."""
    source = folder(tmp_path, ("withdrawals", "C04,2017-05-15", "C04,2119-05-15"))
    assert faults(office, inbox, source).keys() == {"withdrawals.csv!B2"}
    activity = "C01,case-study,theoretical-knowledge,A1"
    source = folder(tmp_path, ("scores", activity, activity.replace("C01", "C04")), name="withdrawn")
    assert faults(office, inbox, source).keys() == {"scores.csv!A2"}
