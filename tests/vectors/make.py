"""Writes a golden vector for each event type that has none: ``python -m tests.vectors.make``. It rewrites none.

The bytes of a published event never change. A new event type happens in the story of its subject, a module of
``tests.vectors.stories``: each story has a ledger of its own, so none changes the vectors of another."""

import importlib
import itertools
import json
import pkgutil
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec

from ledger.domain.decisions.issuer import possession
from ledger.domain.events.scheme import SchemeVersionDraftedV1
from ledger.domain.subjects import BY_WIRE_NAME
from ledger.log.tree import leaf_hash
from ledger.signing.envelope import open_envelope
from ledger.signing.keys import key_id
from tests.passkeys import SITE, SoftKey
from tests.scenario import CRITERIA, SCHEME, names, value
from tests.support import SESSION, PasskeyWorld, World, key_of
from tests.vectors import stories as later

EVENTS = Path(__file__).parent / "events"


def tell(world: World) -> None:
    """A story in which every event of the catalogue happens."""
    do = world.do
    world.appoint()
    do(
        "rename-administration",
        administration_id="CI",
        name_en="Côte d'Ivoire",
        name_fr="Côte d'Ivoire",
        effective_from=date(2017, 1, 1),
    )
    do("register-person", person_id="contact", details=names("Contact"))
    do("appoint-contact-point", administration_id="CI", person_id="contact", since=date(2017, 1, 1))
    do("revoke-contact-point", administration_id="CI", person_id="contact")
    world.agree("moderator", key_of("moderator2").key_id)
    world.keys = {"moderator": key_of("moderator2")}
    do(
        "rotate-key",
        "security",
        "moderator",
        person_id="moderator",
        old_key_id=key_of("moderator").key_id,
        public_key=key_of("moderator2").public,
    )
    do("revoke-role", "director", person_id="panel2", role="selection-panel")
    do("grant-role", "director", person_id="panel2", role="selection-panel")
    world.plan()
    awa, zoe = world.candidate("awa", family_name="N'Guessan-Écho"), world.candidate("zoe")
    ida = world.candidate("ida")
    for name in ("bob", "eve", "tom"):
        do("register-person", person_id=name, details=names(name))
        do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, details=[])
    do(
        "decide-eligibility/v1",
        candidacy_id="c-bob",
        findings=[
            {"criterion": c, "met": c != "pca-experience"}
            for c in ("pca-experience", "technical-knowledge", "communication-skills")
        ],
    )
    for command, candidacy in (("withdraw-candidacy/v1", "c-eve"), ("withdraw-candidacy", "c-tom")):
        do(
            command,
            candidacy_id=candidacy,
            initiator="administration",
            effective_from=date(2017, 1, 9),
            reason_code="other-duties",
            reason=value("reason", "needed at home"),
        )
    do(
        "grant-separation-exception",
        candidacy_id=awa,
        assessor_id="assessor1",
        reason=value("reason", "no other assessor"),
    )
    world.score(awa, 4)
    world.score(zoe, 2)
    world.score(ida, 4)
    sheet = world.read().candidacy(awa).live_sheets[0]
    assessor = next(p for p in ("assessor1", "assessor2") if sheet.sheet_id.endswith(p))
    levels = {"name": "levels", "value": {"theoretical-knowledge": 4, "practical-skills": 5}}
    do(
        "supersede-score-sheet",
        assessor,
        "moderator",
        candidacy_id=awa,
        old_sheet_id=sheet.sheet_id,
        sheet_id="sheet-2",
        commitment=levels,
        reason_code="transcription-error",
    )
    world.now = datetime(2017, 5, 19, 15, tzinfo=UTC)
    do("close-session", "manager", session_id=SESSION)
    for candidacy in (awa, ida, zoe):
        for live in world.read().candidacy(candidacy).live_sheets:
            do("reveal-score-sheet", "registrar", candidacy_id=candidacy, sheet_id=live.sheet_id)
    do(
        "hold-moderation",
        candidacy_id=awa,
        activity="simulation",
        competency="advisory-capacity",
        level=4,
        rationale=value("rationale", "agreed"),
    )
    for candidacy in (awa, ida, zoe):
        do("compute-outcome", "registrar", candidacy_id=candidacy)
    do("compute-ranking", "registrar", session_id=SESSION)
    for candidacy in (awa, ida, zoe):
        do("decide-certification", "decider1", "decider2", candidacy_id=candidacy, effective_from=date(2017, 5, 19))
    do("issue-certificate/v1", "registrar")
    do("issue-certificate", "registrar", certification_id=ida)
    do("give-listing-consent", "registrar", person_id="awa", evidence={"name": "evidence", "value": "letter of 22 May"})
    do("withdraw-listing-consent", "registrar", person_id="awa")
    do("update-person-details", "registrar", person_id="awa", details=[{"name": "email", "value": "awa@example.org"}])
    do("give-results-consent", "registrar", person_id="awa", evidence={"name": "evidence", "value": "letter of 23 May"})
    do("withdraw-results-consent", "registrar", person_id="awa")
    for command, held in (("suspend-certification/v1", awa), ("suspend-certification", ida)):
        do(command, certification_id=held, effective_from=date(2018, 1, 1), reason_code="under-review")
    for held in (awa, ida):
        do("lift-suspension", "decider1", certification_id=held, effective_from=date(2018, 2, 1))
    world.now = datetime(2020, 1, 15, 9, tzinfo=UTC)
    do("renew-certification", method="refresher-and-missions", evidence=value("evidence", "two missions"))
    do("reissue-certificate/v1", "registrar", reason_code="renewed")
    do("reissue-certificate", "registrar", certification_id=ida, reason_code="lost")
    for command, held in (("reduce-scope/v1", awa), ("reduce-scope", ida)):
        do(
            command,
            certification_id=held,
            removed=["practical-skills", "communication"],
            effective_from=date(2020, 1, 20),
            reason_code="competence-lost",
            reason=value("reason", "no mission since 2018"),
        )
    world.now = datetime(2020, 2, 14, 9, tzinfo=UTC)
    do(
        "extend-scope",
        added=["communication"],
        assessed_on=date(2020, 2, 12),
        effective_from=date(2020, 2, 15),
        evidence=value("evidence", "assessment of 12 February"),
    )
    for command, held in (("withdraw-certification/v1", awa), ("withdraw-certification", ida)):
        do(command, certification_id=held, effective_from=date(2020, 3, 1), reason_code="terms-breached", reason=None)
    do(
        "revoke-key",
        person_id="assessor2",
        key_id=key_of("assessor2").key_id,
        reason_code="compromised",
        compromised_since=datetime(2019, 12, 31, 23, 59, 59, tzinfo=UTC),
    )
    issue(world)
    do("erase-personal-data", "protection", "security", person_id="bob", basis_code="request")
    do("confirm-clock", reason_code="long-silence")
    do("register-person", person_id="zoe2", details=names("Zoé"))
    for command, why in (("merge-persons", "same birth date"), ("unmerge-persons", "twin sisters")):
        do(command, person_id="zoe", merged_id="zoe2", reason=value("reason", why))
    sign_with_passkeys(world)
    world.agree("assessor1", key_of("assessor3").key_id)
    world.passkeys, world.keys["assessor1"] = {}, key_of("assessor3")
    do("register-key", "security", "assessor1", person_id="assessor1", public_key=key_of("assessor3").public)
    do("recuse-assessor", candidacy_id=zoe, reason_code="family", reason=value("reason", "a cousin"))
    select(world)
    draft_as_before(world)


def draft_as_before(world: World) -> None:
    """A version is drafted that asks for nothing before and after the workshop."""
    drafted = world.read().scheme(SCHEME).drafts["1.0.0"]
    fields = {field: getattr(drafted, field) for field in SchemeVersionDraftedV1.__struct_fields__}
    world.do("draft-scheme-version/v1", **msgspec.to_builtins(fields | {"version": "1.1.0"}))


def select(world: World) -> None:
    """The panel of a second workshop decides on two candidates: on one as before, on the other their members differ."""
    again, days = "TOA-PCA-FR-2021", {"start": date(2021, 5, 17), "end": date(2021, 5, 21)}
    all_met = [{"criterion": criterion, "met": True} for criterion in CRITERIA]
    one_not_met = [{"criterion": CRITERIA[0], "met": False}, *all_met[1:]]
    world.do("plan-session", session_id=again, **days)
    for name in ("kim", "lea"):
        world.do("register-person", person_id=name, details=names(name))
        world.do("nominate-candidate", candidacy_id=f"c-{name}", person_id=name, session_id=again, details=[])
    world.do("decide-eligibility/v1", candidacy_id="c-lea", findings=all_met)
    world.do("record-findings", "panel1", candidacy_id="c-kim", findings=all_met, reason=None)
    why = value("reason", "three of the eight years were in another field")
    for command, people in (("record-findings", ["panel2"]), ("decide-eligibility", ["panel1", "panel2"])):
        world.do(command, *people, candidacy_id="c-kim", findings=one_not_met, reason=why)


def sign_with_passkeys(world: World) -> None:
    """Passkeys are allowed on one site; an assessor enrols one, loses it with the key file, and enrols another."""
    first, second = SoftKey("first"), SoftKey("second", algorithm="Ed25519", eligible=True)
    world.do("allow-origin", rp_id=SITE.rp_id, origin=SITE.origin)
    world.agree("assessor1", first.key_id)
    world.passkeys = {"assessor1": first}
    world.do("register-passkey", "security", "assessor1", person_id="assessor1", **first.registration)
    world.passkeys = {"assessor1": second}
    lost = [key_of("assessor1").key_id, first.key_id]
    people = ("director", "security", "assessor1")
    world.do("recover-passkey", *people, person_id="assessor1", lost_key_ids=lost, **second.registration)
    world.do("set-passkey-policy", device_bound=["registrar", "decision-authority"])


def issue(world: World) -> None:
    """The body becomes an issuer of credentials, with one key that it retires and one that it loses."""
    url = "https://register.example.org"
    world.do("establish-issuer", "director", url=url)
    for name in ("issuer1", "issuer2"):
        key = key_of(name)
        world.do("enrol-issuer-key", public_key=key.public, proof=key.sign(possession(url, key.key_id)))
    world.do("retire-issuer-key", "security", key_id=key_of("issuer1").key_id)
    world.do(
        "revoke-issuer-key",
        key_id=key_of("issuer2").key_id,
        reason_code="compromised",
        compromised_since=datetime(2020, 1, 15, 9, tzinfo=UTC),
    )


def stories() -> list[Callable[[World], None]]:
    """The story of the first events, then those of later subjects by name."""
    named = sorted(module.name for module in pkgutil.iter_modules(later.__path__, f"{later.__name__}."))
    return [tell, *(importlib.import_module(name).tell for name in named)]


def vectors() -> dict[str, dict[str, Any]]:
    """The first event of each type in the stories, the same in every run."""
    found: dict[str, dict[str, Any]] = {}
    for story in stories():
        for wire_name, vector in _vectors_of(story).items():
            found.setdefault(wire_name, vector)
    return found


def _vectors_of(story: Callable[[World], None]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    count = itertools.count(1)
    with tempfile.TemporaryDirectory() as folder, patch("secrets.token_bytes", lambda size: next(count).to_bytes(size)):
        world = World(Path(folder) / "ledger")
        story(world)
        anew = PasskeyWorld(Path(folder) / "anew")
        keys: dict[str, str] = {}
        for entry in (*world.ledger.entries(0, world.ledger.size()), *anew.ledger.entries(0, 1)):
            facts = world.ledger.application.mapper.to_domain_event(entry).event.facts  # type: ignore[attr-defined]  # ours
            for enrolled in (facts, *getattr(facts, "founders", ())):
                holder = getattr(enrolled, "credential", getattr(enrolled, "key", enrolled))
                if hasattr(holder, "public_key"):
                    keys[key_id(holder.public_key)] = holder.public_key.hex()
            envelope = open_envelope(entry.state)
            found.setdefault(
                entry.topic,
                {
                    "wire_name": entry.topic,
                    "payload": envelope.payload.decode(),
                    "envelope": entry.state.decode(),
                    "leaf": leaf_hash(entry.state).hex(),
                    "keys": {s.keyid: keys[s.keyid] for s in envelope.signatures},
                },
            )
        world.ledger.close()
        anew.ledger.close()
    return found


def file_of(wire_name: str) -> Path:
    return EVENTS / f"{wire_name.replace('/', '-')}.json"


if __name__ == "__main__":
    made = vectors()
    for wire_name in BY_WIRE_NAME:
        path = file_of(wire_name)
        if not path.exists():
            path.write_text(json.dumps(made[wire_name], indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            sys.stdout.write(f"{path.name}\n")
