"""The judge, written plainly: pair by pair, line by line, place by place. The fast one has to say the same."""

from __future__ import annotations

import math
from collections import Counter

from cleaner.kinds.layout import (
    NEAR,
    SHORT_NOTICE,
    STRANGE,
    Known,
    _grade,
    _may_head,
    _plain,
    _short_headline,
    behind_lists,
    main_block,
)
from cleaner.kinds.places import _TINY, BODY, PLACES, TITLE
from cleaner.kinds.traits import bucket


def compiled(table):
    """The weights as dictionaries and lists."""
    found = {}
    steps = [[] for _ in PLACES]
    starts, ends = [0.0] * len(PLACES), [0.0] * len(PLACES)
    for what, name, *rest in table.rows:
        if what == "trait":
            found[name] = tuple(float(value) for value in rest[: len(PLACES)])
            continue
        one, _, other = name.partition(">")
        if one == "start":
            starts[PLACES.index(other)] = math.exp(float(rest[0]))
        elif other == "end":
            ends[PLACES.index(one)] = 1.0
        else:
            steps[PLACES.index(other)].append((PLACES.index(one), math.exp(float(rest[0]))))
    return found, steps, starts, ends


def chances(weights, lines, known):
    """Return for each line the probability of each place (forward-backward), given the traits of all lines.

    Lines of `known` are the article's text for sure, or are not.
    """
    weights, steps, starts, ends = weights
    empty = (0.0,) * len(PLACES)
    says = []
    for names in lines:
        sums = [0.0] * len(PLACES)
        for name in names:
            for place, weight in enumerate(weights.get(name, empty)):
                sums[place] += weight
        top = max(sums)
        says.append([math.exp(value - top) for value in sums])
    for i in known.body:
        says[i] = [float(place == BODY) for place in range(len(PLACES))]
    for i in known.other:
        says[i][BODY] = says[i][TITLE] = 0.0
    ahead = []
    scales = []
    for i, here in enumerate(says):
        if i:
            last = ahead[-1]
            now = [here[p] * sum(last[q] * factor for q, factor in steps[p]) for p in range(len(PLACES))]
        else:
            now = [here[p] * starts[p] for p in range(len(PLACES))]
        scale = sum(now) + _TINY
        scales.append(scale)
        ahead.append([value / scale for value in now])
    back = list(ends)
    found = [back] * len(says)
    for i in range(len(says) - 1, -1, -1):
        if i < len(says) - 1:
            here, old = says[i + 1], back
            back = [0.0] * len(PLACES)
            for p in range(len(PLACES)):
                gain = here[p] * old[p] / scales[i + 1]
                for q, factor in steps[p]:
                    back[q] += factor * gain
        both = [a * b for a, b in zip(ahead[i], back, strict=True)]
        total = sum(both) + _TINY
        found[i] = [value / total for value in both]
    return found


def han(char):
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


def _pairs(text: str) -> frozenset[str]:
    """Return the pairs of neighbouring Han characters, and the Latin words, of a folded text."""
    pairs = {text[i : i + 2] for i in range(len(text) - 1) if han(text[i]) and han(text[i + 1])}
    return frozenset(pairs)


def headline(looks, core, told) -> int | None:
    """Return the line before the article that the article speaks of most: its headline, if there is one.

    If it speaks of none, the line right over the last dated byline before it.
    """
    best, most = None, 0.0
    for i in range(core[0] + 1):
        one = looks[i]
        if not _may_head(one) or (one.prose and i == core[0]):
            continue
        own = _pairs(one.text)
        same = sum(pair in told for pair in own)
        worth = same * same / len(own) if own else 0.0
        if same >= 2 and worth > most:
            best, most = i, worth
    if best is None:
        for i in range(core[0] - 1, max(0, core[0] - 15), -1):
            if looks[i].byline and "date" in looks[i].cues:
                if _may_head(looks[i - 1]) and not looks[i - 1].cues:
                    return i - 1
                break
        return _short_headline(looks, core)
    return best


def known(looks) -> Known:
    """Return what is certain of a page whose main block is far ahead of all others, nothing for any other text.

    Plain prose of that block is the article's; notices before and behind it are not, nor is what stands behind the
    heading of a list of other articles, once the block is over; prose there only if the article speaks of little of it.
    """
    core = main_block(looks)
    if core is None or not core[2]:
        return Known((), ())
    body = tuple(i for i in range(core[0], core[1]) if _plain(looks[i]))
    if not body:
        return Known((), ())
    lists = behind_lists(looks)
    told = _told_by(looks, core)
    other = []
    for i, one in enumerate(looks):
        listed = i >= core[1] and lists[i] and not (one.prose and _share(one.text, told) >= STRANGE)
        inside = body[0] <= i <= body[-1]
        if listed or ("notice" in one.cues and (not inside or (not one.prose and one.han <= SHORT_NOTICE))):
            other.append(i)
    return Known(body, tuple(other))


def _told_by(looks, core) -> frozenset[str]:
    return _pairs("\n".join(looks[i].text for i in range(core[0], core[1]) if looks[i].prose))


def _share(text: str, told: frozenset[str]) -> float:
    own = _pairs(text)
    return sum(pair in told for pair in own) / len(own) if own else 0.0


def around(looks) -> list[list[str]]:
    """Return for each line the traits of its own and those that its neighbours give it."""
    count = len(looks)
    found = [list(one.traits) for one in looks]
    prose = [i for i, one in enumerate(looks) if one.prose]
    pairs = {i: _pairs(looks[i].text[:400]) for i in prose}
    times = Counter(one.text for one in looks)
    core = main_block(looks)
    told = _told_by(looks, core) if core else frozenset()
    top = headline(looks, core, told) if core else None
    # runs of lines that are not prose
    run = [0] * count
    i = 0
    while i < count:
        j = i
        while j < count and not looks[j].prose:
            j += 1
        for k in range(i, j):
            run[k] = j - i
        i = max(j, i + 1)
    before = 0  # index into prose: how many lines of prose stand before
    related = ended = copied = 0
    for i, one in enumerate(looks):
        mine = found[i]
        while before < len(prose) and prose[before] < i:
            before += 1
        behind = len(prose) - before - (1 if one.prose else 0)
        mine.append(f"prose-before:{bucket(before, (1, 2, 4))}")
        mine.append(f"prose-behind:{bucket(behind, (1, 2, 4))}")
        if not one.prose:
            mine.append(f"run:{bucket(run[i], (3, 6, 11))}")
        previous, following = (looks[i - 1] if i else None), (looks[i + 1] if i + 1 < count else None)
        for name, other in (("previous", previous), ("next", following)):
            if other is None:
                mine.append(f"{name}:edge")
                continue
            if other.prose:
                mine.append(f"{name}:prose")
            if other.byline:
                mine.append(f"{name}:byline")
            if "date" in other.cues:
                mine.append(f"{name}:date")
            if other.sure:
                mine.append(f"{name}:sure")
            elif other.cues - {"byline", "date", "caption", "editor"}:
                mine.append(f"{name}:cue")
            elif not other.prose:
                mine.append(f"{name}:short" if other.han < 8 else f"{name}:line")
        low, high = max(0, i - 3), min(count, i + 4)
        near = sum(looks[k].prose for k in range(low, high) if k != i)
        mine.append(f"near-prose:{bucket(near, (1, 2, 4))}")
        chrome = sum(looks[k].sure for k in range(low, high) if k != i)
        mine.append(f"near-sure:{bucket(chrome, (1, 2, 4))}")
        if any(looks[k].byline for k in range(i + 1, min(count, i + 4))) and not one.byline:
            mine.append("soon:byline")
        if any(looks[k].prose for k in range(i + 1, min(count, i + 6))):
            mine.append("soon:prose")
        if times[one.text] > 1:
            mine.append("repeated")
        if core and top is not None and i <= core[0] and one.text == looks[top].text:
            mine.append("headline")
        if core:
            where = "before" if i < core[0] else "in" if i < core[1] else "after"
            mine.append(f"core:{where}")
            if one.prose:
                mine.append(f"prose-core:{where}")
        # how much of the line the prose around speaks of
        if one.han >= 4:
            own = pairs[i] if one.prose else _pairs(one.text)
            if own:
                if core and not one.prose:
                    share = sum(pair in told for pair in own) / len(own)
                    mine.append("told:" + _grade(share, ((".1", 0.15), (".3", 0.4), (".6", 0.7)), ".7+"))
                ahead = [k for k in prose[before : before + NEAR + 1] if k > i][:NEAR]
                back = prose[max(0, before - NEAR) : before]
                for name, places in (("told-behind", ahead), ("told-before", back)):
                    if places:
                        share = sum(any(pair in pairs[k] for k in places) for pair in own) / len(own)
                        mine.append(f"{name}:" + _grade(share, ((".1", 0.15), (".3", 0.4)), ".5"))
        # what was passed since the article began
        if related:
            mine.append("passed:related")
        if ended:
            mine.append("passed:editor")
        if copied:
            mine.append("passed:chrome" if copied < 3 else "passed:much-chrome")
        if one.prose and not one.sure:
            copied = 0 if not related else copied
        if before or one.prose:
            related += "related" in one.cues and one.han < 20
            ended += "editor" in one.cues and not one.prose
            copied += one.sure
    return found
