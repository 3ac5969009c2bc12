"""A headless browser for the tests of this folder, and a reader who notices whatever a page should not do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

PICTURES = ROOT / "test-artifacts/browser"  # ignored by git; to be looked at
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
SIZES = {"desk": (1280, 900), "phone": (390, 844)}


def missing(what: str) -> None:
    """Skip where there is no browser; CI installs one and may not skip."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI has no {what}: it has to install one")
    pytest.skip(f"no {what} here")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        missing("playwright (pip install 'seedclean[browser]')")
    if program is None:
        missing("chromium")
    with sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@dataclass
class Reader:
    """One browser profile. `noise` is what a quiet page never does: console, errors, dialogs, requests of its own."""

    context: Any
    page: Any
    noise: list[str] = field(default_factory=list)
    allowed: tuple[str, ...] = ()

    def open(self, place: Path | str) -> Any:
        where = place.as_uri() if isinstance(place, Path) else place
        self.allowed = (*self.allowed, where.partition("#")[0])
        self.page.goto(where)
        return self.page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        """Type into the field that the last key has opened, once it has the focus."""
        self.page.wait_for_selector("input:focus, textarea:focus")
        self.page.keyboard.type(words)

    def text(self, selector: str) -> str:
        return str(self.page.locator(selector).first.inner_text())

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=str(PICTURES / f"{name}.png"))


@pytest.fixture
def readers(browser: Any) -> Iterator[Any]:
    """Make readers: `readers("phone", dark=True)`. At the end each must have been left in peace."""
    made: list[Reader] = []

    def make(size: str = "desk", *, dark: bool = False, **more: Any) -> Reader:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", **more
        )
        context.set_default_timeout(120_000)
        page = context.new_page()
        reader = Reader(context, page)
        page.on("console", lambda message: reader.noise.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: reader.noise.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (reader.noise.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda request: _requested(reader, request.url))
        made.append(reader)
        return reader

    yield make
    for reader in made:
        reader.context.close()
        assert reader.noise == []


def _requested(reader: Reader, url: str) -> None:
    if url.partition("#")[0] not in reader.allowed and not url.startswith("blob:"):
        reader.noise.append(f"request: {url}")


@pytest.fixture
def reader(readers: Any) -> Reader:
    made: Reader = readers()
    return made
