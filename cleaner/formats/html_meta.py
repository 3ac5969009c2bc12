"""What the head of a page says of the article: titles to compare with, and fields that a byline may lack.

Only statements made for machines are read, and only plain ones: guesses from visible text (as trafilatura's, which took
a copyright line for the site and a related article for the title on pages measured) are worse than none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from lxml.html import HtmlElement

from cleaner.formats.html_headline import folded

_TITLES = ("og:title", "twitter:title", "articletitle", "headline", "title", "dc.title", "weibo:article:title")
_DATES = (
    "article:published_time", "og:published_time", "datepublished", "pubdate", "publishdate", "publish_date",
    "publish-date", "date.issued", "dc.date.issued", "og:release_date", "weibo:article:create_at",
)  # fmt: skip
_AUTHORS = ("article:author", "author", "og:article:author", "byl", "dc.creator", "article:author:name")
_JSON = {
    "date": re.compile(r'"datePublished"\s*:\s*"([^"\\]{8,40})"'),
    "title": re.compile(r'"headline"\s*:\s*"((?:[^"\\]|\\.){2,200})"'),
}
# Not a person: a site, a desk, a program, an address, a number
_NO_PERSON = re.compile(
    r"网|網|新闻|新聞|报|報|社$|台$|公司|编辑部|編輯部|频道|頻道|中心|小编|admin|editor|\.(?:com|cn|net|org)|https?:|@|^\W*\d+\W*$",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_MOST = 300  # characters of a title; beyond, it is no title


def titles(root: HtmlElement) -> list[str]:
    """Return what the page calls itself, folded, without repeats."""
    named = dict(_named(root))
    found = [value for name in _TITLES for value in named.get(name, ())]
    found += [element.text or "" for element in root.iter("title")][:3]
    found += [_SPACE.sub(" ", text) for text in _json(root, "title")]
    found = [text[:_MOST] for text in found]
    found += [text.split("_")[0] for text in found if "_" in text]  # what follows is the channel and the site
    return [title for title in dict.fromkeys(map(folded, found)) if len(title) > 1]


def read(root: HtmlElement, headline: str | None) -> dict[str, str]:
    """Return title, source, author and date as far as the page states them; a headline is its title."""
    named = dict(_named(root))
    found = {
        "title": headline or _first(named, _TITLES[:2]),
        "source": _first(named, ("og:site_name",)),
        "author": next((a for a in _all(named, _AUTHORS) if len(a) <= 20 and not _NO_PERSON.search(a)), ""),
        "date": next((d for d in map(_date, [*_all(named, _DATES), *_json(root, "date")]) if d), ""),
    }
    return {field: value for field, value in sorted(found.items()) if value}


def _named(root: HtmlElement) -> Iterator[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        value = _SPACE.sub(" ", element.get("content") or "").strip()
        names = {(element.get(attribute) or "").lower() for attribute in ("name", "property", "itemprop")}
        for name in sorted(names):
            if name and value:
                found.setdefault(name, []).append(value)
    yield from found.items()


def _all(named: dict[str, list[str]], names: tuple[str, ...]) -> list[str]:
    return [value for name in names for value in named.get(name, ())]


def _first(named: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((value for value in _all(named, names) if len(value) <= _MOST), "")


def _json(root: HtmlElement, field: str) -> list[str]:
    scripts = [e.text or "" for e in root.iter("script") if "ld+json" in (e.get("type") or "")]
    return [match[1] for text in scripts for match in _JSON[field].finditer(text[:200_000])][:3]


def _date(text: str) -> str:
    """Return a date or time as ISO 8601, with its zone if it has one; "" if it is none."""
    try:
        when = datetime.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return ""
    bare = len(text.strip()) <= 10
    return when.date().isoformat() if bare else when.isoformat(timespec="seconds")
