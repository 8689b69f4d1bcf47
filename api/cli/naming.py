"""What people call things on the command line: certificates by number, people by name or id."""

from collections.abc import Iterable

from api.cli.common import Wrong
from ledger.domain.number import CertificateNumber, NumberError
from ledger.domain.refusal import Refused
from ledger.likeness import parts_of, words_of
from projections.certificates.queries import CertificateRow
from projections.read_models import ReadModels


def number_of(text: str) -> str:
    """Returns the certificate number that somebody typed. Raises ``Wrong`` when it cannot be one."""
    try:
        return str(CertificateNumber.read(text))
    except NumberError as error:
        raise Wrong("NUMBER", *error.words) from None


def certificate_of(models: ReadModels, text: str) -> CertificateRow:
    """Returns the certificate of a number as somebody typed it. Raises ``Wrong``, and ``Refused`` if there is none."""
    number = number_of(text)
    certificate = models.certificates.by_number(number)
    if certificate is None:
        raise Refused("unknown", kind="certificate", id=number)
    return certificate


def is_meant(text: str, names: Iterable[str]) -> bool:
    """Whether each word of a text begins a word of the names; accents, case and order make no difference.

    N'Guessan is meant by guessan and by nguessan.
    """
    own = set[str]().union(*map(words_of, names))
    return all(any(word.startswith(prefix) for word in own) for prefix in parts_of(text))
