"""Does a pattern take time in proportion to the text? A check of the pattern, before any text.

A backtracking matcher is slow where a text can be read in many ways: exponentially, if a loop can read one piece in two
ways ((a+)+, (a|aa)*); with the power of two, if two loops after each other can share a piece between them (.*,.*); and
in a search also if the first loop has no end, since the search begins anew at each character (\\s+$). All three
are questions about the automaton of the pattern, asked here of its position automaton (Glushkov 1961, "The abstract
theory of automata"); the conditions are those of Weber and Seidl 1991, "On the degree of ambiguity of finite
automata". Atomic groups and possessive signs are read as plain ones, and what looks at a neighbour as nothing: then a
good pattern may be refused, but no slow one taken.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from cleaner.kinds.syntax import Alt, Cat, Char, Node, Refused, Repeat, read

SIZE = 3_000  # positions of a pattern: its characters, repetitions of a fixed number written out
WAYS = 10_000  # ways to read a piece of bounded length, for one place where a match begins
WORK = 400_000  # steps of this check
ANY = 64_000  # characters of the alphabet (`syntax`) that only a dot, or its like, can be
# What a kind does with the patterns in its fields: match a whole line, or search the text.
How = Literal["whole", "search"]
PATTERNS: dict[str, dict[str, How]] = {
    "line": {"find": "whole"},
    "block": {"line": "whole", "proof": "search"},
    "span": {"find": "search"},
}


def check(pattern: str, how: How) -> None:
    """Raise Refused unless a match takes time in proportion to the text."""
    tree = read(pattern)
    if how == "whole":
        tree = _without_rest(tree)
    _Automaton(tree, how).check()


def _without_rest(tree: Node) -> Node:
    """Take .* from the end of what matches a whole line: a line has no line end, so that it always matches."""
    last = tree.parts[-1] if isinstance(tree, Cat) and tree.parts else None
    anything = isinstance(last, Repeat) and last.high is None and last.low < 2 and isinstance(last.part, Char)
    if isinstance(tree, Cat) and anything and len(last.part.chars) >= ANY:  # type: ignore[union-attr]
        return Cat(tree.parts[:-1])
    return tree


@dataclass
class _Piece:
    """What a part of a pattern begins and ends with (positions), and whether it can be empty."""

    first: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    empty: bool = True


class _Automaton:
    def __init__(self, tree: Node, how: How) -> None:
        self.how = how
        self.chars: list[frozenset[str]] = []
        self.follow: dict[int, set[int]] = defaultdict(set)
        self.bound: dict[int, int] = {}  # position in a loop -> how often it goes round, if it has an end
        self.endless: set[int] = set()
        self.work = 0
        whole = self._piece(tree)
        self.start = whole.first

    # --- the automaton -----------------------------------------------------------------------------------------------

    def _piece(self, node: Node) -> _Piece:
        if isinstance(node, Char):
            if len(self.chars) >= SIZE:
                raise Refused(f"it has more than {SIZE} parts; split the rule")
            self.chars.append(node.chars)
            at = len(self.chars) - 1
            return _Piece([at], [at], empty=False)
        if isinstance(node, Alt):
            parts = [self._piece(part) for part in node.parts]
            return _Piece(
                [p for part in parts for p in part.first], [p for part in parts for p in part.last],
                any(part.empty for part in parts),
            )  # fmt: skip
        if isinstance(node, Repeat):
            return self._loop(node)
        made = _Piece()
        for part in node.parts:
            made = self._joined(made, self._piece(part))
        return made

    def _joined(self, left: _Piece, right: _Piece) -> _Piece:
        self._link(left.last, right.first)
        return _Piece(
            left.first + right.first if left.empty else left.first,
            right.last + left.last if right.empty else right.last,
            left.empty and right.empty,
        )

    def _loop(self, node: Repeat) -> _Piece:
        if node.high is not None and (node.high <= 1 or node.low == node.high):
            made = _Piece()
            for _ in range(node.high):
                made = self._joined(made, self._piece(node.part))
            made.empty = made.empty or node.low == 0
            return made
        low = len(self.chars)
        made = self._piece(node.part)
        inside = range(low, len(self.chars))
        if made.empty:
            raise Refused("it repeats what can be empty; let each round need a character")
        if self._link(made.last, made.first):
            raise Refused("it repeats a repetition of the same; one of the two is enough")
        for position in inside:
            if node.high is None:
                self.endless.add(position)
            else:
                self.bound[position] = self.bound.get(position, 1) * node.high
        if node.high is None and self.how == "search":
            raise Refused("a search for it has no end: * or + begins anew at each character; write {0,300} or {1,300}")
        return _Piece(made.first, made.last, empty=node.low == 0)

    def _link(self, left: Iterable[int], right: Iterable[int]) -> bool:
        """Let each of `right` follow each of `left`; say whether one of these steps was there already."""
        twice = False
        ends = list(right)
        for one in left:
            self._step(len(ends))
            twice = twice or not self.follow[one].isdisjoint(ends)
            self.follow[one].update(ends)
        return twice

    def _step(self, count: int = 1) -> None:
        self.work += count
        if self.work > WORK:
            raise Refused("it is too involved to be checked; split the rule")

    # --- the questions -----------------------------------------------------------------------------------------------

    def check(self) -> None:
        loops = [loop for loop in self._components() if len(loop) > 1 or next(iter(loop)) in self.follow[min(loop)]]
        for loop in loops:
            if self._two_ways_round(loop):
                raise Refused(
                    "a part that repeats can read the same text in two ways; let its rounds begin differently"
                )
        ends = [loop for loop in loops if self.endless.intersection(loop)]
        for one in ends:
            for other in ends:
                if one is not other and self._share(one, other):
                    raise Refused("two repetitions without end can share one text; part them by what neither can read")
        if (ways := self._ways(loops)) > WAYS:
            raise Refused(
                f"it can read one text in {ways:,} ways; let its alternatives and repetitions begin differently"
            )

    def _meet(self, one: int, other: int) -> bool:
        self._step()
        return one == other or not self.chars[one].isdisjoint(self.chars[other])

    def _two_ways_round(self, loop: set[int]) -> bool:
        """Say whether from one position of the loop back to it two ways lead over the same text."""
        forward: dict[tuple[int, int], list[tuple[int, int]]] = {}
        todo = [(one, one) for one in loop]
        while todo:
            pair = todo.pop()
            if pair in forward:
                continue
            forward[pair] = [
                (one, other)
                for one in self.follow[pair[0]] & loop
                for other in self.follow[pair[1]] & loop
                if self._meet(one, other)
            ]
            todo += forward[pair]
        backward = defaultdict(list)
        for pair, others in forward.items():
            for other in others:
                backward[other].append(pair)
        back, todo = set(), [(one, one) for one in loop]  # pairs that come together again
        while todo:
            pair = todo.pop()
            if pair not in back:
                back.add(pair)
                todo += backward[pair]
        return any(one != other for one, other in back if (one, other) in forward)

    def _share(self, one: set[int], other: set[int]) -> bool:
        """Say whether one text leads round the one loop, round the other, and from the one to the other."""
        for p in one:
            for q in other:
                seen, todo = set(), [(p, p, q)]
                while todo:
                    state = todo.pop()
                    for a in self.follow[state[0]] & one:
                        for b in self.follow[state[1]]:
                            if not self._meet(a, b):
                                continue
                            for c in self.follow[state[2]] & other:
                                new = (a, b, c)
                                if new == (p, q, q) and self._common(a, b, c):
                                    return True
                                if new not in seen and self._common(a, b, c):
                                    seen.add(new)
                                    todo.append(new)
        return False

    def _common(self, *positions: int) -> bool:
        self._step()
        sets = sorted((self.chars[position] for position in positions), key=len)
        return any(all(char in other for other in sets[1:]) for char in sets[0])

    def _ways(self, loops: list[set[int]]) -> int:
        """Return a bound on the ways to read one text: what bounded repetitions and alternatives leave open."""
        ways = 1
        inside = set().union(*loops) if loops else set()
        for position, ends in [(-1, self.start), *self.follow.items()]:
            if position not in inside:
                ways *= self._alike(list(ends))
        for loop in loops:
            bounds = [self.bound[position] for position in loop if position in self.bound]
            leaves = {end for position in loop for end in self.follow[position]} - loop
            stays = {end for position in loop for end in self.follow[position]} & loop
            if bounds and any(self._meet(one, other) for one in leaves for other in stays):
                ways *= max(bounds)
        return ways

    def _alike(self, ends: list[int]) -> int:
        """Return how many of the positions can begin with the character that most of them can begin with."""
        if len(ends) < 2:
            return 1
        count: dict[str, int] = defaultdict(int)
        wide = 0
        for end in ends:
            if len(self.chars[end]) > 200:
                wide += 1
            else:
                self._step(len(self.chars[end]))
                for char in self.chars[end]:
                    count[char] += 1
        return max(1, wide + max(count.values(), default=0))

    def _components(self) -> list[set[int]]:
        """Return the strongly connected components (Tarjan 1972), without recursion."""
        index: dict[int, int] = {}
        low: dict[int, int] = {}
        stack: list[int] = []
        on: set[int] = set()
        found = []
        for root in range(len(self.chars)):
            if root in index:
                continue
            work = [(root, iter(sorted(self.follow[root])))]
            index[root] = low[root] = len(index)
            stack.append(root)
            on.add(root)
            while work:
                node, ends = work[-1]
                for end in ends:
                    if end not in index:
                        index[end] = low[end] = len(index)
                        stack.append(end)
                        on.add(end)
                        work.append((end, iter(sorted(self.follow[end]))))
                        break
                    if end in on:
                        low[node] = min(low[node], index[end])
                else:
                    work.pop()
                    if work:
                        low[work[-1][0]] = min(low[work[-1][0]], low[node])
                    if low[node] == index[node]:
                        at = stack.index(node)
                        found.append(set(stack[at:]))
                        on -= found[-1]
                        del stack[at:]
        return found
