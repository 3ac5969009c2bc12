"""Sketches of whole key texts: MinHash signatures, band keys, and the exact figures that confirm a candidate.

A signature estimates the Jaccard index of two texts from 512 bytes each, and only finds candidates; what is reported
is counted exactly. The scheme is datasketch 2's "affine32" (seed 1), bit for bit, computed for many texts at once in
numpy: ten times datasketch's own bulk mode, and without importing scipy (0.6 s).

The unit is the key 4-gram, not the word: segmenters cut Traditional and Simplified text differently and shift after
an edit (Jaccard of an article and its Traditional copy: 1.0 with key 4-grams, under .03 with words).
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap.key import changes, code_points, distinct

GRAM = 4
PERMUTATIONS, BANDS = 128, 16  # 8 rows: a pair with J = .8 shares a bucket with probability .95, with J = .5 .06
BATCH = 1 << 18  # characters hashed at a time, so that a corpus needs no more memory than a few articles
BLOCK = 1 << 16  # hashes worked on at a time: fastest of 2^13 .. 2^18, the scratch stays in the cache

Array = npt.NDArray[Any]


def permutations(count: int = PERMUTATIONS, seed: int = 1) -> tuple[Array, Array]:
    """Return the multipliers and summands of datasketch 2's affine32 scheme, without importing datasketch.

    datasketch draws them from numpy's frozen legacy stream, which is a Mersenne Twister seeded by Knuth's recurrence;
    the standard library has the same generator, and numpy.random costs 20 ms to import.
    """
    state = [seed]
    for i in range(1, 624):
        state.append((1812433253 * (state[-1] ^ (state[-1] >> 30)) + i) & 0xFFFFFFFF)
    stream = random.Random()
    stream.setstate((3, (*state, 624), None))
    draws = np.array([stream.getrandbits(32) for _ in range(2 * count)], np.uint32)
    return draws[:count] * np.uint32(2) + np.uint32(1), draws[count:]  # twice the lower 31 bits, plus 1: odd


def shingles(texts: Sequence[str], size: int = GRAM) -> tuple[Array, Array]:
    """Return a raw 32-bit hash of every gram of `size` characters, and where each text's hashes begin (n + 1)."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    codes = code_points("".join(texts))
    count = max(len(codes) - size + 1, 0)
    factor = np.uint32(0x9E3779B1)  # 2^32 / golden ratio: Knuth's multiplicative hashing
    hashes = codes[:count] * factor
    for j in range(1, size):
        hashes += codes[j : j + count]
        hashes *= factor
        if j == 2:
            hashes ^= hashes >> np.uint32(15)
    last = np.repeat(np.cumsum(lengths), lengths)[:count]  # a gram may not run over the end of its text
    hashes = hashes[np.arange(count) + size <= last]
    offsets = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.maximum(lengths - (size - 1), 0), out=offsets[1:])
    return hashes, offsets


def mix(hashes: Array) -> Array:
    """Apply murmur3's 32-bit finaliser in place: affine32 wants it before the permutations."""
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35)):
        hashes ^= hashes >> np.uint32(shift)
        hashes *= np.uint32(factor)
    hashes ^= hashes >> np.uint32(16)
    return hashes


def signatures(texts: Sequence[str]) -> Array:
    """Return the MinHash signatures of key texts, shape (texts, 128), uint32.

    They equal those of datasketch 2 (scheme "affine32", seed 1) for the raw hashes of `shingles`, and depend on
    nothing else. Two agree in each place with probability equal to the Jaccard index of the gram sets (Broder 1997).
    A text shorter than a gram keeps the sentinel 0xFFFFFFFF everywhere: such texts are similar to nothing, yet equal
    each other, so the caller must never put them into the bands.
    """
    batches, size = [0], 0
    for i, text in enumerate(texts):
        if size > BATCH:
            batches.append(i)
            size = 0
        size += len(text)
    parts = [_signatures(texts[low:high]) for low, high in pairwise([*batches, len(texts)])]
    return np.concatenate(parts)


def _signatures(texts: Sequence[str]) -> Array:
    factor, summand = permutations()
    raw, offsets = shingles(texts)
    hashes, full = mix(raw), np.flatnonzero(np.diff(offsets))  # reduceat must never see an empty segment
    start, stop = offsets[full], offsets[full + 1]
    least = np.empty((len(factor), len(full)), np.uint32)
    scratch = np.empty(BLOCK, np.uint32)
    i = 0
    while i < len(full):
        j = max(int(np.searchsorted(stop, start[i] + BLOCK, "right")), i + 1)
        within = (int(start[i]), int(stop[j - 1]))
        _permute(hashes, within, start[i:j] - start[i], (factor, summand), scratch, least[:, i:j])
        i = j
    out = np.full((len(texts), len(factor)), 0xFFFFFFFF, np.uint32)
    out[full] = least.T
    return out


def _permute(
    hashes: Array, within: tuple[int, int], cut: Array, scheme: tuple[Array, Array], scratch: Array, least: Array
) -> None:
    """Fill `least` (permutations, texts of this block) with the minima of the permuted hashes `within`."""
    (low, high), (factor, summand) = within, scheme
    for at in range(low, high, BLOCK):  # more than one turn only for one very long text
        block = hashes[at : min(at + BLOCK, high)]
        out = scratch[: len(block)]
        for p in range(len(factor)):
            np.multiply(block, factor[p], out=out)
            np.add(out, summand[p], out=out)
            if at == low:
                np.minimum.reduceat(out, cut, out=least[p])
            else:
                least[p] = min(least[p, 0], out.min())


def band_keys(signature: Array, bands: int = BANDS) -> Array:
    """Return one 64-bit key for each band and text, shape (bands, texts), from signatures (texts, permutations)."""
    count = len(signature)
    words = np.ascontiguousarray(signature).view(np.uint64).reshape(count, bands, signature.shape[1] // 2 // bands)
    factor, out = np.uint64(0x9E3779B97F4A7C15), np.empty((bands, count), np.uint64)
    for at in range(0, count, 8192):
        part = words[at : at + 8192]
        hashes = part[:, :, 0].copy()
        for j in range(1, part.shape[2]):
            hashes = (hashes ^ (hashes >> np.uint64(29))) * factor + part[:, :, j]
        hashes = (hashes ^ (hashes >> np.uint64(32))) * factor
        out[:, at : at + 8192] = (hashes ^ (hashes >> np.uint64(29))).T
    return out


def buckets(keys: Array) -> list[list[int]]:
    """Return the groups of two or more places with equal `keys`, each sorted, in the order of their first place.

    One array is sorted, in place: key and place share 64 bits, so that of a million keys 44 bits are compared. A false
    group (one in 35 for a million keys that all differ) costs one verification.
    """
    count = len(keys)
    bits = np.uint64(max((count - 1).bit_length(), 1))
    mask = (np.uint64(1) << bits) - np.uint64(1)
    packed = keys * np.uint64(0x9E3779B97F4A7C15)  # odd, so one to one; the high bits then depend on all of the key
    packed &= ~mask
    packed |= np.arange(count, dtype=np.uint64)
    packed.sort()
    high = packed >> bits
    again = ~changes(high)
    again[:-1] |= again[1:]
    place, high = (packed[again] & mask).astype(np.int64), high[again]
    edges = np.r_[np.flatnonzero(changes(high)), len(high)]
    edges, sizes = edges[:-1], np.diff(edges)
    order = np.argsort(place[edges])  # arrays are put in order at a tenth of what lists cost
    edges, sizes = edges[order], sizes[order]
    pairs = edges[sizes == 2]
    found: list[list[int]] = np.stack([place[pairs], place[pairs + 1]], 1).tolist()
    large = np.flatnonzero(sizes > 2)
    if not len(large):
        return found
    found += (place[edges[i] : edges[i] + sizes[i]].tolist() for i in large.tolist())
    return sorted(found)  # two runs that are in order each: merged, not sorted


def distinct_grams(codes: Array, alphabet: Array, size: int = GRAM) -> Array:
    """Return the distinct grams of one key text as sorted exact 64-bit numbers.

    `alphabet` is sorted and holds every code of `codes`; with up to 65,536 characters four of them fit into 64 bits
    without loss. Beyond that (no real alphabet) the numbers are hashes.
    """
    count = max(len(codes) - size + 1, 0)
    dense = np.searchsorted(alphabet, codes).astype(np.uint64)
    packed = np.zeros(count, np.uint64)
    for j in range(size):
        packed = (packed << np.uint64(16)) ^ dense[j : j + count]
    return distinct(packed)


def resemblance(one: Array, other: Array) -> tuple[float, float]:
    """Return exact (Jaccard, containment) of two sorted sets of distinct grams; (0, 0) if one is empty.

    Containment is the share of the smaller set that the other one holds.
    """
    if not len(one) or not len(other):
        return 0.0, 0.0
    both = int((~changes(np.sort(np.concatenate((one, other))))).sum())
    return both / (len(one) + len(other) - both), both / min(len(one), len(other))


def text_resemblance(one: str, other: str, size: int = GRAM) -> tuple[float, float]:
    """Return exact (Jaccard, containment) of the key grams of two short texts; equal texts give (1, 1).

    A text shorter than a gram counts as one gram.
    """
    first = {one[i : i + size] for i in range(max(len(one) - size + 1, 1))}
    second = {other[i : i + size] for i in range(max(len(other) - size + 1, 1))}
    both = len(first & second)
    return both / len(first | second), both / min(len(first), len(second))
