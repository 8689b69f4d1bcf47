"""Two ids that are one person: what counts people counts them once, from the merge to its undoing."""

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.events.common import Digest
from ledger.domain.events.persons import PersonsMerged, PersonsUnmerged
from ledger.domain.record import Role
from ledger.domain.states.merges import Merges, evolve_merges
from tests.ledger.domain.rules import Rules
from tests.scenario import CRITERIA, END, PLAN, SESSION, key_of, names, value

WHY = {"reason": value("reason", "same birth date")}
SUSPEND = {"certification_id": "c-awa", "effective_from": date(2017, 6, 1), "reason_code": "under-review"}
NOMINATION = {"candidacy_id": "c-2", "details": []}
FINDINGS = [{"criterion": criterion, "met": True} for criterion in CRITERIA]


def merge(rules: Rules, survivor: str, merged: str) -> None:
    rules.do("merge-persons", person_id=survivor, merged_id=merged, **WHY)


def unmerge(rules: Rules, survivor: str, merged: str) -> None:
    rules.do("unmerge-persons", person_id=survivor, merged_id=merged, **WHY)


def twin(rules: Rules, of: str, *roles: Role, into: bool = True) -> None:
    """Another id of an officer or candidate, which holds these roles and turns out to be one person with them."""
    rules.person("twin")
    for role in roles:
        rules.do("grant-role", "director", person_id="twin", role=role)
    if into:
        merge(rules, of, "twin")
    else:
        merge(rules, "twin", of)


def sheet(sheet_id: str = "s-1", activity: str = "case-study", level: int = 3, **other: Any) -> dict[str, Any]:
    levels = value("levels", dict.fromkeys(PLAN[activity], level))
    return {"candidacy_id": "c-awa", "sheet_id": sheet_id, "activity": activity, "commitment": levels, **other}


def test_what_cannot_be_merged(rules: Rules) -> None:
    for name in ("one", "two", "three", "gone"):
        rules.person(name)
    rules.do("erase-personal-data", "protection", "security", person_id="gone", basis_code="request")
    merge(rules, "one", "two")
    for code, survivor, merged in (
        ("merged-with-itself", "three", "three"),
        ("unknown", "three", "nobody"),
        ("unknown", "nobody", "three"),
        ("person-erased", "three", "gone"),
        ("person-erased", "gone", "three"),
        ("person-merged", "three", "two"),
        ("person-merged", "two", "three"),
        ("person-merged", "one", "two"),
        ("person-merged", "two", "one"),
    ):
        rules.refused(code, "merge-persons", person_id=survivor, merged_id=merged, **WHY)
    for survivor, merged in (("one", "three"), ("two", "one"), ("three", "two")):
        rules.refused("not-merged", "unmerge-persons", person_id=survivor, merged_id=merged, **WHY)
    rules.do("erase-personal-data", "protection", "security", person_id="one", basis_code="request")
    rules.refused("person-erased", "unmerge-persons", person_id="one", merged_id="two", **WHY)


@pytest.mark.parametrize("command", ["merge-persons", "unmerge-persons"])
def test_a_registrar_and_a_director_sign_who_are_not_concerned(rules: Rules, command: str) -> None:
    for name in ("one", "two"):
        rules.person(name)
    if command == "unmerge-persons":
        twin(rules, "one", Role.REGISTRAR)
        rules.refused("own-case", command, "twin", "director", person_id="one", merged_id="twin", **WHY)
        return
    for survivor, merged in (("registrar", "one"), ("one", "registrar"), ("director", "one"), ("one", "director")):
        rules.refused("own-case", command, person_id=survivor, merged_id=merged, **WHY)


def test_a_command_that_names_a_merged_id_is_refused_with_the_one_that_counts(planned: Rules) -> None:
    twin(planned, "facilitator", Role.ASSESSOR)
    consent, key = {"person_id": "twin"}, key_of("new").public
    by_registrar: dict[str, dict[str, Any]] = {
        "update-person-details": {"details": names("Other")},
        "record-employment": {"since": date(2017, 1, 1)},
        "give-listing-consent": {},
        "withdraw-listing-consent": {},
        "give-results-consent": {},
        "withdraw-results-consent": {},
        "nominate-candidate": NOMINATION,
    }
    for command, arguments in by_registrar.items():
        planned.refused("person-merged", command, "registrar", **consent, **arguments)
    exception = {"candidacy_id": "c-awa", "assessor_id": "twin", **WHY}
    planned.refused("person-merged", "grant-separation-exception", **exception)
    planned.refused("person-merged", "grant-role", person_id="twin", role="moderator")
    planned.refused("person-merged", "register-key", "security", "twin", person_id="twin", public_key=key)
    rotated = {"old_key_id": key_of("twin").key_id, "public_key": key}
    planned.refused("person-merged", "rotate-key", "security", "twin", person_id="twin", **rotated)
    planned.refused("person-merged", "assign-assessor", "manager", person_id="twin")
    planned.refused("person-merged", "erase-personal-data", person_id="twin", basis_code="request")
    planned.refused("already-exists", "register-person", person_id="twin", details=names("A"))
    planned.do("revoke-role", "director", person_id="twin", role="assessor")


def test_two_seats_take_two_people(certified: Rules) -> None:
    certified.person("twin")
    certified.do("grant-role", "director", person_id="twin", role=Role.DECISION_AUTHORITY)
    withdraw = ("withdraw-certification", "decider1", "twin")
    merge(certified, "decider1", "twin")
    certified.refused("signers-not-distinct", *withdraw, effective_from=date(2017, 6, 1))
    unmerge(certified, "decider1", "twin")
    certified.do(*withdraw, effective_from=date(2017, 6, 1))


@pytest.mark.parametrize("into", [True, False], ids=["merged into the other", "the other merged into it"])
@pytest.mark.parametrize(
    ("code", "person"), [("decider-scored", "assessor1"), ("decider-trained", "facilitator"), ("own-case", "awa")]
)
def test_who_trained_or_scored_or_is_concerned_decides_under_no_id(
    certified: Rules, code: str, person: str, into: bool
) -> None:
    """Case I2: the human who scored, as another id, decides on nothing."""
    twin(certified, person, Role.DECISION_AUTHORITY, into=into)
    certified.refused(code, "suspend-certification", "twin", **SUSPEND)
    unmerge(certified, *((person, "twin") if into else ("twin", person)))
    certified.do("suspend-certification", "twin", **SUSPEND)


def test_who_moderated_decides_under_no_id(planned: Rules) -> None:
    planned.score("c-awa", 4)
    for live in planned.read().candidacy("c-awa").live_sheets:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=live.sheet_id)
    planned.do("hold-moderation", candidacy_id="c-awa", level=4, rationale=value("rationale", "agreed"))
    twin(planned, "moderator", Role.DECISION_AUTHORITY, Role.ASSESSOR)
    planned.at(2017, 5, 19, 15).do("close-session", "manager", session_id=SESSION)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    planned.do("compute-ranking", "registrar", session_id=SESSION)
    planned.do("decide-certification", candidacy_id="c-awa", effective_from=END)
    planned.refused("decider-moderated", "suspend-certification", "twin", **SUSPEND)


def test_who_trained_under_another_id_does_not_score(planned: Rules) -> None:
    planned.person("twin")
    planned.do("record-employment", person_id="twin", administration_id="FR", since=date(2010, 1, 1))
    planned.do("grant-role", "director", person_id="twin", role=Role.ASSESSOR)
    planned.do("assign-assessor", person_id="twin")
    merge(planned, "facilitator", "twin")
    planned.at(2017, 5, 16).refused("separation-period", "submit-score-sheet", "twin", **sheet())
    planned.do("grant-separation-exception", candidacy_id="c-awa", assessor_id="facilitator", **WHY)
    planned.do("submit-score-sheet", "twin", **sheet())


def test_an_assessor_is_one_under_two_ids(planned: Rules) -> None:
    """Sheets, who may change one, who is awaited, and how many levels a cell has."""
    twin(planned, "assessor1", Role.ASSESSOR)
    planned.at(2017, 5, 16).do("submit-score-sheet", "twin", **sheet())
    planned.refused("sheet-exists", "submit-score-sheet", "assessor1", **sheet("s-2"))
    superseding = {"old_sheet_id": "s-1", "reason_code": "omission", **sheet("s-2")}
    superseding.pop("activity")
    planned.refused("not-your-sheet", "supersede-score-sheet", "assessor2", "moderator", **superseding)
    planned.do("supersede-score-sheet", "assessor1", "moderator", **superseding)
    with pytest.raises(Exception, match=r"missing: .*case-study: assessor2, simulation") as missing:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id="s-2")
    assert "case-study: assessor1" not in str(missing.value)


def test_two_sheets_of_one_human_are_the_levels_of_one_assessor(planned: Rules) -> None:
    planned.person("twin")
    planned.do("record-employment", person_id="twin", administration_id="FR", since=date(2010, 1, 1))
    planned.do("grant-role", "director", person_id="twin", role=Role.ASSESSOR)
    planned.do("assign-assessor", person_id="twin")
    planned.at(2017, 5, 16)
    for number, (activity, competencies) in enumerate(PLAN.items()):
        for assessor in ("assessor1", "twin") if competencies else ():
            planned.do("submit-score-sheet", assessor, **sheet(f"s-{number}-{assessor}", activity))
    merge(planned, "assessor1", "twin")
    planned.at(2017, 5, 19, 15).do("close-session", "manager", session_id=SESSION)
    for live in planned.read().candidacy("c-awa").live_sheets:
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=live.sheet_id)
    held = {"candidacy_id": "c-awa", "level": 4, "rationale": value("rationale", "agreed")}
    planned.refused("levels-missing", "hold-moderation", **held)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    outcome = planned.read().candidacy("c-awa").outcome
    assert outcome is not None
    assert outcome.outcome == "incomplete"
    assert {len(cell.sheets) for cell in outcome.cells} == {1}


def test_a_corrected_sheet_still_counts_before_one_handed_in_later_under_another_id(planned: Rules) -> None:
    planned.person("twin")
    planned.do("record-employment", person_id="twin", administration_id="FR", since=date(2010, 1, 1))
    planned.do("grant-role", "director", person_id="twin", role=Role.ASSESSOR)
    planned.do("assign-assessor", person_id="twin")
    planned.at(2017, 5, 16).do("submit-score-sheet", "assessor1", **sheet("s-1", level=1))
    planned.do("submit-score-sheet", "twin", **sheet("s-2", level=5))
    merge(planned, "assessor1", "twin")
    corrected = {"old_sheet_id": "s-1", "reason_code": "omission", **sheet("s-3", level=2)}
    corrected.pop("activity")
    planned.do("supersede-score-sheet", "assessor1", "moderator", **corrected)
    planned.at(2017, 5, 19, 15).do("close-session", "manager", session_id=SESSION)
    for sheet_id in ("s-2", "s-3"):
        planned.do("reveal-score-sheet", "registrar", candidacy_id="c-awa", sheet_id=sheet_id)
    planned.do("compute-outcome", "registrar", candidacy_id="c-awa")
    outcome = planned.read().candidacy("c-awa").outcome
    assert outcome is not None
    assert {scored.level for cell in outcome.cells for scored in cell.sheets} == {2}


def test_who_scored_or_trained_moderates_under_no_id_and_the_other_way_round(planned: Rules) -> None:
    planned.at(2017, 5, 16).do("submit-score-sheet", "assessor1", **sheet())
    twin(planned, "assessor1", Role.MODERATOR)
    superseding = {"old_sheet_id": "s-1", "reason_code": "omission", **sheet("s-2")}
    superseding.pop("activity")
    supersede = ("supersede-score-sheet", "assessor1")
    planned.refused("signers-not-distinct", *supersede, "twin", **superseding)
    planned.refused(
        "moderator-scored",
        "hold-moderation",
        "twin",
        level=4,
        candidacy_id="c-awa",
        rationale=value("rationale", "agreed"),
    )
    unmerge(planned, "assessor1", "twin")
    merge(planned, "facilitator", "twin")
    planned.refused("moderator-trained", *supersede, "twin", **superseding)
    unmerge(planned, "facilitator", "twin")
    planned.do(*supersede, "twin", **superseding)
    merge(planned, "assessor2", "twin")
    planned.refused("assessor-moderated", "submit-score-sheet", "assessor2", **sheet("s-3"))


def test_a_candidate_is_no_officer_of_the_workshop_under_any_id(planned: Rules) -> None:
    planned.person("twin")
    for role in (Role.SELECTION_PANEL, Role.FACILITATOR, Role.MODERATOR):
        planned.do("grant-role", "director", person_id="twin", role=role)
    merge(planned, "twin", "awa")
    planned.refused("officer-is-candidate", "assign-facilitator", "manager", person_id="twin")
    planned.person("bob")
    planned.do("nominate-candidate", person_id="bob", **NOMINATION)
    deciding = {"candidacy_id": "c-2", "findings": FINDINGS}
    planned.refused("officer-is-candidate", "decide-eligibility", "panel1", "twin", **deciding)
    planned.person("trainer")
    merge(planned, "trainer", "facilitator")
    planned.refused(
        "candidate-is-officer", "nominate-candidate", person_id="trainer", **NOMINATION | {"candidacy_id": "c-3"}
    )
    planned.do("grant-role", "director", person_id="trainer", role=Role.FACILITATOR)
    planned.refused("already-assigned", "assign-facilitator", "manager", person_id="trainer")
    planned.do("grant-role", "director", person_id="trainer", role=Role.ASSESSOR)
    planned.refused("trainer-and-assessor", "assign-assessor", "manager", person_id="trainer")
    planned.do("decide-eligibility", candidacy_id="c-2", findings=FINDINGS)
    merge(planned, "assessor1", "bob")
    planned.at(2017, 5, 16).refused("officer-is-candidate", "submit-score-sheet", "assessor1", **sheet())
    unmerge(planned, "assessor1", "bob")
    planned.do("submit-score-sheet", "assessor1", **sheet())


def test_a_human_has_one_open_candidacy_and_one_certification_in_force(planned: Rules) -> None:
    planned.person("twin")
    merge(planned, "twin", "awa")
    planned.refused("candidacy-open", "nominate-candidate", person_id="twin", **NOMINATION)
    unmerge(planned, "twin", "awa")
    planned.do("nominate-candidate", person_id="twin", **NOMINATION)
    planned.do("decide-eligibility", candidacy_id="c-2", findings=FINDINGS)
    merge(planned, "twin", "awa")
    planned.score("c-awa", 4)
    planned.score("c-2", 4)
    planned.at(2017, 5, 19, 15).do("close-session", "manager", session_id=SESSION)
    for candidacy_id in ("c-awa", "c-2"):
        for live in planned.read().candidacy(candidacy_id).live_sheets:
            planned.do("reveal-score-sheet", "registrar", candidacy_id=candidacy_id, sheet_id=live.sheet_id)
        planned.do("compute-outcome", "registrar", candidacy_id=candidacy_id)
    planned.do("compute-ranking", "registrar", session_id=SESSION)
    decide = {"effective_from": END}
    planned.do("decide-certification", candidacy_id="c-awa", **decide)
    planned.refused("already-certified", "decide-certification", candidacy_id="c-2", **decide)
    withdrawal = {"initiator": "candidate", "effective_from": END}
    planned.do("withdraw-candidacy", candidacy_id="c-2", **withdrawal)


def test_own_administration_is_that_of_every_id(planned: Rules) -> None:
    """Case I16: employments of all ids are those of one person."""
    planned.person("twin")
    planned.do("record-employment", person_id="twin", administration_id="SN", since=date(2015, 1, 1))
    merge(planned, "assessor1", "twin")
    planned.at(2017, 5, 16).refused("own-administration", "submit-score-sheet", "assessor1", **sheet())
    unmerge(planned, "assessor1", "twin")
    planned.do("submit-score-sheet", "assessor1", **sheet())


def test_an_employment_under_another_id_is_known(planned: Rules) -> None:
    planned.person("twin")
    planned.do("grant-role", "director", person_id="twin", role=Role.ASSESSOR)
    planned.refused("employment-unknown", "assign-assessor", person_id="twin")
    merge(planned, "twin", "decider1")
    planned.do("assign-assessor", person_id="twin")


def test_nobody_gives_roles_and_enrols_keys_under_two_ids(rules: Rules) -> None:
    twin(rules, "manager", Role.DIRECTOR, into=False)
    rules.refused("roles-apart", "grant-role", "director", person_id="twin", role="security-officer")
    rules.person("third")
    merge(rules, "third", "twin")
    rules.refused("roles-apart", "grant-role", "director", person_id="third", role="security-officer")
    rules.do("grant-role", "director", person_id="third", role=Role.DIRECTOR)
    rules.refused("own-role", "revoke-role", "third", person_id="twin", role=Role.DIRECTOR)


def test_an_erasure_is_of_every_id(certified: Rules) -> None:
    erase = ("erase-personal-data", "protection", "security")
    twin(certified, "awa", Role.MODERATOR, into=False)
    certified.refused("roles-held", *erase, person_id="twin", basis_code="request")
    certified.do("revoke-role", "director", person_id="twin", role=Role.MODERATOR)
    certified.refused("certification-in-force", *erase, person_id="twin", basis_code="request")
    certified.do("withdraw-certification", effective_from=date(2017, 6, 1))
    certified.at(2017, 6, 1).do(*erase, person_id="twin", basis_code="request")
    for person_id in ("awa", "twin"):
        assert certified.read().human(person_id).erased
    certified.refused("person-erased", "withdraw-certification", effective_from=date(2017, 6, 1))


@pytest.mark.parametrize(("consent", "given"), [("listing", "listed"), ("results", "shows_results")])
def test_the_narrower_consent_counts_until_it_is_given_again(rules: Rules, consent: str, given: str) -> None:
    for name in ("one", "two", "three"):
        rules.person(name)

    def agreed() -> list[bool]:
        return [getattr(rules.read().human(name), given) for name in ("one", "two", "three")]

    for name in ("one", "three"):
        rules.do(f"give-{consent}-consent", person_id=name)
    merge(rules, "one", "three")
    assert agreed() == [True, False, True]
    merge(rules, "one", "two")
    assert agreed() == [False] * 3
    rules.refused("consent-unchanged", f"withdraw-{consent}-consent", person_id="one")
    rules.do(f"give-{consent}-consent", person_id="one")
    assert agreed() == [True] * 3
    unmerge(rules, "one", "two")
    assert agreed() == [True, False, True]


def test_a_survivor_is_merged_into_a_third_and_each_merge_is_undone_by_itself(rules: Rules) -> None:
    for name in ("one", "two", "three"):
        rules.person(name)
    merge(rules, "two", "one")
    merge(rules, "three", "two")
    read = rules.read()
    assert {read.one(name) for name in ("one", "two", "three")} == {"three"}
    assert set(read.ids_of("two")) == {"one", "two", "three"}
    assert (read.survivor("one"), read.survivor("three")) == ("three", None)
    unmerge(rules, "two", "one")
    assert rules.read().ids_of("one") == ("one",)
    assert rules.read().ids_of("two") == ("three", "two")


def test_the_holder_of_a_certificate_is_called_as_the_person_is_now(certified: Rules) -> None:
    certified.person("awa2", family_name="Écho")
    merge(certified, "awa2", "awa")
    certified.do("reissue-certificate", "registrar", certification_id="c-awa", reason_code="name-changed")
    (given, family) = (certified.values[d.digest].value for d in certified.last.certificate.holder)  # type: ignore[union-attr]  # a reissue
    assert (given, family) == ("awa2", "Écho")


def test_a_merge_that_is_undone_leaves_every_state_as_it_was(certified: Rules) -> None:
    for name in ("awa", "bob"):
        if name == "bob":
            certified.person(name)
        certified.do("give-listing-consent", person_id=name)
    before = states(certified)
    merge(certified, "bob", "awa")
    unmerge(certified, "bob", "awa")
    assert states(certified) == before


def states(rules: Rules) -> dict[Any, Any]:
    """Every state, but for its version."""
    found = rules._memory.states
    return {stream: msgspec.structs.replace(state, version=0) for stream, state in found.items()} | {
        "merges": rules._memory.merges
    }


IDS = st.sampled_from("abcde")


@given(st.lists(st.tuples(IDS, IDS)), st.data())
def test_merges_form_humans_and_undoing_one_restores_what_was(
    pairs: list[tuple[str, str]], data: st.DataObject
) -> None:
    """Ids of one human share their ids, whichever is asked; a merge and its undoing are no change."""
    why, merges, done = Digest("reason", ""), Merges(), []
    for survivor, merged in pairs:
        if survivor != merged and not {survivor, merged} & merges.into.keys():
            done.append((survivor, merged, merges))
            merges = evolve_merges(merges, PersonsMerged(person_id=survivor, merged_id=merged, reason=why))
    for person in "abcde":
        ids = merges.ids_of(person)
        assert person in ids
        assert len(set(ids)) == len(ids)
        assert {merges.ids_of(other) for other in ids} == {ids}
        assert {merges.one(other) for other in ids} == {ids[0]}
        assert ids[1:] == tuple(merged for merged in merges.into if merged in ids)
    if done:
        survivor, merged, before = done[-1]
        undone = evolve_merges(merges, PersonsUnmerged(person_id=survivor, merged_id=merged, reason=why))
        assert undone == before
