"""Marks in the place of a revision: of databases that no program may open."""

from collections.abc import Callable

from ledger.errors import Unreadable

FOUNDING, MOVING, MOVED = "founding", "moving", "moved"


def _unfounded(name: str) -> Unreadable:
    return Unreadable(
        f"{name}: a founding was interrupted here; run pca-ledger init again",
        f"{name} : une fondation a été interrompue ici ; relancez pca-ledger init",
    )


def _moving(name: str) -> Unreadable:
    return Unreadable(
        f"{name}: a ledger is being moved here, or that was interrupted; run pca-ledger migrate --to again",
        f"{name} : un registre y est en cours de déplacement, ou celui-ci a été interrompu ; relancez "
        "pca-ledger migrate --to",
    )


def _moved(name: str) -> Unreadable:
    return Unreadable(
        f"{name}: the ledger was moved to another database; set PCA_LEDGER_DATABASE to its address, or take it back "
        "with pca-ledger migrate --take-back",
        f"{name} : le registre a été déplacé dans une autre base de données ; donnez son adresse à "
        "PCA_LEDGER_DATABASE, ou reprenez-le avec pca-ledger migrate --take-back",
    )


MARKS: dict[str, Callable[[str], Unreadable]] = {FOUNDING: _unfounded, MOVING: _moving, MOVED: _moved}
