"""Pages as systems all over the Chinese web build them, filled with invented texts: `python benchmarks/html_forms.py`.

A form is a page of tests/cases/html in the markup of one system, with holes for a text of stories.txt and marks for
what its lines are; what has no mark has to go. Every form is filled with the text it names, and with `--cross` with
every text. Nothing here was copied from a page.

    <!--flood hant big5-->      the text; then, if wanted, made Traditional, and in what encoding
    {{title}}                   the headline of the text
    {{3 <p>*</p>}}              its next three lines, each in this markup; {{all <p>*</p>}} the rest
    {{links 5 <li>*</li>}}      five headlines of other articles; {{snips 2 <p>*</p>}} two paragraphs of other texts
    {T} {K} {M} {C} {O}         headline, article, credits, caption, either: before the text of a line
    {R}                         no sign in the markup says that it has to go: left to the rules

Printed for each method: how much of the article stayed, how much of what stayed is article, headlines, forms done
without a fault. `--faults` says what was lost and left.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import CleanerError

if TYPE_CHECKING:
    from opencc import OpenCC

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "cases" / "html"
_HOLE = re.compile(r"\{\{(\w+)(?: (.*?))?\}\}", re.DOTALL)
_MARK = re.compile(r"\{([TKMCOR])\}")
_IN_DATA = re.compile(r"""\{([TK])\}(.*?)(?=<|&lt;|["'])""", re.DOTALL)


@dataclass(frozen=True)
class Form:
    """A filled page: its bytes, and its lines, each (mark, text without white space); D is what has to go."""

    name: str
    raw: bytes
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Score:
    """What a method did with a form, in characters; `lost` and `left` are the lines behind it."""

    article: int
    kept: int
    noise: int
    title: bool
    lost: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def recall(self) -> float:
        return self.kept / self.article if self.article else 1.0

    @property
    def precision(self) -> float:
        return self.kept / (self.kept + self.noise) if self.kept else 0.0


def key(text: str) -> str:
    return "".join(text.split()).replace("\xa0", "")


@cache
def stories() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the texts by name: headline, and lines; a subhead begins with `# `."""
    parts = re.split(r"^= (\w+)\n", (FOLDER / "stories.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
    texts = (text.strip().split("\n") for text in parts[1::2])
    return {name: (first, tuple(rest)) for name, (first, *rest) in zip(parts[::2], texts, strict=True)}


@cache
def headlines() -> tuple[str, ...]:
    return tuple((FOLDER / "headlines.txt").read_text("utf-8").split("\n")[:-1])


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.html"))


class _Filling:
    """Fills the holes of one form; what stands in it once is not put in it again."""

    def __init__(self, story: str) -> None:
        self.title, self.lines = stories()[story]
        self.links = iter(headlines() * 3)
        others = [line for name, (_, lines) in stories().items() if name != story for line in lines if len(line) > 45]
        self.snips = iter(others * 3)
        self.at = 0

    def __call__(self, hole: re.Match[str]) -> str:
        what, form = hole[1], hole[2] or ""
        if what == "title":
            return self.title
        if what in ("links", "snips"):
            many, form = form.split(" ", 1)
            texts = list(islice(getattr(self, what), int(many)))
        else:
            end = len(self.lines) if what == "all" else self.at + int(what)
            texts = [self._line(text) for text in self.lines[self.at : end]]
            self.at = end
        return "".join(form.replace("*", text) for text in texts)

    @staticmethod
    def _line(text: str) -> str:
        return f"{{K}}{text.removeprefix('# ')}" if not text.startswith("# ") else f"<strong>{{K}}{text[2:]}</strong>"


def fill(name: str, story: str = "") -> Form:
    """Return a form filled with the text it names, or with `story`."""
    page = (FOLDER / f"{name}.html").read_text("utf-8")
    first, page = page.split("\n", 1)
    own, *how = first.removeprefix("<!--").removesuffix("-->").split()
    filling = _Filling(story or own)
    marked = _HOLE.sub(filling, page)
    if name.endswith("-data"):
        marked = re.sub("</?strong>", "", marked)
    if "hant" in how or story:
        marked = _converter("s2tw" if name[:3] in ("tw-", "hk-") else "t2s").convert(marked)
    code = next((c for c in how if c != "hant"), "utf-8")
    lines = _IN_DATA.findall(marked) if name.endswith("-data") else list(_dumped(marked))
    raw = _MARK.sub("", marked).encode("big5-hkscs" if code == "big5" else code, "xmlcharrefreplace")
    return Form(f"{name}/{story or own}", raw, tuple((mark, key(text)) for mark, text in lines))


@cache
def _converter(name: str) -> OpenCC:
    from opencc import OpenCC

    return OpenCC(name)


def _dumped(marked: str) -> Iterator[tuple[str, str]]:
    """Yield the lines of a marked page; a mark anywhere in a line is that line's."""
    from cleaner.formats import html_tree

    root, _ = html_tree.parse(marked, deep=True)
    for block in html_tree.blocks(root):
        marks = _MARK.findall(block.text) or ["D"]
        assert len(set(marks)) == 1 or set(marks) <= set("MO"), block.text
        yield marks[0], _MARK.sub("", block.text)


def score(form: Form, text: str, free: str = "MCO") -> Score:
    """Return how well `text` is the article; each line of it counts for one line of the form, kept ones first.

    Lines with a mark of `free` may stay and may go, also in part: a rule may have lifted the rest.
    """
    there = Counter(filter(None, map(key, text.split("\n"))))
    kept, lost, left = 0, [], []
    article = [(mark, line) for mark, line in form.lines if mark in "TK"]
    titles = []
    for mark, line in article:
        found = there[line] > 0
        there[line] -= found
        kept += len(line) * found
        if mark == "T":
            titles.append(found)
        if not found:
            lost.append(line)
    loose = " ".join(line for mark, line in form.lines if mark in free)
    for line, times in there.items():
        if times > 0 and line not in loose:
            left += [line] * times
    return Score(
        sum(len(line) for _, line in article), kept, sum(map(len, left)), all(titles), tuple(lost), tuple(left)
    )


def methods() -> dict[str, Callable[[bytes], str]]:
    """Return ours, with and without the rules, and peers, by name: those of benchmarks/html."""
    import importlib.util

    path = Path(__file__).parent / "html" / "__main__.py"
    spec = importlib.util.spec_from_file_location("html_methods", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wanted = ("ours", "ours, extracted", "trafilatura", "trafilatura, precision", "resiliparse")
    found = {}
    for name in wanted:
        with suppress(ImportError):
            found[name] = module.METHODS[name]()
    return found


def rows(forms: list[Form], *, faults: bool) -> Iterator[str]:
    """Yield a line of the table for each method, after the faults of ours if they are wanted."""
    for name, method in methods().items():
        scores = []
        for form in forms:
            try:
                text = method(form.raw)
            except CleanerError:
                text = ""
            scores.append(score(form, text, "MCO" if name != "ours, extracted" else "MCOR"))
            if faults and name == "ours":
                yield from (f"{form.name}: lost {line}" for line in scores[-1].lost)
                yield from (f"{form.name}: left {line}" for line in scores[-1].left)
        many = len(scores)
        recall, precision = (sum(getattr(s, what) for s in scores) / many for what in ("recall", "precision"))
        clean = sum(not s.lost and not s.left for s in scores)
        yield f"| {name} | {recall:.4f} | {precision:.4f} | {sum(s.title for s in scores)}/{many} | {clean}/{many} |"


def main() -> None:
    stuff = list(stories()) if "--cross" in sys.argv else [""]
    forms = [fill(name, story) for name in names() for story in stuff]
    print("| method | body recall | body precision | titles | without a fault |\n|---|---|---|---|---|")
    for line in rows(forms, faults="--faults" in sys.argv):
        print(line, flush=True)


if __name__ == "__main__":
    main()
