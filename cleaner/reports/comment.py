"""The comment on a pull request: what a reviewer has to know before opening the report, in Markdown.

It begins with a comment that a bot finds it again by, so that each run replaces the last one. Code hosts take 65,536
characters (GitHub's limit): a long list is cut, and says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from cleaner.reports.findings import Finding
from cleaner.reports.markdown_text import inert
from cleaner.reports.records import Records
from cleaner.reports.views import plural
from cleaner.show import show_path

MARK = "<!-- seedclean -->"
MOST = 20  # findings that are listed
_LONGEST = 500  # characters of one message


def to_comment(records: Records, found: Sequence[Finding], *, compared: bool) -> bytes:
    """Return the comment, UTF-8. `compared`: there was an earlier report, so that `known` means something."""
    lines = [MARK, *_head(records, found, compared), *_waiting(found), *_done(found)]
    return ("\n".join(lines).rstrip("\n") + "\n").encode("utf-8", "backslashreplace")


def _head(records: Records, found: Sequence[Finding], compared: bool) -> Iterator[str]:
    run = records.run
    waiting = sum(one.gate == "pending" for one in found)
    overlaps = sum(one.gate == "overlap" for one in found)
    left = sum(one.level == "error" for one in found)
    parts = [f"{plural(run.files, 'article')}, {run.chars_in:,} → {run.chars_out:,} characters"]
    parts += [f"**{plural(waiting, 'group')} {'waits' if waiting == 1 else 'wait'} for a decision**"] if waiting else []
    parts += [f"**{plural(overlaps, 'open overlap')}**"] if overlaps else []
    parts += [f"**{plural(left, 'file')} quarantined**"] if left else []
    yield "### seedclean: " + ("nothing waits for a person" if not waiting + overlaps + left else "a person is asked")
    yield ""
    yield " · ".join(parts)
    yield ""
    if compared:
        new = sum(not one.known for one in found)
        yield (
            f"{plural(new, 'finding')} of {len(found):,} are new against the last commit."
            if new
            else ("Nothing is new against the last commit.")
        )
        yield ""


def _waiting(found: Sequence[Finding]) -> Iterator[str]:
    todo = sorted((one for one in found if one.level != "note"), key=lambda one: one.known)
    for one in todo[:MOST]:
        place = f"{show_path(one.file)}{f':{one.line}' if one.line else ''}"
        long = one.message[:_LONGEST] + ("…" if len(one.message) > _LONGEST else "")
        yield f"- {inert(place)} {'' if one.known else '**new** '}{inert(one.rule)}: {inert(long)}"
    if len(todo) > MOST:
        yield f"- … and {plural(len(todo) - MOST, 'more finding')}"
    if todo:
        yield ""


def _done(found: Sequence[Finding]) -> Iterator[str]:
    rules = Counter(one.rule for one in found if one.level == "note")
    if not rules:
        return
    yield f"<details><summary>What was changed, by rule ({plural(sum(rules.values()), 'group')})</summary>"
    yield ""
    yield "| rule | groups | files |"
    yield "| --- | --- | --- |"
    ranked = sorted(rules.items(), key=lambda item: (-item[1], item[0]))
    for rule, count in ranked[: 2 * MOST]:
        files = len({one.file for one in found if one.rule == rule})
        yield f"| {inert(rule)} | {count:,} | {files:,} |"
    if len(ranked) > 2 * MOST:
        yield f"| … and {len(ranked) - 2 * MOST:,} more | | |"
    yield ""
    yield "</details>"
