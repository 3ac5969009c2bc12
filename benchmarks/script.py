"""Script repair against converters: quality on faults that are made on purpose, over-change, and speed.

    python benchmarks/script.py cases      500 sentences a class, one fault each; precision and recall, side by side
    python benchmarks/script.py documents  documents of 30 sentences, 5, 15 and 40 % of their doubtful characters spoilt
    python benchmarks/script.py clean      every change on clean sentences, printed for reading
    python benchmarks/script.py speed      CPU seconds against OpenCC on the same text, on one core

The sentences are those of script_text.py; the faults are drawn by a seeded generator, so runs can be repeated.
A base sentence is one that we do not change; pairs in free use (rules/tables/script-free.tsv) are left out of C.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import opencc
import script_text

from cleaner.clean import clean
from cleaner.config import load
from cleaner.pipeline import Book
from cleaner.script import decide
from cleaner.script.tables import FOLD, characters, readings, rivals
from cleaner.tables import Table

CASES, DOCUMENTS, SEED = 500, 300, 20240501
TURNS = 7  # of ours and OpenCC, one after the other, in a measurement of speed
PROSE = 4  # of the court's sentences, one in so many is a base sentence: as many as there are of the programs
PROOF = 5  # characters that prove the script of a base sentence: a shorter one has no script to be repaired to
TABLES = Path(__file__).resolve().parent.parent / "rules" / "tables"
JUDGED = Path(__file__).resolve().parent / "script_judged.tsv"
RULES = ("zh-core/pinyin", "zh-core/script", "zh-core/spun")
PINYIN = re.compile("(?<=[\u4e00-\u9fff])[(（][a-züāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ]+[)）]")

Method = Callable[[str], str]


class Case(NamedTuple):
    klass: str
    broken: str
    right: str


def ours() -> Method:
    config = load(None, {})
    rules = tuple(rule for rule in Book.of(config).rules if rule.id in RULES)
    return lambda text: clean("case", text, rules, config.settings).draft.text


@cache
def converter(name: str) -> opencc.OpenCC:
    return opencc.OpenCC(name)


def methods(script: str) -> dict[str, Method]:
    if script == "hans":
        return {"ours": ours(), "t2s": converter("t2s").convert}
    s2tw, t2s = converter("s2tw").convert, converter("t2s").convert
    return {
        "ours": ours(), "s2tw": s2tw, "t2tw": converter("t2tw").convert, "round trip": lambda text: s2tw(t2s(text)),
        "pinyin + s2tw": lambda text: s2tw(PINYIN.sub("", text)),
    }  # fmt: skip


def table(name: str) -> tuple[tuple[str, ...], ...]:
    return Table(TABLES / f"script-{name}.tsv").rows


@cache
def free() -> frozenset[tuple[str, str]]:
    """The pairs in free use. A row with a gain is free in one direction only."""
    return frozenset(pair for a, b, *_ in table("free") for pair in ((a, b), (b, a)))


def faults(klass: str) -> dict[str, list[str]]:
    """Return for each right character what may stand there by mistake."""
    known, found = characters(), dict[str, list[str]]()

    def add(right: str, wrong: str) -> None:
        if right == right.translate(FOLD) != wrong.translate(FOLD):  # 臺 is spelt as the text spells it
            found.setdefault(right, []).append(wrong)

    if klass == "A":
        for wrong, forms in known.hans.items():
            if wrong not in known.both and wrong in known.proves_hans:
                for right in forms:
                    add(right, wrong)
    elif klass == "B":
        for wrong, right, *_ in table("variants"):
            add(right, wrong)
    elif klass in ("C1", "C2"):
        for right, others in rivals().items():
            for wrong in others:
                plain = wrong in known.hans or wrong not in known.hant
                if (klass == "C1") == plain and (wrong, right) not in free() and right not in known.hans:
                    add(right, wrong)
    elif klass == "S":
        for wrong, right in known.hant.items():
            if wrong in known.proves_hant and not any(row[0] == wrong for row in table("keep")):
                add(right, wrong)
    elif klass == "H":
        for wrong, right, *_ in (*table("spun"), *table("spun-parts")):
            add(right, wrong)
    return found


def cases(klass: str, base: list[str], rng: random.Random) -> Iterator[Case]:
    """Yield cases with one fault each (H: two, as one alone is only asked about)."""
    wrong, need = faults(klass), 2 if klass == "H" else 1
    while True:
        text = rng.choice(base)
        places = [at for at, char in enumerate(text) if char in wrong]
        if len(places) >= need:
            chars = list(text)
            for at in rng.sample(places, need):
                chars[at] = rng.choice(wrong[chars[at]])
            yield Case(klass, "".join(chars), text)


def leaks(base: list[str], rng: random.Random) -> Iterator[Case]:
    """Yield paragraphs of 8 sentences in which 20 characters carry their reading at every occurrence."""
    hant = characters().hant
    while True:
        text = "\n".join(rng.sample(base, 8))
        seen = sorted({char for char in text if char in hant and readings().get(char)})
        if len(seen) >= 20:
            mark = {char: f"{char}({min(readings()[char])})" for char in rng.sample(seen, 20)}
            yield Case("pinyin", "".join(mark.get(char, char) for char in text), text)


def score(case: Case, got: str) -> tuple[int, int, int]:
    """Return (faults, edits, right edits) of one result, by place; a result of another length has no right edit."""
    wanted = [at for at, (a, b) in enumerate(zip(case.broken, case.right, strict=False)) if a != b]
    if len(case.broken) != len(case.right):
        return 1, int(got != case.broken), int(got == case.right)
    if len(got) != len(case.broken):
        return len(wanted), 1, 0
    edits = [at for at, (a, b) in enumerate(zip(case.broken, got, strict=True)) if a != b]
    return len(wanted), len(edits), sum(got[at] == case.right[at] for at in edits)


def bases() -> tuple[list[str], list[str]]:
    fix = ours()
    prose = [s for s in script_text.court() if len(s) < 200][::PROSE]
    hant = [s for s in (*script_text.traditional(), *prose) if decide(s).script == "hant" and fix(s) == s]
    hans = [s for s in script_text.simplified() if decide(s).script == "hans" and fix(s) == s and len(s) < 200]
    return [s for s in hant if decide(s).evidence.hant >= PROOF], [s for s in hans if decide(s).evidence.hans >= PROOF]


def report(title: str, drawn: list[Case], how: dict[str, Method]) -> None:
    cells, wanted = [], 0
    for method in how.values():
        wanted = made = good = 0
        for case in drawn:
            a, b, c = score(case, method(case.broken))
            wanted, made, good = wanted + a, made + b, good + c
        cells.append(f"{good / max(1, made):.3f} / {good / wanted:.3f}")
    print(f"| {title} | {len(drawn)} | {wanted:,} | {' | '.join(cells)} |")


def run_cases() -> None:
    hant, hans = bases()
    rng = random.Random(SEED)
    print(f"base: {len(hant):,} Traditional sentences, {len(hans):,} Simplified ones; precision / recall\n")
    for script, base, klasses in (("hant", hant, ("A", "B", "C1", "C2", "pinyin")), ("hans", hans, ("S", "H"))):
        how = methods(script)
        print(f"| class | n | faults | {' | '.join(how)} |\n|{'---|' * (len(how) + 3)}")
        for klass in klasses:
            source = leaks(base, rng) if klass == "pinyin" else cases(klass, base, rng)
            report(klass, [next(source) for _ in range(50 if klass == "pinyin" else CASES)], how)
        print()


def run_documents() -> None:
    hant, _ = bases()
    rng, how = random.Random(SEED), methods("hant")
    wrong = {right: forms for k in ("C1", "C2") for right, forms in faults(k).items()}
    for right, forms in faults("A").items():
        wrong[right] = wrong.get(right, []) + forms
    print(f"| spoilt | documents | faults | {' | '.join(how)} |\n|{'---|' * (len(how) + 3)}")
    groups = set(rivals())
    for share in (0.05, 0.15, 0.40):
        drawn = []
        for _ in range(DOCUMENTS):
            right = "\n".join(rng.sample(hant, 30))
            broken = "".join(
                rng.choice(wrong[c]) if c in groups and c in wrong and rng.random() < share else c for c in right
            )
            drawn.append(Case("document", broken, right))
        report(f"{share:.0%}", drawn, how)


def run_clean() -> None:
    """Print every change with what a reader said of it in script_judged.tsv, "?" for what nobody has read."""
    fix, judged = ours(), {(row[0], row[1]): row[2] for row in Table(JUDGED).rows}
    sets = (
        ("programs", script_text.traditional()),
        ("court", script_text.court()),
        ("Simplified", script_text.simplified()),
    )
    for name, lines in sets:
        verdicts: Counter[str] = Counter()
        chars = 0
        for low in range(0, len(lines), 10):
            text = "\n".join(lines[low : low + 10]) + "\n"
            got, chars = fix(text), chars + len(text)
            if got != text and len(got) == len(text):
                for at, (a, b) in enumerate(zip(text, got, strict=True)):
                    if a != b:
                        around = text[max(0, at - 3) : at] + "[" + a + "]" + text[at + 1 : at + 4]
                        change, place = f"{a} {b}", re.sub(r"\s", "|", around)
                        verdict = judged.get((change, place), "?")
                        verdicts[verdict] += 1
                        print(f"{change}\t{place}\t{verdict}")
        each = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        rate = 1e5 * (verdicts["wrong"] + verdicts["style"] + verdicts["?"]) / chars
        print(
            f"{name}: {len(lines):,} sentences, {chars:,} characters; "
            f"{each or 'no change'}; wrong in 100,000: {rate:.2f}\n"
        )


def run_speed() -> None:
    hant, hans = bases()
    rng = random.Random(SEED)
    config = load(None, {})
    (rule,) = [rule for rule in Book.of(config).rules if rule.id == "zh-core/script"]
    repairer = rule.do._repairer
    wrong = {right: forms for k in ("A", "C1", "C2") for right, forms in faults(k).items()}

    def fault(line: str) -> str:
        places = [at for at, char in enumerate(line) if char in wrong]
        at = rng.choice(places) if places else 0
        return line[:at] + rng.choice(wrong[line[at]]) + line[at + 1 :] if places else line

    def documents(lines: list[str], size: int) -> list[str]:
        return ["\n".join(lines[low : low + size]) for low in range(0, len(lines) - size, size)]

    print("| documents | characters each | ns a character, ours | OpenCC | x OpenCC, median (range) |")
    print("|---|---|---|---|---|")
    for title, lines, name in (
        ("Traditional, no faults", hant, "s2tw"), ("Traditional, one a line", [fault(s) for s in hant], "s2tw"),
        ("Simplified, none", [s for s in hans[:6000] if not any(c in characters().hant for c in s)], "t2s"),
    ):  # fmt: skip
        for size in (30, 600):
            texts = documents(lines, size)
            total = sum(map(len, texts))
            mine, theirs, ratios = _beside(
                partial(_each, texts, lambda text: repairer(text, decide(text))),
                partial(_each, texts, converter(name).convert),
            )
            cells = f"{total // len(texts):,} | {1e9 * mine / total:.0f} | {1e9 * theirs / total:.0f}"
            print(f"| {title} | {cells} | {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |")


def _each(texts: list[str], work: Callable[[str], object]) -> None:
    for text in texts:
        work(text)


def _cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _beside(mine: Callable[[], object], theirs: Callable[[], object]) -> tuple[float, float, list[float]]:
    """Run both in turn, after one run of each that does not count.

    Returns the median CPU seconds of each, and theirs over mine of each turn, sorted.
    """
    _cpu(mine), _cpu(theirs)
    pairs = [(_cpu(mine), _cpu(theirs)) for _ in range(TURNS)]
    return median(a for a, _ in pairs), median(b for _, b in pairs), sorted(b / a for a, b in pairs)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    jobs = {"cases": run_cases, "documents": run_documents, "clean": run_clean, "speed": run_speed}
    options.add_argument("what", choices=jobs)
    jobs[options.parse_args().what]()


if __name__ == "__main__":
    main()
