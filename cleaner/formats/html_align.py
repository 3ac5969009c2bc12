"""Which lines of a page an extractor kept: its output matched against the page's own lines, in order.

An extractor gives text without places. The same words stand in navigation, headline and related lists, so a line is
matched where the order of the page and the lines around it say, and the match of most text as a whole is taken.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence

MOST = 24  # places of one line that are looked at: a page may hold "more" a thousand times
_LONG = 12  # characters from which a part of a line is recognised without its whole
_BULLET = re.compile(r"^(?:[-*+•]|#{1,6}|\d{1,3}\.)\s+")


def marked(lines: Sequence[str], output: Sequence[str]) -> tuple[frozenset[int], float]:
    """Return the numbers of the lines that stand in `output`, and the share (0-1) of `output` that was found.

    Both are keys (`html_tree.key`). A line of `output` that is no whole line here may be part of one, or several.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for i, line in enumerate(lines):
        places[line].append(i)
    pairs = [(i, j) for j, text in enumerate(output) for i in reversed(places.get(text, ())[:MOST])]
    chosen = _heaviest(pairs, [len(line) for line in lines])
    found = dict(chosen)
    done = set(found.values())
    rest = [(j, text) for j, text in enumerate(output) if j not in done]
    parts = _parts(lines, rest, chosen)
    size = sum(map(len, output))
    missing = sum(len(text) for j, text in rest if j not in parts.values())
    return frozenset(found) | frozenset(parts), 1 - missing / size if size else 0.0


def _heaviest(pairs: Sequence[tuple[int, int]], weights: Sequence[int]) -> list[tuple[int, int]]:
    """Return the pairs (line, output line) that go up in both, and together weigh most.

    `pairs` come by output line, and for one output line from the last place to the first, so that it is used once.
    """
    # best[k] is the weight of the best chain that ends at a line <= ends[k]; both go up
    ends: list[int] = []
    best: list[int] = []
    last: list[int] = []
    back: list[int] = []
    for number, (i, _) in enumerate(pairs):
        at = bisect_right(ends, i - 1)
        before, total = (last[at - 1], best[at - 1]) if at else (-1, 0)
        back.append(before)
        total += weights[i]
        if at < len(ends) and ends[at] == i:
            if best[at] >= total:
                continue
            best[at], last[at] = total, number
        else:
            ends.insert(at, i)
            best.insert(at, total)
            last.insert(at, number)
        while at + 1 < len(ends) and best[at + 1] <= total:
            del ends[at + 1], best[at + 1], last[at + 1]
    chain, number = [], last[-1] if last else -1
    while number >= 0:
        chain.append(pairs[number])
        number = back[number]
    return chain[::-1]


def _parts(lines: Sequence[str], rest: Sequence[tuple[int, str]], chosen: Sequence[tuple[int, int]]) -> dict[int, int]:
    """Match what is left: a line inside a longer line of the output, or the other way round, between its neighbours."""
    outputs = [j for _, j in chosen]
    found: dict[int, int] = {}
    for j, text in rest:
        if len(text) < _LONG:
            continue
        at = bisect_right(outputs, j)
        low = chosen[at - 1][0] + 1 if at else 0
        high = chosen[at][0] if at < len(chosen) else len(lines)
        spot = 0
        for i in range(low, high):
            line = lines[i]
            where = text.find(line, spot) if len(line) <= len(text) else -1
            if where >= 0 and (len(line) >= _LONG or where == spot):
                found[i], spot = j, where + len(line)
            elif len(line) > len(text) and text in line and 2 * len(text) >= len(line):
                found[i] = j
                break
    return found


def stripped(output: str) -> list[str]:
    """Return the lines of an extractor's text without the signs of lists and tables that it put before them."""
    cells = (cell for line in output.split("\n") for cell in line.split("|"))
    return [_BULLET.sub("", cell.strip()) for cell in cells if cell.strip()]
