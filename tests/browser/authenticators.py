"""Authenticators that Chromium simulates: a passkey answers in a real browser without anybody touching a key.

Chromium knows them by page, and forgets them with it: attach one before the page goes anywhere. Two officers are two
browser contexts, each with a page and an authenticator of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

OPTIONS = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Authenticator:
    """One that is attached to a page. ``synced``: its passkeys may be, and are, copied to other devices.

    ``gestures`` counts how often its owner made or used a passkey.
    """

    def __init__(self, page: Page, *, synced: bool = False) -> None:
        self.gestures = 0
        self._session = page.context.new_cdp_session(page)
        for event in ("credentialAdded", "credentialAsserted"):
            self._session.on(f"WebAuthn.{event}", self._touched)
        self._session.send("WebAuthn.enable")
        options = {**OPTIONS, "defaultBackupEligibility": synced, "defaultBackupState": synced}
        made = self._session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        self._id: str = made["authenticatorId"]

    def credentials(self) -> list[dict[str, Any]]:
        """Return the passkeys that it holds, with their private keys."""
        return list(self._send("getCredentials")["credentials"])

    def take(self, other: "Authenticator") -> None:
        """Hold the passkeys of another: the same person's, on another page."""
        for credential in other.credentials():
            self._send("addCredential", credential=credential)

    def recognise(self, is_owner: bool) -> None:
        """Whether whoever touches it from now on is the person who may use it."""
        self._send("setUserVerified", isUserVerified=is_owner)

    def _touched(self, _: object) -> None:
        self.gestures += 1

    def _send(self, method: str, **parameters: object) -> dict[str, Any]:
        return dict(self._session.send(f"WebAuthn.{method}", {"authenticatorId": self._id, **parameters}))


@contextmanager
def person(browser: Browser, *, synced: bool = False, **options: Any) -> Iterator[tuple[Page, Authenticator]]:
    """Somebody with a browser and an authenticator of their own; ``options`` are those of the browser's context."""
    page = browser.new_context(**options).new_page()
    yield page, Authenticator(page, synced=synced)
    page.context.close()
