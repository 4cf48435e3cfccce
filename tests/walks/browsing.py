"""A real browser, what it asked for, and what it complained about."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, ViewportSize, async_playwright, expect

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCAL = {"127.0.0.1", ""}

expect.set_options(timeout=20_000)


@dataclass(eq=False)
class Browser:
    """A page, the hosts it asked, and what it complained about."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)

    async def tab(self) -> Page:
        """Another page of the same person: it is logged in where the first one is."""
        page = await self.page.context.new_page()
        self.listen_to(page)
        return page

    def listen_to(self, page: Page) -> None:
        """To what it asks for and complains about; a breach of its policy is a complaint as well."""
        page.on("request", lambda request: self.hosts.add(urlsplit(request.url).hostname or ""))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.set_default_timeout(45_000)


def needs_chromium(nobody: str, timeout_seconds: float = 120) -> list[pytest.MarkDecorator]:
    """Of a module's tests, skipped loudly where there is none; `nobody` says what was not done then."""
    reason = f"NOT TESTED: no Chromium here, so nobody {nobody}; `apt-get install chromium` and run again"
    return [pytest.mark.timeout(timeout_seconds), pytest.mark.skipif(shutil.which("chromium") is None, reason=reason)]


@contextlib.asynccontextmanager
async def opened(*, scripts: bool = True, width: int = 1280) -> AsyncIterator[Browser]:
    """With one empty page, which may be forbidden to run scripts."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        size = ViewportSize(width=width, height=800)
        person = await chromium.new_context(java_script_enabled=scripts, viewport=size)
        seen = Browser(await person.new_page())
        seen.listen_to(seen.page)
        try:
            yield seen
        finally:
            await chromium.close()
