"""The child that takes a page apart: text in, article out. Run by `sandbox`; the only place that imports trafilatura.

A question is a JSON object {text, where}, an answer {lines, ...} as in `html.Extracted`, or {error: [...]}: JSON, not
pickle, so that nothing a page might do in here can run anything out there.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from copy import copy
from typing import Any

import orjson
from trafilatura import bare_extraction, xml

from cleaner.errors import CleanerError
from cleaner.formats import html_align, html_data, html_meta, html_select, html_tree, sandbox
from cleaner.formats.html_guard import TEXT, Guarded, guard, over
from cleaner.formats.html_page import Page

COMPLETE = 0.3  # share of a plain tag strip below which the extractor's answer is checked (trust.md 3F.5)
# Elements of a page from which trafilatura is asked in its quick mode only, and from which it is not asked at all: it
# takes about 0.2 ms an element, more in deep pages (200 x 200 nested: 9 s), 15 news pages had 204 to 816.
QUICK, LARGE = 6_000, 20_000
LOST = 0.98  # share of the Han characters in the markup that the parser has to find again
FEW = 20  # characters that say nothing about completeness
# Regions of a page that a plain tag strip leaves out (trust.md 3F.5), and what is no text at all.
_NOT_TEXT = re.compile(
    r"<(script|style|template|textarea|title|noscript|svg|iframe|select|object|audio|video|canvas|noframes|noembed|rt|rp)\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?--!?>", re.DOTALL)
_TAG = re.compile(r"<[a-zA-Z/!?](?:=\s*+(?:\"[^\"]*+\"|'[^']*+')|[^>])*+>?", re.DOTALL)


def answer(question: bytes) -> bytes:
    """Return the answer to one question, whatever happens to the page."""
    asked = orjson.loads(question)
    try:
        found = extract(asked["text"], asked["where"])
    except CleanerError as err:
        found = {"error": list(err.args)}
    except MemoryError:
        raise
    except Exception as err:  # a bug, ours or a library's: this page is not done, the next one may be
        found = {"broken": f"{type(err).__name__}: {err}"[:300]}
    return json.dumps(found).encode("ascii")  # what is found may be anything: orjson takes no lone surrogate


def extract(text: str, where: str) -> dict[str, Any]:
    """Return {lines, kept, flags, meta} of a page. Raises InputError E113."""
    guarded = guard(text, where)
    root, gave_up = html_tree.parse(guarded.text, deep=False)
    if gave_up:
        root, gave_up = html_tree.parse(guarded.text, deep=True)
    if gave_up:
        raise over(where, "its elements are nested deeper than 2 000 levels, or one has more text than a parser takes")
    flags = list(guarded.flags)
    page = Page(root, html_tree.blocks(root), html_meta.titles(root)) if root is not None else None
    _check_parsed(guarded, page, where)
    if page is None or not page.blocks:
        return {"lines": [], "kept": 1.0, "flags": flags, "meta": {}}
    chosen, kept = _chosen(page, where, flags)
    lines = [page.blocks[i].text for i in chosen.lines]
    headline = page.blocks[chosen.headline].text if chosen.headline is not None else None
    meta = html_meta.read(page.root, headline)
    return {"lines": lines, "kept": round(kept, 4), "flags": sorted(flags), "meta": meta}


def _check_parsed(guarded: Guarded, page: Page | None, where: str) -> None:
    """Raise E113 if the parser has lost text, by a count of its own: it says so only in some cases."""
    blocks = page.blocks if page else []
    longest = max((len(block.text) for block in blocks), default=0)
    if longest >= TEXT:
        raise over(where, f"one paragraph has {longest} characters, the limit is {TEXT}")
    there = html_tree.han_of(plain_strip(guarded.text))
    found = sum(block.han for block in blocks)
    if found < LOST * there - FEW:
        what = f"the parser finds {found} of {there} Han characters: an unclosed comment, or markup beyond repair"
        raise over(where, what)


def plain_strip(text: str) -> str:
    """Return a page without its tags, comments, code and form fields, by text search alone: linear, hard to deceive."""
    text = _COMMENT.sub("", text).replace("<!--", " ")  # one without an end hides nothing here: its text counts
    parts, at = [], 0
    lower = text.lower() if _NOT_TEXT.search(text) else ""
    while (found := _NOT_TEXT.search(text, at)) is not None:
        parts.append(text[at : found.start()])
        end = lower.find(f"</{found[1].lower()}", found.end())
        if end < 0:  # to the end, as in a browser
            at = len(text)
            break
        at = end
    parts.append(text[at:])
    return _TAG.sub(" ", "".join(parts))


def _chosen(page: Page, where: str, flags: list[str]) -> tuple[html_select.Chosen, float]:
    """Choose the lines of the article and check that it is complete.

    `flags` gets `extraction-fallback` where the extractor was not believed or not asked, and `extraction-low` where
    less than `COMPLETE` of the page is kept and the structure of the page points to more. Most pages under it are
    short articles on large pages (5 of 15 measured), and there both say the same.
    """
    strict, loose = _votes(page)
    chosen = html_select.choose(page, strict, loose)
    if chosen is None:
        raise over(where, "no main text was found in it")
    if not chosen.found:
        flags.append("extraction-fallback")
    total = _outside_nav(page)
    kept = page.weigh(chosen.lines) / total if total else 1.0
    if kept < COMPLETE and chosen.found:
        own = html_select.choose(page, frozenset(), frozenset())
        more = page.weigh(set(own.lines) - set(chosen.lines)) if own else 0
        if own and more > 2 * page.weigh(chosen.lines):
            flags.append("extraction-fallback")
            chosen, kept = own, page.weigh(own.lines) / total
        elif own is None or 5 * more > page.weigh(chosen.lines):
            flags.append("extraction-low")
    if page.weigh(chosen.lines) < FEW and page.weigh(range(len(page.blocks))) > 50 * FEW:
        raise over(where, "no main text was found in it")
    if _only_furniture(page, chosen) and html_data.prose(page.root) > 2 * page.weigh(chosen.lines):
        raise over(where, "no main text was found in it: its text is data in a <script> or <textarea>")
    return chosen, min(kept, 1.0)


def _only_furniture(page: Page, chosen: html_select.Chosen) -> bool:
    """Say whether nothing was chosen but the headline and what stands in elements marked as no article (a footer)."""
    bodies = frozenset(page.root.iter("html", "body"))
    return page.weigh(i for i in chosen.lines if i != chosen.headline and not page.noise(i, bodies)) < FEW


def _outside_nav(page: Page) -> int:
    """Return the weight of all lines outside <nav>."""
    return page.weigh(i for i, path in enumerate(page.paths) if all(element.tag != "nav" for element in path))


def _votes(page: Page) -> tuple[frozenset[int], frozenset[int]]:
    """Return the lines that trafilatura keeps when it is careful, and when not; none of a page too large for it."""
    keys = [block.key for block in page.blocks]
    elements, depth = int(page.root.xpath("count(descendant-or-self::*)")), max(map(len, page.paths))
    size = elements + elements * depth // 100 + sum(map(len, keys)) // 1000
    if size > LARGE:
        return frozenset(), frozenset()
    quick = size > QUICK
    modes: Sequence[dict[str, Any]] = ({"favor_precision": True, "fast": quick}, {"fast": quick})
    found = [html_align.marked(keys, _lines(page, mode)) for mode in modes]
    return found[0][0], found[1][0]


def _lines(page: Page, mode: dict[str, Any]) -> list[str]:
    try:
        # never `deduplicate`: a store of the whole process, so that the answer hangs on what came before
        document = bare_extraction(
            copy(page.root), include_comments=False, include_tables=True, deduplicate=False, with_metadata=False, **mode
        )
    except Exception:  # an error of the extractor is an empty vote; the structure of the page decides, with a flag
        return []
    body = getattr(document, "body", None)
    output = xml.xmltotxt(body, include_formatting=False) if body is not None else ""
    return [key for line in html_align.stripped(output) if (key := html_tree.key(line))]


def main() -> None:
    """Serve the parent whose process id is the argument."""
    sandbox.bind_to_parent(int(sys.argv[1]))
    sys.setrecursionlimit(10_000)
    sandbox.restrict()
    sandbox.serve(answer)


if __name__ == "__main__":
    main()
