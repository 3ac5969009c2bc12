"""The pages in a real browser: they draw, their script runs under their own policy, and nothing foreign runs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.request import pathname2url

import lxml.html
import pytest

from cleaner.pipeline import Result
from cleaner.reports.html import pages
from tests import report_samples as samples

pytestmark = pytest.mark.browser

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
    "--enable-logging=stderr", "--virtual-time-budget=2000",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> str:
    if BROWSER is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no browser: install chromium")
        pytest.skip("no browser here")
    return BROWSER


@pytest.fixture(scope="module")
def seeds(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeds")
    return write(folder, {name.partition("__report__/")[2]: raw for name, raw in result.pages()})


def write(folder: Path, made: Mapping[str, bytes]) -> Path:
    for name, raw in made.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


def look(browser: str, page: Path, profile: Path, *flags: str) -> tuple[str, str]:
    """Return the document after its script ran, and what the console said."""
    command = [browser, *FLAGS, f"--user-data-dir={profile}", *flags, "file://" + pathname2url(str(page))]
    done = subprocess.run(command, capture_output=True, timeout=90, check=True)
    log = done.stderr.decode("utf-8", "replace").splitlines()
    return done.stdout.decode("utf-8", "replace"), "\n".join(line for line in log if "CONSOLE" in line)


def every(folder: Path) -> Iterator[Path]:
    yield folder / "index.html"
    yield next(iter(sorted((folder / "files").rglob("*.html"))))
    yield next(iter(sorted((folder / "clusters").rglob("*.html"))))


# What a reader does, as the page's own script would hear it. It runs in a copy of the page whose policy allows it.
ACTIONS = """
<script>
const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
const say = (key, value) => document.body.setAttribute("data-said-" + key, value);
say("on-before", document.querySelectorAll(".text .on").length);
press("j");
say("bar", document.getElementById("bar").hidden ? "hidden" : document.getElementById("bar-rule").textContent);
say("lit", document.getElementById("at").textContent);
press("n");
say("next", document.getElementById("at").textContent);
press("k");
document.getElementById("filter").value = "no such rule";
document.getElementById("filter").dispatchEvent(new Event("input"));
say("filtered", [...document.querySelectorAll(".r")].filter((row) => !row.hidden).length);
press("Escape");
say("after", [...document.querySelectorAll(".r")].filter((row) => row.hidden).length);
press("?");
say("help", document.getElementById("help").open);
</script></body>"""


def test_no_page_of_the_five_seeds_says_anything_on_the_console(browser: str, seeds: Path, tmp_path: Path) -> None:
    for page in every(seeds):
        document, console = look(browser, page, tmp_path / "profile", "--dump-dom")
        assert console == ""
        assert "</main>" in document


def test_a_page_is_drawn_on_a_phone_and_on_a_desk(browser: str, seeds: Path, tmp_path: Path) -> None:
    for size in ("500,900", "1280,900"):
        for i, page in enumerate(every(seeds)):
            picture = tmp_path / f"{i}-{size}.png"
            look(browser, page, tmp_path / "profile", f"--window-size={size}", f"--screenshot={picture}")
            assert picture.stat().st_size > 20_000  # a blank page of this size is under 10 kB


def test_nothing_is_wider_than_a_phone(browser: str, seeds: Path, tmp_path: Path) -> None:
    frames = "".join(
        f'<iframe src="file://{pathname2url(str(page))}" width="390" height="2000"></iframe>' for page in every(seeds)
    )
    measure = (
        "[...document.querySelectorAll('iframe')].map((f) => f.contentDocument.documentElement.scrollWidth).join()"
    )
    wrap = tmp_path / "wrap.html"
    wrap.write_text(
        f"<body>{frames}<script>onload = () => document.body.setAttribute('data-w', {measure})</script>",
        encoding="utf-8",
    )
    document, _ = look(browser, wrap, tmp_path / "profile", "--dump-dom", "--allow-file-access-from-files")
    (widths,) = lxml.html.document_fromstring(document).xpath("//body/@data-w")
    assert widths.split(",") == ["390", "390", "390"]


def test_the_keys_move_light_filter_and_help(browser: str, seeds: Path, tmp_path: Path) -> None:
    page = next(seeds.glob("files/003*.html")).read_text("utf-8")
    start = page.index('<meta http-equiv="Content-Security-Policy"')
    copy = tmp_path / "copy.html"
    acting = page[:start] + page[page.index(">", start) + 1 :].replace("</body>", ACTIONS)
    copy.write_text(acting, encoding="utf-8")
    document, console = look(browser, copy, tmp_path / "profile", "--dump-dom", "--window-size=1280,900")
    assert console == ""
    body = lxml.html.document_fromstring(document).find("body")
    said = {key.removeprefix("data-said-"): value for key, value in body.attrib.items() if key.startswith("data-said-")}
    assert said.pop("on-before") == "0"
    assert said.pop("bar").startswith("zh-")
    assert said.pop("lit").startswith("1 / ")
    assert said.pop("next").startswith(("2 / ", "1 / 1"))
    assert said == {"filtered": "0", "after": "0", "help": "true"}


@pytest.mark.parametrize(
    "bad", ["<img src=x onerror=document.title='owned'>", "</script><script>document.title='owned'</script>"]
)
def test_what_a_seed_brings_does_not_run(browser: str, bad: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "report", dict(pages(*samples.hostile(bad))))
    for page in every(folder):
        document, console = look(browser, page, tmp_path / "profile", "--dump-dom")
        assert console == ""
        tree = lxml.html.document_fromstring(document)
        assert tree.findtext(".//title") != "owned"
        assert not tree.xpath("//img") and len(tree.xpath("//script")) == 1


def test_the_policy_stops_a_script_that_is_not_ours(browser: str, tmp_path: Path) -> None:
    """Should anything slip through after all: the page itself says no."""
    (name, raw), *_ = pages(*samples.hostile("x"))
    folder = write(tmp_path, {name: raw.replace(b"</main>", b"<script>document.title='owned'</script></main>")})
    document, console = look(browser, folder / name, tmp_path / "profile", "--dump-dom")
    assert "Content Security Policy" in console
    assert lxml.html.document_fromstring(document).findtext(".//title") != "owned"
