"""Names, links and markup of the HTML pages: where a page lies, and how values become bytes.

The style and the script are ours alone and the same for every report, so that two hashes allow them; see `html.py`
for the policy.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cleaner.identity import short_id
from cleaner.languages import ENGLISH
from cleaner.reports.html_rules import example
from cleaner.reports.records import EditRecord
from cleaner.reports.views import cut, verdict, visible
from cleaner.reports.views import decided as saying
from cleaner.show import show, show_path

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_NAME_BYTES = 240  # of a file name: most file systems allow 255, and the suffix needs room


def page_names(paths: Iterable[str]) -> dict[str, str]:
    """Return the name of the page of each file: no two alike, none too long, none in the way of another's folder.

    Raises ValueError for a path that leads out of the report.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    ordered = sorted(paths)
    folders = {path.rpartition("/")[0] for path in ordered}
    folders |= {folder[:i] for folder in folders for i, char in enumerate(folder) if char == "/"}
    for path in ordered:
        parts = path.split("/")
        if any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"{show_path(path)} is not a relative path")
        last = parts[-1].encode("utf-8", "surrogateescape")
        if len(last) > _NAME_BYTES:
            short = last[: _NAME_BYTES - 20].decode("utf-8", "ignore")
            parts[-1] = f"{short}-{short_id(path)}"
        name = "/".join(parts) + ".html"
        while name in folders or name in taken:
            name = f"{name[:-5]}_.html"
        taken.add(name)
        found[path] = f"files/{name}"
    return found


def page_href(name: str) -> str:
    return quote(name.encode("utf-8", "surrogateescape"), safe="/")


def cluster_href(cluster: str, root: str) -> str:
    return f"{root}clusters/{page_href(cluster_name(cluster))}.html"


def cluster_name(cluster: str) -> str:
    """Return a cluster's id as a file name: `c` and a number, unless somebody has edited the report."""
    return cluster if cluster.isascii() and cluster.isalnum() else short_id(cluster)


def _shown(text: object) -> str:
    return show(str(text))


def _one_line(text: str) -> str:
    return show(text.replace("\n", "⏎")) if text.strip() else visible(text)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """Return the templates, compiled once: they are part of the program, no state of a run is in them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("cleaner.reports", "templates"),
        autoescape=True,  # for every name: select_autoescape would skip .j2
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(show=_shown, path=show_path, line=_one_line, n=lambda number: f"{number:,}")
    environment.filters["example"] = example
    environment.globals.update(
        script=_script(), verdict=verdict, cluster_href=cluster_href, cut=cut, one_change=_one_change, saying=saying,
    )  # fmt: skip
    return environment


def _one_change(edit: EditRecord) -> tuple[str, tuple[str, int, str], tuple[str, int, str], str]:
    """Return an edit in its context: prefix, old and new (long ones cut), suffix."""
    return edit.quote.prefix, cut(edit.quote.exact, 60, 24), cut(edit.new, 60, 24), edit.quote.suffix


@dataclass(frozen=True)
class _Block:
    """An inline style or script, and how the Content-Security-Policy names it (level 3: the hash of what is inside)."""

    text: Markup
    hash: str

    @classmethod
    def of(cls, *names: str) -> _Block:
        """Return some files of ours as one block, without indentation and comments of a line."""
        from markupsafe import Markup

        folder = files("cleaner.reports") / "templates"
        lines = (line.strip() for name in names for line in (folder / name).read_bytes().decode("utf-8").split("\n"))
        text = "\n".join(line for line in lines if line and not line.startswith("//"))
        digest = hashlib.sha256(text.encode("utf-8")).digest()
        return cls(Markup(text), "sha256-" + base64.b64encode(digest).decode("ascii"))


_OWN = {"article.html.j2": ("article.css",), "stats.html.j2": ("overview.css", "stats.css")}
_OVERVIEW = ("overview.css",)


@lru_cache(maxsize=4)
def _style(*own: str) -> _Block:
    return _Block.of("style.css", "decide.css", *own)


@lru_cache(maxsize=1)
def _script() -> _Block:
    return _Block.of("script.js", "decide.js")


@lru_cache(maxsize=1)
def _shell() -> _Block:
    return _Block.of("shell.js")


def render(template: str, **values: Any) -> bytes:
    """Return a page. What even UTF-8 cannot hold was made visible by `show` before."""
    given = {
        "t": ENGLISH,
        "rule_pages": {},
        "report": "",
        "live": False,
        "style": _style(*_OWN.get(template, _OVERVIEW)),
        **values,
    }
    return _environment().get_template(template).render(given).encode("utf-8")


def shell() -> bytes:
    """Return the page that holds nothing of a report: its script asks for the real one, with the token."""
    return _environment().get_template("shell.html.j2").render(script=_shell()).encode("utf-8")


def policy_hashes() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return how a Content-Security-Policy names the styles and the scripts of the pages of a report."""
    styles = (_style("article.css").hash, _style(*_OVERVIEW).hash)
    return styles, (_script().hash, _shell().hash)
