"""The pages in a real browser: they draw, keys decide, nothing is asked of a network, nothing foreign runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cleaner.cli.import_ import read_import
from cleaner.decide import decide
from cleaner.pipeline import Result
from cleaner.reports.html import pages
from tests import report_samples as samples
from tests.browser.conftest import Reader
from tests.payloads import EVERY

pytestmark = pytest.mark.browser

ARTICLE = "files/003_c134a841ba407666.txt.html"
MASKED = "files/002_5ad29ed260622ba3.txt.html"
LOOKS = pytest.mark.parametrize(("size", "dark"), [("desk", False), ("desk", True), ("phone", False), ("phone", True)])


def write(folder: Path, made: Mapping[str, bytes]) -> Path:
    for name, raw in made.items():
        if "\0" in name:
            continue  # no file system has such a name
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(raw)
    return folder


@pytest.fixture(scope="session")
def seeds(result: Result, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of the five seeds, compared with one in which a rule did not act."""
    without = tuple(edit for edit in result.records.edits if edit.by[-1] != "zh-site/comments")
    made = result.pages(replace(result.records, edits=without))
    return write(tmp_path_factory.mktemp("seeds"), {name.partition("__report__/")[2]: raw for name, raw in made})


@pytest.fixture(scope="session")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of 200 articles: pinyin in all, a mask in each tenth, clusters of 2 to 12."""
    passage = "推動產業高質量發展，打造先進製造基地的目標定位。"
    files, edits, sources, overlaps, clusters = [], [], {}, [], []
    for i in range(200):
        path = f"n{i % 7}/{i:03}.txt"
        lines = [f"第{i}篇", *(f"第{j}段領(lǐng)導(dǎo)調研{passage if j == 3 else '。'}" for j in range(12))]
        source = "\n".join([*lines, "穩步走在365bet体育在线前列。" if i % 10 == 0 else "完。", ""])
        mine = [
            samples.edit(path, source, m.start(), m.end(), "", "zh/pinyin") for m in re.finditer(r"\(.*?\)", source)
        ]
        mine += [
            samples.edit(path, source, m.start(), m.end(), "〓", "zh/bet", pending=True)
            for m in re.finditer("365bet体育在线", source)
        ]
        files.append(samples.file(path, source, mine))
        edits += mine
        sources[path] = source
    paths = sorted(sources)
    for number, first in enumerate(range(0, 180, 12)):
        some = paths[first : first + 2 + number % 11]
        sides = [samples.side(path, sources[path], passage) for path in some]
        found = [samples.overlap(a, b, cluster=f"c{number + 1}") for a, b in pairwise(sides)]
        overlaps += found
        clusters.append(samples.cluster(f"c{number + 1}", found, source=some[1]))
    rules = {name: samples.rule(name) for name in ("zh/pinyin", "zh/bet")}
    report = samples.records(sorted(files, key=lambda f: f.path), edits, overlaps, clusters)
    return write(tmp_path_factory.mktemp("many"), dict(pages(report, sources, rules)))


def every(folder: Path) -> Iterator[Path]:
    """One page of each kind."""
    yield folder / "index.html"
    for kind in ("files", "clusters", "rules"):
        yield sorted((folder / kind).rglob("*.html"))[-1]
    if (folder / "compare.html").exists():
        yield folder / "compare.html"


# ---- quiet, and readable


def test_every_page_of_the_five_seeds_is_quiet(reader: Reader, seeds: Path) -> None:
    for page in sorted(seeds.rglob("*.html")):
        assert reader.open(page).locator("main").is_visible()


@LOOKS
def test_pages_fit_their_screen_and_have_no_serious_fault(
    readers: Any, seeds: Path, many: Path, size: str, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for name, folder in (("seeds", seeds), ("many", many)):
        for page in every(folder):
            # axe runs by the driver's evaluate, which a policy does not bind
            reader = readers(size, dark=dark)
            shown = reader.open(page)
            where = f"{name}-{page.relative_to(folder).parts[0].removesuffix('.html')}-{size}{'-dark' if dark else ''}"
            reader.press("j")
            reader.picture(where)
            width = shown.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width[0] <= width[1], where
            found = Axe().run(shown).response["violations"]
            bad = [(v["id"], v["nodes"][0]["html"][:200]) for v in found if v["impact"] in ("serious", "critical")]
            assert bad == [], where


def test_353_removals_are_one_entry(reader: Reader, seeds: Path) -> None:
    page = reader.open(seeds / ARTICLE)
    entries = page.locator("details.of", has_text="zh-core/pinyin").locator("li")
    assert entries.count() == 1
    assert "×353" in page.locator("details.of", has_text="zh-core/pinyin").locator("summary").inner_text()
    assert page.locator(".text del[data-g]").count() > 353
    entries.first.click()
    assert reader.text("#at") == "1 / 353"


def test_an_article_of_300_kb_opens_within_a_second(readers: Any, tmp_path: Path) -> None:
    line = "會議由市委領(lǐng)導主持，強調要推動高質量發展，走在前列。"
    source = "".join(f"第{i}段{line * 4}\n" for i in range(900))
    assert len(source.encode()) > 300_000
    edits = [samples.edit("a.txt", source, m.start(), m.end(), "") for m in re.finditer(r"\(.*?\)", source)]
    report = samples.records([samples.file("a.txt", source, edits)], edits)
    folder = write(tmp_path, dict(pages(report, {"a.txt": source}, {})))
    spent, moved = [], []
    for _ in range(5):
        reader = readers()
        page = reader.open(folder / "files/a.txt.html")
        page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
        spent.append(page.evaluate("performance.now()") / 1000)
        begun = page.evaluate("performance.now()")
        reader.press("j", "n")
        moved.append((page.evaluate("performance.now()") - begun) / 1000)
        assert reader.text("#at") == f"2 / {len(edits)}"
    print(f"300 kB: opens in {sorted(spent)[2]:.2f} s, two keys {sorted(moved)[2]:.2f} s (median of 5)")
    assert min(spent) < 1.0  # the others may have waited for a core


# ---- keys


def test_keys_move_filter_and_help(reader: Reader, seeds: Path) -> None:
    page = reader.open(seeds / ARTICLE)
    assert page.locator("#bar").is_hidden()
    reader.press("j")
    assert page.locator("aside li.on").count() == 1 and reader.text("#bar-rule").startswith("zh-")
    first = reader.text("#bar-rule")
    reader.press("j", "n")
    assert reader.text("#at").startswith("2 / ")
    reader.press("p", "k")
    assert reader.text("#bar-rule") == first and reader.text("#at").startswith("1 / ")
    reader.press("/")
    page.keyboard.type("no such rule")
    assert page.locator(".r:visible").count() == 0
    reader.press("Escape")
    assert page.locator(".r:visible").count() > 10 and page.locator("#bar").is_hidden()
    reader.press("?")
    assert page.locator("#help").is_visible()
    for key in "jknpaxedwus/?":
        assert page.locator(f"#help kbd:text-is('{key}')").count() == 1, key
    reader.press("Escape")
    assert page.locator("#help").is_hidden()


def commands(reader: Reader) -> list[str]:
    reader.page.locator("#copy").click()
    text: str = reader.page.locator("#commands").input_value()
    return text.split("\n")


def test_keys_collect_decisions_and_copy_gives_commands(reader: Reader, seeds: Path, result: Result) -> None:
    page = reader.open(seeds / MASKED)
    masks = [e for e in result.records.of("002_5ad29ed260622ba3.txt") if e.by[-1] == "zh-spam/betting-word"]
    reader.press("j")
    assert reader.text("#scope").startswith("this place")
    reader.press("e")
    reader.type("全省")
    reader.press("Enter", "n", "x", "n", "a", "n", "d")
    assert commands(reader) == [
        f"clean decide replace {masks[0].id} --with='全省' --scope edit",
        f"clean decide keep {masks[1].id} --scope edit",
        f"clean decide accept {masks[2].id} --scope edit",
        f"clean decide remove {masks[3].id} --scope edit",
    ]
    assert reader.text("#count") == "4 decisions"
    assert "→ 全省 (one place)" in page.locator("aside li.on").inner_text()
    page.locator("h1").click()
    reader.press("u", "s", "x")
    assert commands(reader)[-1] == f"clean decide keep {masks[0].group} --scope group"
    assert len(commands(reader)) == 4
    reader.open(seeds / "index.html")
    assert reader.text("#count") == "4 decisions"
    assert "keep the original" in page.locator("#waiting li", has_text="365bet").inner_text()
    page.locator("#clear").click()
    reader.open(seeds / MASKED)
    assert page.locator("#tray").is_hidden()


def test_an_ordinary_change_is_kept_and_the_decision_taken_back(reader: Reader, seeds: Path) -> None:
    page = reader.open(seeds / ARTICLE)
    page.locator("details.of", has_text="zh-core/pinyin").locator("li").click()
    assert reader.text("#scope").startswith("all 353 places")
    reader.press("d", "w")
    assert page.locator("#tray").is_hidden()  # nothing that these keys could mean here
    reader.press("x")
    assert re.fullmatch(r"clean decide keep [0-9a-f]{12} --scope group", reader.text("#line"))
    reader.press("a")  # to accept what is applied is to have no decision
    assert reader.text("#line").startswith("took back")


def test_a_word_with_quotes_stays_one_word_of_a_shell(reader: Reader, seeds: Path) -> None:
    reader.open(seeds / MASKED)
    reader.press("j", "e")
    reader.type("'; rm -rf / #$(x)")
    reader.press("Enter")
    import shlex

    assert shlex.split(commands(reader)[0])[4] == "--with='; rm -rf / #$(x)"


def test_an_overlap_is_wanted_or_one_side_keeps_it(reader: Reader, seeds: Path, result: Result) -> None:
    page = reader.open(seeds / "clusters/c1.html")
    (found,) = [o for o in result.records.overlaps if o.cluster == "c1"]
    reader.press("j", "x", "w")
    assert commands(reader) == [f"clean decide wanted {found.id}"]
    page.locator("button", has_text="Unwanted, keep 002").click()
    assert commands(reader) == [f"clean decide unwanted {found.id} --keep='002_5ad29ed260622ba3.txt'"]


def test_a_download_is_what_import_takes(readers: Any, seeds: Path, result: Result, tmp_path: Path) -> None:
    reader = readers(accept_downloads=True)
    page = reader.open(seeds / MASKED)
    reader.press("j", "x", "n", "e")
    reader.type("全省")
    reader.press("Enter", "j", "x")
    with page.expect_download() as waiting:
        page.locator("#download").click()
    file = tmp_path / "got.jsonl"
    waiting.value.save_as(file)
    assert waiting.value.suggested_filename == "decisions.import.jsonl"
    whole, asked = read_import(str(file))
    assert whole == [] and [request.do for request in asked] == ["keep", "replace", "keep"]
    made = [one for request in asked for one in decide(request, result.records, result.book.bench.one_group)]
    assert len(made) == 3 and made[1].replacement == "全省"
    assert all(json.loads(line) for line in file.read_text("utf-8").splitlines())


def test_two_hundred_articles_can_be_walked_and_filtered(reader: Reader, many: Path) -> None:
    page = reader.open(many / "index.html")
    assert page.locator("table.files tbody tr").count() == 200
    reader.press("j", "j", "x")
    assert page.locator("#waiting li.on .said").inner_text().endswith("keep the original")
    reader.press("/")
    page.keyboard.type("n3/")
    assert 20 < page.locator("table.files tbody tr:visible").count() < 40
    reader.open(many / "clusters/c11.html")
    assert page.locator("svg circle").count() == page.locator("table.members tbody tr").count() == 12
    page.locator("table.matrix a").first.click()
    assert page.locator("section.pair:target").count() == 1


# ---- hostile


@EVERY
def test_what_a_seed_brings_does_not_run(reader: Reader, bad: str, tmp_path: Path) -> None:
    folder = write(tmp_path / "report", dict(pages(*samples.hostile(bad))))
    for page in every(folder):
        shown = reader.open(page)
        reader.press("j", "x", "j", "w")
        assert shown.locator("script").count() == 1
        assert shown.locator("img, iframe, object, embed, link, base, template, math, style + style").count() == 0
        assert shown.evaluate("document.querySelectorAll('[onerror], [onload], [onclick], [onfocus]').length") == 0


def test_the_policy_stops_a_script_that_is_not_ours(reader: Reader, tmp_path: Path) -> None:
    """Should anything slip through after all: the page itself says no."""
    (name, raw), *_ = pages(*samples.hostile("x"))
    alien = b"<script>document.title='owned'</script><img src=http://127.0.0.1:9/x onerror=document.title='owned'>"
    folder = write(tmp_path, {name: raw.replace(b"</main>", alien + b"</main>")})
    shown = reader.open(folder / name)
    assert shown.title() != "owned"
    said = [line for line in reader.noise if not line.startswith("request:")]  # seen by the driver alone
    assert len(said) >= 3 and all("Content Security Policy" in line for line in said)
    reader.noise.clear()
