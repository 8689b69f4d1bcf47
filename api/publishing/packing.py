"""A verification bundle as one zip file for people: with proofs that other tools read, and the page that checks it.

Only ``bundle.json`` counts. Verifiers must take the page and the trust root from the certification body, not from it.
"""

from importlib.resources import files
from io import BytesIO
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ledger.bundle import MAX_BUNDLE_BYTES, Bundle
from ledger.errors import Unverifiable
from ledger.log.proof import InclusionProof

MEDIA_TYPE = "application/zip"
MAGIC = b"PK\x03\x04"
BUNDLE = "bundle.json"
MAX_MEMBERS = 30_000  # two for each statement, and a few
ENTRY = b"PK\x01\x02"  # how each member begins in the directory at the end
MAX_ZIP_BYTES = 4 * MAX_BUNDLE_BYTES  # as in verify.html
LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file can say: the same bundle is the same file
README = """\
Verification bundle of certificate {number}

verify.html       open it offline in a browser, and give it bundle.json (or this ZIP file) and the trust root
bundle.json       everything that is verified: pca-ledger verify bundle.json --trust trust.json
statements/N.json the exact bytes of entry N of the log, counted from 0
proofs/N.tlog-proof  proof that entry N is in the log (c2sp.org/tlog-proof); its leaf hash is SHA-256(0x00 || bytes)
checkpoint        the signed checkpoint under which all of them are proved

Get the trust root (trust.json) and your own copy of verify.html from the certification body: the person who gave you
this file could have changed the page in it.

Dossier de vérification du certificat {number}

verify.html       à ouvrir hors ligne dans un navigateur ; indiquez-lui bundle.json (ou ce fichier ZIP) et la racine
                  de confiance
bundle.json       tout ce qui est vérifié : pca-ledger verify bundle.json --trust trust.json
statements/N.json les octets exacts de l’entrée N du journal, numérotée à partir de 0
proofs/N.tlog-proof  preuve que l’entrée N figure au journal (c2sp.org/tlog-proof) ; empreinte SHA-256(0x00 || octets)
checkpoint        le point de contrôle signé sur lequel reposent toutes les preuves

Procurez-vous la racine de confiance (trust.json) et votre propre copie de verify.html auprès de l’organisme de
certification : la personne qui vous a remis ce fichier aurait pu modifier la page qu’il contient.
"""


def verify_page() -> bytes:
    """Returns the page that checks a bundle in a browser, offline."""
    return files("api").joinpath("offline/verify.html").read_bytes()


def pack(bundle: Bundle) -> bytes:
    """Returns the zip file of a bundle: the same bytes for the same bundle."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_STORED) as archive:

        def add(name: str, data: bytes) -> None:
            archive.writestr(ZipInfo(name, LONG_AGO), data)

        add("README.txt", README.format(number=bundle.number).encode())
        add("verify.html", verify_page())
        add(BUNDLE, bytes(bundle))
        add("checkpoint", bundle.checkpoint.encode())
        for statement in bundle.statements:
            proof = InclusionProof(statement.index, statement.path, bundle.checkpoint)
            add(f"statements/{statement.index}.json", statement.envelope)
            add(f"proofs/{statement.index}.tlog-proof", str(proof).encode())
    return packed.getvalue()


def unpacked(data: bytes) -> bytes:
    """Returns the bytes of ``bundle.json`` if ``data`` is a zip file that holds it, else ``data`` itself.

    Bounded before anything is read. Raises ``Unverifiable`` when a zip file holds none.
    """
    if not data.startswith(MAGIC):
        return data
    if len(data) > MAX_ZIP_BYTES or data.count(ENTRY) > MAX_MEMBERS:
        raise Unverifiable("zip-malformed", f"a zip file has at most {MAX_ZIP_BYTES} bytes and {MAX_MEMBERS} members")
    try:
        with ZipFile(BytesIO(data)) as archive:
            bundles = [member for member in archive.infolist() if member.filename == BUNDLE]
            if len(bundles) != 1:
                raise Unverifiable("zip-malformed", f"expected one {BUNDLE} in the zip file")
            (member,) = bundles
            if member.compress_type != ZIP_STORED or member.file_size > MAX_BUNDLE_BYTES:
                raise Unverifiable("zip-malformed", f"{BUNDLE}: expected as it is, at most {MAX_BUNDLE_BYTES} bytes")
            return archive.read(member)
    except (BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise Unverifiable("zip-malformed", f"not a zip file: {error}") from None
