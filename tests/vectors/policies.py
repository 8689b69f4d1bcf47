"""Policies, good and with one fault each (c2sp.org/tlog-policy): for the program and for the page."""

from ledger.log.cosignature import Cosigner
from ledger.signing.keys import MlDsaKey
from ledger.signing.note import COSIGNATURE, VerifierKey
from tests.support import key_of

LOG = VerifierKey("example.org/log", key_of("log").public)
NORTH, SOUTH, SAME = (Cosigner(f"{n}.example", key_of(k)).verifier_key for n, k in
                      (("north", "north"), ("south", "south"), ("same", "north")))  # fmt: skip
ML_DSA = Cosigner("example.org/log", MlDsaKey.from_seed(bytes(32))).verifier_key
NOBODY = VerifierKey("south.example", (1).to_bytes(32, "little"), COSIGNATURE)  # anybody signs with it
GOOD = f"""\
# who must have seen it
log {LOG} https://log.example
witness n {NORTH} https://north.example/#x
witness s {SOUTH}
group g 2 n s
quorum g
"""
ACCEPTED = {
    "as it is": GOOD,
    "no newline at the end": GOOD.removesuffix("\n"),
    "tabs, and spaces around": GOOD.replace("witness n ", "\t witness\tn  \t").replace("quorum g", "quorum g \t"),
    "a comment after spaces": GOOD.replace("# who", " \t# who"),
    "a line separator in a comment": GOOD.replace("# who", "# \u2028quorum none"),
    "a name that is not ASCII": GOOD.replace(" g", " \u212a"),
    "any": GOOD.replace("g 2", "g any"),
    "nobody": "quorum none",
    "a log with two keys": GOOD.replace("log ", f"log {ML_DSA}\nlog ", 1),
}
REFUSED = {
    "a comment after a line": GOOD.replace("quorum g", "quorum g # these"),
    "carriage returns": GOOD.replace("\n", "\r\n"),
    "another space": GOOD.replace("quorum g", "quorum\u00a0g"),
    "another line end": GOOD.replace("\nquorum", "\u2028quorum"),
    "a control character": GOOD.replace("# who must have seen it", "log\x01"),
    "one key under two names": GOOD.replace(str(SOUTH), str(SAME)),
    "one log twice": GOOD.replace("witness n", f"log {LOG}\nwitness n", 1),
    "a member of two groups": GOOD.replace("quorum g", "group h 1 n\nquorum h"),
    "a member twice": GOOD.replace("2 n s", "2 n n"),
    "a threshold with a sign": GOOD.replace("g 2", "g +2"),
    "a threshold with a zero": GOOD.replace("g 2", "g 02"),
    "a threshold in hex": GOOD.replace("g 2", "g 0x2"),
    "a threshold in other digits": GOOD.replace("g 2", "g \u0662"),
    "a threshold of nobody": GOOD.replace("g 2", "g 0"),
    "a threshold of more than there are": GOOD.replace("g 2", "g 3"),
    "a huge threshold": GOOD.replace("g 2", "g " + "9" * 5000),
    "an address that is none": GOOD.replace("https://north", "file://north"),
    "a witness with two addresses": GOOD.replace("#x", "#x https://other.example"),
    "a witness whose key is of small order": GOOD.replace(str(SOUTH), str(NOBODY)),
    "no quorum": GOOD.replace("quorum g\n", ""),
    "two quorums": GOOD + "quorum n\n",
    "a quorum before its group": GOOD.replace("quorum g", "quorum h\ngroup h 1 g"),
    "a name taken": GOOD.replace("group g", "group n"),
    "a group of none": GOOD.replace("2 n s", "1 none"),
    "too deep": GOOD + "".join(f"group g{n + 1} any {f'g{n}' if n else 'g'}\n" for n in range(100)),
    "too long": GOOD + "#" * 100_000,
}
