"""What is told of duplicates: groups with the copy that is kept, and the pairs with their figures."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from cleaner.corpus.components import LINK
from cleaner.corpus.names import Names
from cleaner.corpus.pairs import Found
from cleaner.overlap import OverlapSettings
from cleaner.overlap.key import changes
from cleaner.runners import Job, Trial, Value, run_all
from cleaner.runners.exchange import Rows, Shuffle, save

Array = npt.NDArray[Any]
MEMBERS = 1000  # members of a group that are named; of more, the rest is counted


@dataclass(frozen=True)
class Groups:
    """Where groups lie: `labels` (LINK rows by document), `keepers` (LINK rows by kept document), and JSON lines."""

    labels: tuple[str, ...] = ()
    keepers: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    count: int = 0
    members: int = 0


def tell(shuffle: Shuffle, found: Found, names: Names, settings: OverlapSettings) -> Groups:
    """Write the groups and pairs as JSON lines, and the kept documents for the rows of OUT."""
    targets, values = shuffle.exchange("groups", [Rows(path) for path in found.labels], "v", partial(_groups, names))
    folder = Path(shuffle.work, "pairs")
    job = Job("pairs", partial(_pairs, names, settings, str(folder)), str(folder))
    edges = list(enumerate(found.edges))
    run_all(shuffle.runner, job, edges, shuffle.tick)
    return Groups(
        found.labels, tuple(f"{name}.npy" for name in targets), tuple(f"{name}.jsonl" for name in targets),
        tuple(str(folder / f"{number:06}.jsonl") for number, _ in edges),
        sum(value["groups"] for value in values), sum(value["members"] for value in values),
    )  # fmt: skip


def _groups(names: Names, rows: Array, target: str, _trial: Trial) -> Value:
    rows = rows[np.lexsort((rows["u"], rows["v"]))]
    begins = np.flatnonzero(changes(rows["v"])) if len(rows) else np.zeros(0, np.int64)
    ends = np.r_[begins[1:], len(rows)] if len(rows) else begins
    with Path(f"{target}.jsonl").open("wb") as file:
        for low, high in zip(begins.tolist(), ends.tolist(), strict=True):
            keep = names(int(rows["v"][low]))
            others = [names(int(doc)) for doc in rows["u"][low : min(high, low + MEMBERS - 1)]]
            line = {"type": "duplicates", "keep": keep, "members": [keep, *others], "count": high - low + 1}
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS))
    kept = np.zeros(len(begins), LINK)
    kept["u"] = kept["v"] = rows["v"][begins]
    save(f"{target}.npy", kept)
    return {"groups": len(begins), "members": len(rows) + len(begins)}


def _pairs(names: Names, settings: OverlapSettings, folder: str, task: tuple[int, str], _trial: Trial) -> Value:
    number, source = task
    with Path(folder, f"{number:06}.jsonl").open("wb") as file:
        for a, b, jaccard, containment, capped in np.load(source).tolist():
            line = {
                "type": "pair", "a": names(a), "b": names(b), "jaccard": round(jaccard, 4),
                "containment": round(containment, 4), "rule": "near" if jaccard >= settings.threshold else "contained",
                "capped": bool(capped),
            }  # fmt: skip
            file.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS))
    return {}
