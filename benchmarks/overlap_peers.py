"""Other ways to look for overlaps, written from their descriptions, for the table of overlap.py.

None of them is the original program: text-dedup and datatrove are their shinglings (`ngrams` on `\\W+` with its length
limit; datatrove's text simplification with character 5-grams in place of words, since its Chinese tokenizer is not
free of dependencies), compared exactly with an inverted index, which is the best their MinHash could estimate, line
by line, which serves them better than whole documents. passim is its default, n = 25, made floating instead of bound to
word starts.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

Row = dict[str, Any]
OFTEN = 50  # units above which a shingle is not looked at: what our own detector does with a seed
SIMILAR = 0.5  # Jaccard index from which two lines match (0.7 is their default, and finds less)


def _row(a: str, low: int, high: int, b: str, x: int, y: int) -> Row:
    return {"a": a, "a_start": low, "a_end": high, "b": b, "b_start": x, "b_end": y}


def _letters(text: str) -> tuple[str, list[int]]:
    """Return the letters and digits of a text after NFKC, lower case, and where each comes from."""
    chars, places = [], []
    for i, raw in enumerate(text):
        for char in unicodedata.normalize("NFKC", raw).lower():
            if char.isalnum():
                chars.append(char)
                places.append(i)
    return "".join(chars), places


def _runs(keys: Sequence[str], size: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield maximal equal runs of at least `size` characters between different texts: (a, i, b, j, length)."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for n, key in enumerate(keys):
        for i in range(len(key) - size + 1):
            places[key[i : i + size]].append((n, i))
    for found in places.values():
        if not 1 < len({n for n, _ in found}) <= OFTEN:
            continue
        for (a, i), (b, j) in combinations(found, 2):
            if a == b:
                continue
            if i and j and keys[a][i - 1] == keys[b][j - 1]:
                continue
            length = size
            while (
                i + length < len(keys[a]) and j + length < len(keys[b]) and keys[a][i + length] == keys[b][j + length]
            ):
                length += 1
            yield a, i, b, j, length


def exact_runs(docs: Mapping[str, str], size: int = 20, simplify: bool = True) -> Iterator[Row]:
    """Yield every equal run of 20 letters and digits, after OpenCC's t2s where that keeps the length."""
    texts = list(docs.values())
    if simplify:
        import opencc

        convert = opencc.OpenCC("t2s").convert
        texts = [new if len(new := convert(text)) == len(text) else text for text in texts]
    names, folded = list(docs), list(map(_letters, texts))
    for a, i, b, j, length in _runs([key for key, _ in folded], size):
        one, two = folded[a][1], folded[b][1]
        yield _row(names[a], one[i], one[i + length - 1] + 1, names[b], two[j], two[j + length - 1] + 1)


def passim(docs: Mapping[str, str]) -> Iterator[Row]:
    """Yield what shares 25-grams, those of one pair within 50 letters put together (passim joins and aligns so)."""
    by_pair: dict[tuple[str, str], list[list[int]]] = defaultdict(list)
    for row in exact_runs(docs, 25, simplify=False):
        places = by_pair[row["a"], row["b"]]
        low, high, x, y = row["a_start"], row["a_end"], row["b_start"], row["b_end"]
        for box in places:
            if abs(low - box[1]) <= 50 and abs(x - box[3]) <= 50:
                box[:] = [min(low, box[0]), max(high, box[1]), min(x, box[2]), max(y, box[3])]
                break
        else:
            places.append([low, high, x, y])
    for (a, b), places in by_pair.items():
        for box in places:
            yield _row(a, box[0], box[1], b, box[2], box[3])


def _similar(units: Sequence[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """Yield pairs of units whose shingles have a Jaccard index of .5 or more."""
    index: dict[str, list[int]] = defaultdict(list)
    for n, grams in enumerate(units):
        for gram in sorted(grams):
            index[gram].append(n)
    shared = Counter[tuple[int, int]]()
    for found in index.values():
        if 1 < len(found) <= OFTEN:
            shared.update(combinations(found, 2))
    for (a, b), both in shared.items():
        if both >= SIMILAR * (len(units[a]) + len(units[b]) - both):
            yield a, b


def _by_line(docs: Mapping[str, str], shingles: Callable[[str], frozenset[str]]) -> Iterator[Row]:
    places, units = [], []
    for name, text in docs.items():
        at = 0
        for raw in text.split("\n"):
            if grams := shingles(raw):
                places.append((name, at, at + len(raw)))
                units.append(grams)
            at += len(raw) + 1
    for a, b in _similar(units):
        if places[a][0] != places[b][0]:
            yield _row(*places[a], *places[b])


def _dedup_shingles(text: str) -> frozenset[str]:
    """text-dedup: 5-grams of what stands between non-word characters; shorter texts give one gram."""
    tokens = [token for token in re.split(r"\W+", text.lower()) if token]
    if not tokens:
        return frozenset()
    return frozenset(" ".join(tokens[i : i + 5]) for i in range(max(len(tokens) - 4, 1)))


def _datatrove_shingles(text: str) -> frozenset[str]:
    """datatrove: lower case, digits to 0, no accents, no punctuation; then 5-grams (here of characters)."""
    plain = re.sub(r"\d+", "0", unicodedata.normalize("NFD", text.lower()))
    chars = [char for char in plain if unicodedata.category(char)[0] in "LN"]
    return frozenset("".join(chars[i : i + 5]) for i in range(len(chars) - 4))


def text_dedup(docs: Mapping[str, str]) -> Iterator[Row]:
    return _by_line(docs, _dedup_shingles)


def datatrove(docs: Mapping[str, str]) -> Iterator[Row]:
    return _by_line(docs, _datatrove_shingles)


def documents(docs: Mapping[str, str]) -> Iterator[Row]:
    """Yield whole documents that datasketch's MinHashLSH (threshold .7, 128 permutations, 4-grams) finds similar."""
    from datasketch import MinHash, MinHashLSH

    names, index, signatures = list(docs), MinHashLSH(threshold=0.7, num_perm=128), []
    for name, text in docs.items():
        key, _ = _letters(text)
        signature = MinHash(num_perm=128)
        signature.update_batch([key[i : i + 4].encode() for i in range(max(len(key) - 3, 1))])
        index.insert(name, signature)
        signatures.append(signature)
    for name, signature in zip(names, signatures, strict=True):
        for other in sorted(index.query(signature)):
            if name < other:
                yield _row(name, 0, len(docs[name]), other, 0, len(docs[other]))


PEERS: dict[str, Callable[[Mapping[str, str]], Iterator[Row]]] = {
    "exact-runs-20": exact_runs,
    "passim-25": passim,
    "datatrove-lines": datatrove,
    "text-dedup-lines": text_dedup,
    "datasketch-documents": documents,
}
