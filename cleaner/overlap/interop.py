"""Signatures as datasketch knows them: for users who have an index there, or want one.

The signatures are those of datasketch 2, scheme "affine32", seed 1, 128 permutations; the unit is the key 4-gram, so an
index made elsewhere is comparable only if its texts went through `signature`, or its grams through `gram_hash`.
datasketch is imported when asked for: it costs 0.6 s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from cleaner.overlap import sketch
from cleaner.overlap.key import make_key

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash

SCHEME = "affine32"
Signature = npt.NDArray[np.uint32]


def signature(text: str) -> Signature:
    """Return the MinHash signature (128, uint32) of a text, by its key: script, width and punctuation do not count.

    Raises ValueError if the key is shorter than a 4-gram: it would resemble every other such text.
    """
    key = make_key(text).text
    if len(key) < sketch.GRAM:
        raise ValueError(f"the text has {len(key)} letters and digits; a signature takes {sketch.GRAM} or more")
    found: Signature = sketch.signatures([key])[0]
    return found


def gram_hash(gram: bytes) -> int:
    """Return the raw hash of a key 4-gram in UTF-8: the `hashfunc` under which datasketch gives our signatures."""
    raw, _ = sketch.shingles([gram.decode("utf-8")])
    if len(raw) != 1:
        raise ValueError(f"{gram!r} is no gram of {sketch.GRAM} characters")
    return int(raw[0])


def to_lean(signature: Signature) -> LeanMinHash:
    """Return a signature as `datasketch.LeanMinHash`: compact, comparable, ready for `MinHashLSH`."""
    from datasketch import LeanMinHash

    return LeanMinHash(seed=1, hashvalues=_checked(signature), scheme=SCHEME)


def to_minhash(signature: Signature) -> MinHash:
    """Return a signature as `datasketch.MinHash`, which further grams (UTF-8) can be added to with `update`."""
    from datasketch import MinHash

    return MinHash(seed=1, hashvalues=_checked(signature), hashfunc=gram_hash, scheme=SCHEME)


def from_datasketch(sketched: Any) -> Signature:
    """Return the signature of a `MinHash` or `LeanMinHash`.

    Raises ValueError if it was made under another scheme, seed or number of permutations: it would compare with
    nothing, and say so by estimates near 0 alone.
    """
    scheme, seed = getattr(sketched, "scheme", "of datasketch 1"), sketched.seed
    if (scheme, seed) != (SCHEME, 1):
        raise ValueError(f"scheme {scheme}, seed {seed}; ours is {SCHEME}, seed 1")
    return _checked(np.asarray(sketched.hashvalues))


def _checked(values: npt.NDArray[Any]) -> Signature:
    if values.shape != (sketch.PERMUTATIONS,):
        raise ValueError(f"a signature of shape {values.shape}; ours has {sketch.PERMUTATIONS} permutations")
    return values.astype(np.uint32)
