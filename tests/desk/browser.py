"""A browser window on the desk: signed in without typing, deaf to nothing that goes wrong in a page.

Knows: Playwright, axe-core. Must not know: any page.
"""

from __future__ import annotations

import json
import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.test import Client

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"


def arguments() -> list[str]:
    """Chromium's own sandbox does not work for root, which is who runs tests in a container."""
    return ["--no-sandbox", "--disable-dev-shm-usage"] if os.geteuid() == 0 else ["--disable-dev-shm-usage"]


class Desk:
    """One window with cookies of its own. `page` is Playwright's."""

    def __init__(self, browser: Browser, url: str, user: User | None, language: str, width: int) -> None:
        height = 844 if width < 600 else 900
        self.url = url

        def context(bypass_csp: bool) -> BrowserContext:
            return browser.new_context(
                base_url=url,
                bypass_csp=bypass_csp,
                locale={"es": "es-ES", "en": "en-GB"}[language],
                viewport={"width": width, "height": height},
            )

        self._context = context(bypass_csp=False)
        self._lax = context(bypass_csp=True)
        self._faults: list[str] = []
        self.allowed: set[str] = set()  # parts of messages that this test brings about on purpose
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            for each in (self._context, self._lax):
                each.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
        self.page = self.window()

    def window(self) -> Page:
        """Another page of the same person."""
        page = self._context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: self._faults.append(f"thrown: {error}"))
        page.on(
            "console",
            lambda line: (
                self._faults.append(f"{line.type}: {line.text}") if line.type in ("error", "warning") else None
            ),
        )
        return page

    def go(self, path: str) -> Page:
        """Open a path of this server."""
        self.page.goto(path)
        return self.page

    def complaints(self) -> list[str]:
        """What axe-core holds against the page as it stands: serious and critical, WCAG 2.2 AA and best practices.

        A page that is served in a sandbox lets no timer fire, and axe-core would wait for one for ever: such a page is
        opened once more, where its content policy does not count.
        """
        script = resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        page = self.page
        if sandboxed := page.evaluate("() => window.origin === 'null'"):
            page = self._lax.new_page()
            page.goto(self.page.url)
        page.evaluate(script)  # by the debugger, so the page's own content policy stays as it is
        found: dict[str, Any] = page.evaluate("() => axe.run()")
        if sandboxed:
            page.close()
        assert found["passes"], "axe-core looked at nothing"
        return [
            f"{violation['impact']}: {violation['id']} at {json.dumps([node['target'] for node in violation['nodes']])}"
            for violation in found["violations"]
            if violation["impact"] in ("serious", "critical")
        ]

    def overflows(self) -> bool:
        """Whether the page is wider than the window, so that a reader has to scroll sideways."""
        return bool(self.page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth"))

    def write(self, label: str, text: str) -> None:
        """Fill a field that htmx put into the page, once it listens: a person is never that quick, a test is."""
        field = self.page.get_by_label(label)
        field.wait_for()
        self.page.wait_for_function("() => !document.querySelector('.htmx-added, .htmx-settling')")
        field.fill(text)

    def picture(self, name: str) -> None:
        """Keep a picture of the page for the documentation, when asked to: TORNAVOZ_PICTURES=1."""
        if os.environ.get("TORNAVOZ_PICTURES"):
            PICTURES.mkdir(exist_ok=True)
            self.page.screenshot(path=PICTURES / f"{name}.png")

    def close(self) -> list[str]:
        """Close the window; what went wrong in it."""
        self._lax.close()
        self._context.close()
        return [fault for fault in self._faults if not any(part in fault for part in self.allowed)]
