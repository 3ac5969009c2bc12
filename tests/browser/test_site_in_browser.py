"""The docs site on a wide and on a narrow screen: nothing runs over the edge, is missing, or is fetched."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.browser.conftest import PICTURES, SIZES
from tests.conftest import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]
PAGES = (
    "index",
    "start",
    "curators",
    "rules",
    "everyday",
    "reference/commands",
    "reference/rules",
    "errors",
    "quality",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    place = tmp_path_factory.mktemp("site")
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(place)]
    subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True)
    return place


@pytest.mark.parametrize("size", SIZES)
def test_every_page_fits_and_asks_for_nothing(browser, site, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        page.wait_for_load_state()
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{name} runs {over} pixels over the edge at {width}"
        broken = page.evaluate("[...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)")
        assert broken == []
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(PICTURES / f"site-{name.replace('/', '-')}-{size}.png"))
    context.close()
    assert [url for url in asked if not url.startswith("file:")] == [] and wrong == []
