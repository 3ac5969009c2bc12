"""Furniture: lines that stand at the head or the tail of three documents that otherwise differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from cleaner.overlap.key import distinct
from cleaner.overlap.shelf import Array, Lines

EDGE_DOCUMENTS = 3  # documents at whose head or tail a line stands before it is furniture


def edge_lines(
    lines: Lines, sizes: Array, label: Array, cap: int, edge_of: Callable[[int], Iterable[int]]
) -> list[int]:
    """Return the groups of `lines` that stand at the head or tail of three documents that otherwise differ.

    `label` names the near-duplicate group of each text: copies of one article count once; `sizes` are the key
    characters of each. `edge_of` says for a text where in its key the lines at its edges begin; only texts that share a
    line with two others are asked for. A text whose edge lines would be more than half of it is an article of lines,
    and none of its lines counts. A line of more than `cap` texts is boilerplate without being looked at.
    """
    group = np.repeat(np.arange(len(lines.spread)), np.diff(lines.edges))
    text, low, size = lines.rows[:, :3].astype(np.int64).T
    many = (lines.spread >= EDGE_DOCUMENTS) & (lines.spread <= cap)
    shared = many & _in_documents(group, label[text], len(many))
    inside = shared[group]
    pages = distinct(text[inside]).tolist()
    inside &= np.isin(_place(text, low), [_place(page, at) for page in pages for at in edge_of(page)])
    held = np.bincount(text[inside], size[inside], len(sizes))
    inside &= (2 * held <= sizes)[text]
    found: list[int] = np.flatnonzero(_in_documents(group[inside], label[text[inside]], len(many))).tolist()
    return found


def _place(text: Any, low: Any) -> Any:
    """Return one number for a place in a text."""
    return (text << 32) | low


def _in_documents(group: Array, label: Array, count: int) -> Array:
    """Say which of `count` groups are in enough documents; `label` is the document of each line."""
    pairs = distinct(group * (int(label.max(initial=0)) + 1) + label)
    found: Array = np.bincount(pairs // (int(label.max(initial=0)) + 1), minlength=count) >= EDGE_DOCUMENTS
    return found
