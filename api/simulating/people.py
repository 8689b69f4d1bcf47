"""The people of a simulated register: those who are nominated, and the officers, each with one role."""

from datetime import date, timedelta
from random import Random

import msgspec

from api.secretariat.importing.workshop import members
from api.simulating.names import REGIONS, family_name, given_name
from api.simulating.recording import Recorder, value
from ledger.domain.record import Role
from ledger.signing.keys import SigningKey

HOSTS = ("BE", "FR", "CH", "CA", "PT", "GB", "JP", "AU")
"""Whose officers train and assess. They nominate nobody: an assessor may not score a colleague (ISO/IEC 17024, 5.2)."""
E_MAIL = 0.7  # of people have an address on record
EMPLOYED_SINCE = date(2005, 1, 3)
EMPLOYED_WITHIN = 3600  # days from then


class Somebody(msgspec.Struct):
    """A person who is nominated, under the id that counts. ``is_merged``: another id turned out to be theirs, too."""

    person_id: str
    region: str
    administration_id: str
    given_name: str
    family_name: str
    ability: float
    is_listed: bool = False
    shows_results: bool = False
    is_merged: bool = False


class People:
    """Registers people and officers, each under an id that follows from the seed."""

    def __init__(self, recorder: Recorder, random: Random, officers: dict[Role, tuple[str, SigningKey]]) -> None:
        self.recorder, self.random = recorder, random
        self.officers: dict[Role, list[str]] = {role: [person] for role, (person, _) in officers.items()}
        self.count = len(officers)
        self._administrations: set[str] = set()
        self._by_region: dict[str, list[str]] = {}
        for code, member in members().items():
            if code not in HOSTS:
                self._by_region.setdefault(member["region"], []).append(code)

    def new_id(self) -> str:
        """Return a pseudonym as the secretariat's, but one that follows from the seed."""
        return f"{self.random.getrandbits(64):016x}"

    def one(self, role: Role) -> str:
        """Return the first officer of a role."""
        return self.officers[role][0]

    def key_files(self) -> dict[str, SigningKey]:
        """Return the key of each officer by the name of its file: the role, with a number from the second on."""
        return {
            f"{role}-{number}" if number > 1 else f"{role}": self.recorder.keys[person]
            for role, people in self.officers.items()
            for number, person in enumerate(people, 1)
        }

    def some(self, role: Role, count: int) -> list[str]:
        """Return different officers of a role, at random."""
        return self.random.sample(self.officers[role], count)

    def appoint(self, role: Role) -> None:
        """Register an officer of one of the hosts, with a role and a key."""
        code = self.random.choice(HOSTS)
        region = REGIONS[members()[code]["region"]]
        person = self.new_id()
        self._register(person, given_name(self.random, region), family_name(self.random, region))
        self._employ(person, code)
        self.recorder.do("grant-role", self.one(Role.DIRECTOR), person_id=person, role=role)
        self.recorder.enrol(SigningKey.generate(), "register-key", self.one(Role.SECURITY_OFFICER), person)
        self.officers.setdefault(role, []).append(person)

    def part_with(self, role: Role) -> None:
        """Let the longest-serving officer of a role go: without role and key."""
        person = self.officers[role].pop(0)
        self.recorder.do("revoke-role", self.one(Role.DIRECTOR), person_id=person, role=role)
        key = self.recorder.keys.pop(person).key_id
        security = self.one(Role.SECURITY_OFFICER)
        self.recorder.do("revoke-key", security, person_id=person, key_id=key, reason_code="left-service")

    def rotate_key(self, role: Role) -> None:
        """Give one officer of a role a new key in place of theirs."""
        (person,) = self.some(role, 1)
        old, security = self.recorder.keys[person].key_id, self.one(Role.SECURITY_OFFICER)
        new = SigningKey.generate()
        self.recorder.do("agree-to-key", person, person_id=person, key_id=new.key_id)
        self.recorder.enrol(new, "rotate-key", security, person, old_key_id=old)

    def register(self, region: str) -> Somebody:
        """Register somebody of a region, and where they work."""
        spoken = REGIONS[region]
        somebody = Somebody(
            self.new_id(),
            region,
            self.random.choice(self._by_region[region]),
            given_name(self.random, spoken),
            family_name(self.random, spoken),
            self.random.gauss(3.5, 0.7),
        )
        return self.register_as(somebody)

    def register_as(self, somebody: Somebody) -> Somebody:
        """Register somebody under the id that they have here."""
        self._register(somebody.person_id, somebody.given_name, somebody.family_name)
        self._employ(somebody.person_id, somebody.administration_id)
        return somebody

    def rename(self, somebody: Somebody) -> None:
        """Record another family name."""
        somebody.family_name = family_name(self.random, REGIONS[somebody.region])
        details = [value("family_name", somebody.family_name)]
        registrar = self.one(Role.REGISTRAR)
        self.recorder.do("update-person-details", registrar, person_id=somebody.person_id, details=details)

    def _register(self, person: str, given: str, family: str) -> None:
        self.count += 1
        named = [("given_name", given), ("family_name", family)]
        if self.random.random() < E_MAIL:
            named.append(("email", f"{person}@example.org"))
        details = [value(name, says) for name, says in named if says]
        self.recorder.do("register-person", self.one(Role.REGISTRAR), person_id=person, details=details)

    def _employ(self, person: str, code: str) -> None:
        registrar = self.one(Role.REGISTRAR)
        if code not in self._administrations:
            self._administrations.add(code)
            self.recorder.do("register-administration", registrar, administration_id=code, **members()[code])
        since = EMPLOYED_SINCE + timedelta(days=self.random.randrange(EMPLOYED_WITHIN))
        since = min(since, self.recorder.today)
        self.recorder.do("record-employment", registrar, person_id=person, administration_id=code, since=since)
