"""A unified diff from a source to its clean text, drawn from the edits: no diff engine guesses anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.reports.records import EditRecord
from cleaner.show import show

AROUND = 3  # unchanged lines around a change


def unified_diff(path: str, source: str, edits: Sequence[EditRecord]) -> Iterator[str]:
    """Yield the lines of a patch that turns `source` into its clean text; `edits` are the applied ones, by place."""
    if not edits:
        return
    hunks = _hunks(source, edits)
    yield f"--- a/{show(path)}"
    yield f"+++ b/{show(path)}"
    lines = _lines(source)
    shift = 0  # lines of the result minus lines of the source, so far
    for group in _near(hunks):
        first, last = max(0, group[0][0] - AROUND), min(len(lines), group[-1][1] + AROUND)
        body: list[str] = []
        at = first
        for low, high, new in group:
            body += [" " + line for line in lines[at:low]]
            body += ["-" + line for line in lines[low:high]] + ["+" + line for line in new]
            at = high
        body += [" " + line for line in lines[at:last]]
        grown = sum(len(new) - (high - low) for low, high, new in group)
        size = last - first
        yield f"@@ -{first + 1},{size} +{first + 1 + shift},{size + grown} @@"
        for line in body:
            bare = line.removesuffix("\n")
            yield bare[0] + show(bare[1:])
            if bare == line:
                yield "\\ No newline at end of file"
        shift += grown


def _lines(text: str) -> list[str]:
    """Return the lines with their line ends; only the last one may lack it."""
    lines = [line + "\n" for line in text.split("\n")]
    lines[-1] = lines[-1][:-1]
    return lines if lines[-1] else lines[:-1]


def _hunks(source: str, edits: Sequence[EditRecord]) -> list[tuple[int, int, list[str]]]:
    """Return (first line, line behind the last, new lines) for each run of lines that edits touch, from 0."""
    found: list[tuple[int, int, list[str]]] = []
    i = 0
    while i < len(edits):
        low = source.rfind("\n", 0, edits[i].start) + 1
        parts: list[str] = []
        at = low
        while True:
            edit = edits[i]
            parts += source[at : edit.start], edit.new
            at = edit.end
            i += 1
            # the lines end where this edit's last line ends, unless the next edit begins on it
            end = at if at and source[at - 1 : at] == "\n" and "".join(parts)[-1:] in ("", "\n") else _end(source, at)
            if i == len(edits) or edits[i].start >= end:
                break
        parts.append(source[at:end])
        found.append((source.count("\n", 0, low), _count(source, end), _lines("".join(parts))))
    return found


def _end(source: str, at: int) -> int:
    end = source.find("\n", at)
    return len(source) if end < 0 else end + 1


def _count(source: str, end: int) -> int:
    lines = source.count("\n", 0, end)
    return lines + (1 if end and source[end - 1] != "\n" else 0)


def _near(hunks: list[tuple[int, int, list[str]]]) -> Iterator[list[tuple[int, int, list[str]]]]:
    group: list[tuple[int, int, list[str]]] = []
    for hunk in hunks:
        if group and hunk[0] - group[-1][1] > 2 * AROUND:
            yield group
            group = []
        group.append(hunk)
    if group:
        yield group
