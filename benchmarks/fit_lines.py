# ruff: noqa: E501 (figures and formulas)
"""Fit the weights of the kind `judge` (rules/tables/line-weights.tsv), and measure them site by site.

    python benchmarks/fit_lines.py DEV --prose FOLDER [--folds OUT]    # leave-one-site-out figures of the chain alone
    python benchmarks/fit_lines.py DEV --prose FOLDER --write          # and write the table fitted on all sites (not the shipped one: docs/lines.md)
    python benchmarks/fit_lines.py DEV --fold                          # only renew the row `fold` of the cues

The model is a linear chain over the lines of a page with six places (before, title, gap, body, inside, after);
a line's traits (cleaner/kinds/traits.py) speak for or against each place, and a place may follow another or not.
The weights maximise the likelihood of the labels (L2-regularised, L-BFGS), a label that fits several places
(byline, caption) counts for any of them. DEV is a folder of labelled pages as described in docs/lines.md. scipy is only needed here.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import opencc
from scipy.optimize import minimize

from cleaner.kinds.chrome import Cues
from cleaner.kinds.layout import known, look, traits
from cleaner.tables import Table

ROOT = Path(__file__).resolve().parent.parent
CUES = ROOT / "rules/tables/line-cues.tsv"
STATES = ("before", "title", "gap", "body", "inside", "after")
H, T, G, B, N, Z = range(6)
ARCS = ((H, H), (H, T), (H, B), (T, G), (T, B), (G, G), (G, B), (B, B), (B, N), (B, Z), (N, N), (N, B), (N, Z), (Z, Z))
STARTS = (H, T, B)
ENDS = (T, B, N, Z)


def load(path):
    docs = defaultdict(list)
    for row in map(json.loads, path.open(encoding="utf-8")):
        if row["text"].strip():
            docs[row["file"]].append(row)
    return docs


def site(name):
    stem = Path(name).stem
    return "_".join(stem.split("_")[:2]) if stem.startswith(("hk_", "tw_", "np_")) else stem


def allowed(rows):
    """Return for each line the places that its label allows."""
    body = [i for i, r in enumerate(rows) if r["label"] in ("keep", "edit") and r.get("sub") != "title"]
    title = next((i for i, r in enumerate(rows) if r.get("sub") == "title"), None)
    first, last = body[0], body[-1]
    found = []
    for i, r in enumerate(rows):
        if r["label"] in ("keep", "edit"):
            found.append((T,) if r.get("sub") == "title" else (B,))
        elif r["label"] == "drop":
            if (title is not None and i < title) or (title is None and i < first):
                found.append((H,))
            else:
                found.append((G,) if i < first else (Z,) if i > last else (N,))
        else:
            found.append(tuple(range(6)))
    return found


class Seq:
    def __init__(self, name, group, texts, states, weight=1.0):
        self.name, self.group, self.texts, self.states, self.weight = name, group, texts, states, weight


def sequences(dev, cues, prose=None):
    out = []
    for file, tag in (("gold_lines_trim.jsonl", "trim"), ("gold_lines.jsonl", "whole")):
        for name, rows in load(dev / file).items():
            texts = [r["text"].strip() for r in rows]
            out.append(Seq(name, site(name), texts, allowed(rows), 1.0))
            if tag == "trim":
                keep = [r for r in rows if r["label"] in ("keep", "edit")]
                out.append(
                    Seq(
                        "clean/" + name,
                        site(name),
                        [r["text"].strip() for r in keep],
                        [(T,) if r.get("sub") == "title" else (B,) for r in keep],
                        0.5,
                    )
                )
                keep = [r for r in rows if r["label"] in ("keep", "edit", "meta", "caption")]
                out.append(
                    Seq(
                        "meta/" + name,
                        site(name),
                        [r["text"].strip() for r in keep],
                        [
                            (T,)
                            if r.get("sub") == "title"
                            else (B,)
                            if r["label"] in ("keep", "edit")
                            else tuple(range(6))
                            for r in keep
                        ],
                        0.5,
                    )
                )
    out += splices([s for s in out if s.name.startswith("text")], cues, foreign(prose))
    for path in sorted((dev / "script_docs").glob("*.txt"))[::3]:
        texts = [t.strip() for t in path.read_text("utf-8").split("\n") if t.strip()]
        out.append(Seq("script/" + path.name, "script", texts[:60], [(B,)] * len(texts[:60]), 0.3))
    for seq in out:
        page, seq.traits = traits(seq.texts, cues)
        seq.body, seq.other = known(page)
        seq.wrong = [i for i in seq.body if B not in seq.states[i]] + [
            i for i in seq.other if seq.states[i] in ((B,), (T,))
        ]
    return out


def foreign(folder):
    """Return texts of other kinds to put where an article is: newspaper, statutes, answers (see prose.py)."""
    if folder is None:
        return []
    import random

    import prose

    found = []
    for name, share in (("newspaper", 40), ("statutes and their lists", 20), ("answers, praise", 10)):
        place, read, _ = prose.SETS[name]
        rng = random.Random(11)
        texts = [t for t in read(folder / place, rng) if sum(map(len, t)) > 80]
        found += rng.sample(texts, share)
    return found


def first(seq, place):
    return next((i for i, x in enumerate(seq.states) if x == (place,)), None)


def splices(pages, cues, others, count=90):
    """Return pages put together from the head of one site, the article of a second and the tail of a third, seeded.

    Some get a list of other articles between title and text, chrome in the text, or a text of `others`; some lose their
    headings of lists, half of the chrome that is sure, their bylines, their title, or all but a few lines around the article.
    """
    rng = np.random.default_rng(20)
    to_traditional, to_simplified = opencc.OpenCC("s2tw"), opencc.OpenCC("t2s")
    made = []
    for k in range(count + len(others)):
        a, b, c = (pages[i] for i in rng.integers(0, len(pages), 3))
        groups = {a.group, b.group, c.group}
        ta, tb, zb, zc = first(a, T), first(b, T), first(b, Z), first(c, Z)
        cut = int(rng.integers(0, max(1, ta)))
        rows = [
            (x, (H,) if len(st) == 6 else st)
            for x, st in zip(a.texts[max(cut, ta - 40) : ta], a.states[max(cut, ta - 40) : ta], strict=True)
        ]
        if k >= count:
            texts = others[k - count][:50]
            if a.group.startswith(("hk_", "tw_")):
                texts = [to_traditional.convert(x) for x in texts]
            rows += [(x, (T, B) if i == 0 else (B,)) for i, x in enumerate(texts)]
            groups.discard(b.group)
        else:
            rows += [(b.texts[i], b.states[i]) for i in range(tb, min(zb, tb + 45))]
        lists = [x for i, x in enumerate(a.texts) if a.states[i] == (Z,) and 8 <= len(x) <= 40]
        at = next((i for i, (_, st) in enumerate(rows) if st == (B,)), None)
        if rng.random() < 0.25 and lists and at and rows[at - 1][1] != (H,):
            start = int(rng.integers(0, len(lists)))
            rows[at:at] = [(x, (G,)) for x in lists[start : start + int(rng.integers(3, 20))]]
        bars = [x for i, x in enumerate(c.texts) if c.states[i] in ((Z,), (H,)) and len(x) < 30 and look(x, cues).sure]
        inner = [i for i in range(1, len(rows)) if rows[i][1] == (B,) and rows[i - 1][1] == (B,)]
        if rng.random() < 0.4 and bars and inner:
            at = inner[int(rng.integers(0, len(inner)))]
            start = int(rng.integers(0, len(bars)))
            rows[at:at] = [(x, (N,)) for x in bars[start : start + int(rng.integers(1, 4))]]
        size = int(rng.integers(2, 40))
        rows += [
            (x, (Z,)) for x, st in zip(c.texts[zc : zc + size], c.states[zc : zc + size], strict=True) if len(st) == 1
        ]
        loss = rng.random()
        noise = ((H,), (G,), (N,), (Z,))
        if loss < 0.25:
            rows = [r for r in rows if not (r[1] in noise and "related" in look(r[0], cues).cues and len(r[0]) < 20)]
        elif loss < 0.45:
            rows = [r for r in rows if not (r[1] in noise and look(r[0], cues).sure and rng.random() < 0.5)]
        elif loss < 0.6:
            rows = [r for r in rows if len(r[1]) != 6]
        elif loss < 0.7:
            rows = [(x, (H,) if st == (G,) else st) for x, st in rows if st != (T,)]
        if rng.random() < 0.15:
            flip = to_simplified if a.group.startswith(("hk_", "tw_")) else to_traditional
            rows = [(flip.convert(x), st) for x, st in rows]
        while rows and len(rows[-1][1]) == 6:
            rows.pop()
        if not any(B in st for _, st in rows):
            continue
        made.append(Seq(f"splice/{k}", frozenset(groups), [x for x, _ in rows], [st for _, st in rows], 0.4))
    return made


class Model:
    def __init__(self, names, weights, arcs, starts):
        self.names = names
        self.index = {n: i for i, n in enumerate(names)}
        self.w, self.arcs, self.starts = weights, arcs, starts


BANNED = np.full((6, 6), -200.0)
for a, b in ARCS:
    BANNED[a, b] = 0
NOSTART = np.full(6, -200.0)
NOSTART[list(STARTS)] = 0
NOEND = np.full(6, -200.0)
NOEND[list(ENDS)] = 0
NOISE = [H, G, N, Z]


def forward_backward(E, L, A, s, e):
    """E: (D, n, 6) scores, L: lengths. Return log Z (D,), the marginals of places, and of arcs summed over the texts' lines."""
    D, n, S = E.shape
    top = E.max(2, keepdims=True)
    X = np.exp(E - top)
    T_, start, end = np.exp(A), np.exp(s), np.exp(e)
    al = np.zeros((n, D, S))
    be = np.zeros((n, D, S))
    scale = np.ones((n, D))
    last = np.arange(n)[:, None] == (L - 1)[None]
    v = X[:, 0] * start
    for t in range(n):
        if t:
            v = (al[t - 1] @ T_) * X[:, t]
        c = v.sum(1) + 1e-300
        scale[t] = c
        al[t] = v / c[:, None]
    v = np.zeros((D, S))
    for t in range(n - 1, -1, -1):
        if t < n - 1:
            v = (be[t + 1] * X[:, t + 1]) @ T_.T / scale[t + 1][:, None]
        v = np.where(last[t][:, None], end, v)
        be[t] = v
    live = np.arange(n)[:, None] < L[None]
    fin = np.array([(al[L[d] - 1, d] * end).sum() for d in range(D)])
    logz = ((np.log(scale) + top[:, :, 0].T) * live).sum(0) + np.log(fin)
    node = al * be / fin[None, :, None] * live[:, :, None]
    right = be[1:] * X.transpose(1, 0, 2)[1:] / scale[1:][:, :, None] / fin[None, :, None] * live[1:][:, :, None]
    return logz, node.transpose(1, 0, 2), al[:-1], right, T_


def pack(seqs, index, strict=False):
    n = max(len(s.texts) for s in seqs)
    D = len(seqs)
    L = np.array([len(s.texts) for s in seqs])
    X = np.zeros((D, n, len(index)), dtype=np.float32)
    M = np.full((D, n, 6), -200.0)
    K = np.zeros((D, n, 6))
    for d, s in enumerate(seqs):
        for t, names in enumerate(s.traits):
            for name in names:
                i = index.get(name)
                if i is not None:
                    X[d, t, i] = 1
            M[d, t, list(s.states[t])] = 0
        M[d, len(s.texts) :] = 0
        for t in s.body if not (strict and s.wrong) else ():
            K[d, t] = -200.0
            K[d, t, B] = 0
        for t in s.other if not strict else ():
            K[d, t, [B, T]] = -200.0
    return X, M, L, K


def fit(seqs, l2=1.0, l2s=0.3, min_sites=2, maxiter=150):
    """Weights: a column shared by the four noise places, plus one for each place (body is the reference)."""
    seen = defaultdict(set)
    for s in seqs:
        for names in s.traits:
            for name in names:
                seen[name] |= {s.group} if isinstance(s.group, str) else s.group
    names = sorted(n for n, g in seen.items() if len(g) >= min_sites)
    index = {n: i for i, n in enumerate(names)}
    X, M, L, _ = pack(seqs, index, True)
    D, n, F = X.shape
    Xf = X.reshape(D * n, F)
    wt = np.array([s.weight for s in seqs])
    arcs = [(a, b) for a, b in ARCS]
    C = 6  # columns: noise, H, T, G, N, Z
    MIX = np.zeros((C, 6))
    MIX[0, NOISE] = 1
    for c, st in enumerate((H, T, G, N, Z), 1):
        MIX[c, st] = 1
    reg = np.array([l2, *[l2 * 2] * 5])
    reg[2] = l2

    def unpackp(p):
        W = p[: F * C].reshape(F, C)
        A = BANNED.copy()
        for k, (a, b) in enumerate(arcs):
            A[a, b] += p[F * C + k]
        s = NOSTART.copy()
        s[list(STARTS)] += p[F * C + len(arcs) :]
        return W, A, s

    def loss(p):
        W, A, s = unpackp(p)
        E = (Xf @ (W @ MIX)).reshape(D, n, 6)
        z, node, al, ri, tr = forward_backward(E, L, A, s, NOEND)
        zc, nodec, alc, ric, _ = forward_backward(E + M, L, A, s, NOEND)
        value = float(((z - zc) * wt).sum())
        dn = (node - nodec) * wt[:, None, None]
        gW = Xf.T @ (dn.reshape(D * n, 6) @ MIX.T)
        dp = (
            np.einsum("tdi,tdj,d->ij", al, ri, wt, optimize=True)
            - np.einsum("tdi,tdj,d->ij", alc, ric, wt, optimize=True)
        ) * tr
        ga = np.array([dp[a, b] for a, b in arcs])
        gs = dn[:, 0].sum(0)[list(STARTS)]
        value += 0.5 * float((reg * W * W).sum()) + 0.5 * l2s * float((p[F * C :] ** 2).sum())
        g = np.concatenate(
            [(gW + reg * W).ravel(), ga + l2s * p[F * C : F * C + len(arcs)], gs + l2s * p[F * C + len(arcs) :]]
        )
        return value, g

    p0 = np.zeros(F * C + len(arcs) + len(STARTS))
    res = minimize(loss, p0, jac=True, method="L-BFGS-B", options={"maxiter": maxiter})
    W, A, s = unpackp(res.x)
    return Model(names, W @ MIX, A, s)


def table(model, a):
    """Return the table of weights: rows `trait NAME before title gap body inside after`, `step FROM>TO weight`."""
    rows = [
        "# Weights of the kind `judge`, made by benchmarks/fit_lines.py; docs/lines.md says from what and how good they are.",
        "# trait\tname\t" + "\t".join(STATES) + "   (what a trait speaks for, in logits; body is the reference)",
        "# step\tfrom>to\tweight   (how readily one place follows another)",
    ]
    found = [
        f"trait\t{name}\t" + "\t".join(f"{value:.2f}".replace("-0.00", "0.00") for value in weights)
        for name, weights in zip(model.names, model.w, strict=True)
        if np.abs(weights).max() >= 0.05
    ]
    found += [f"step\t{STATES[x]}>{STATES[y]}\t{model.arcs[x, y]:.2f}" for x, y in ARCS]
    found += [f"step\tstart>{STATES[x]}\t{model.starts[x]:.2f}" for x in STARTS]
    found += [f"step\t{STATES[x]}>end\t0" for x in ENDS]
    rows += ["\t".join(row) for row in sorted(tuple(line.split("\t")) for line in found)]
    return "\n".join(rows) + "\n"


def marginals(model, seqs):
    X, _, L, K = pack(seqs, model.index)
    D, n, F = X.shape
    E = (X.reshape(D * n, F) @ model.w).reshape(D, n, 6) + K
    _, node, *_ = forward_backward(E, L, model.arcs, model.starts, NOEND)
    return [node[d, : len(s.texts)] for d, s in enumerate(seqs)]


def score(rows_by_file, removed):
    """Return the macro figures of shared scorers: removal F1, body recall; and counts."""
    figures = []
    total = Counter()
    for file, rows in rows_by_file.items():
        gone = removed[file]
        c = Counter()
        for i, r in enumerate(rows):
            if r["label"] in ("opt", "meta", "caption"):
                continue
            k = i not in gone
            n = len("".join(r["text"].split()))
            if r["label"] == "drop":
                c["fn" if k else "tp"] += 1
            else:
                c["chars"] += n
                c["kept"] += n * k
                c["fp"] += not k
                if r.get("sub") == "title":
                    c["titles"] += k
        p = c["tp"] / max(1, c["tp"] + c["fp"])
        q = c["tp"] / max(1, c["tp"] + c["fn"])
        figures.append((2 * p * q / max(1e-9, p + q), c["kept"] / c["chars"], c["titles"], c["fp"], c["fn"], file))
        total += c
    return figures, total


def write_fold(path):
    """Write the last row of the cues: the Traditional forms (OpenCC t2s, and a few) of every character in them."""
    lines = [line for line in path.read_text("utf-8").split("\n") if line and not line.startswith("fold")]
    want = set("".join(line for line in lines if not line.startswith("#")))
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    pairs = {
        a: b
        for a, b in zip(han, opencc.OpenCC("t2s").convert("\n".join(han)).split("\n"), strict=True)
        if a != b and len(b) == 1
    }
    pairs |= dict(
        zip("裏裡喫臺佈錶衆羣爲綫祕蹤佔註檯颱週閲説舖", "里里吃台布表众群为线秘踪占注台台周阅说铺", strict=True)
    )
    pairs = {a: pairs[a] for a in sorted(pairs) if pairs[a] in want}
    lines.append("fold\t" + "".join(pairs) + "\t" + "".join(pairs.values()))
    rows = sorted(tuple(line.split("\t")) for line in lines if not line.startswith("#"))
    text = [line for line in lines if line.startswith("#")] + ["\t".join(row) for row in rows]
    path.write_text("\n".join(text) + "\n", encoding="utf-8")


def within(site, group):
    return site in group if isinstance(group, frozenset) else site == group


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dev", type=Path)
    parser.add_argument("--l2", type=float, default=1.0)
    parser.add_argument("--tau", type=float, default=0.5)
    parser.add_argument("--maxiter", type=int, default=60)
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--prose", type=Path, help="folder of unpacked packages, as for prose.py: texts of other kinds")
    parser.add_argument("--folds", type=Path, help="write the table of each fold into this folder")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quick", action="store_true", help="leave the leave-one-site-out part out")
    parser.add_argument("--fold", action="store_true", help="only write the row `fold` of the cues")
    a = parser.parse_args()
    if a.fold:
        write_fold(CUES)
        return
    cues = Cues.of(Table(CUES))
    seqs = sequences(a.dev, cues, a.prose)
    golds = {f: load(a.dev / f) for f in ("gold_lines_trim.jsonl", "gold_lines.jsonl")}
    sites = sorted({s.group for s in seqs if isinstance(s.group, str)} - {"script"})
    whole = fit(seqs, a.l2, maxiter=a.maxiter)
    for title, get in (("in-sample", None), ("leave-one-site-out", sites))[: 1 if a.quick else 2]:
        probs = {}
        if get is None:
            for s, m in zip(seqs, marginals(whole, seqs), strict=True):
                probs[s.name] = m
        else:
            for name in sites:
                model = fit([s for s in seqs if not within(name, s.group)], a.l2, maxiter=a.maxiter)
                if a.folds:
                    a.folds.mkdir(exist_ok=True)
                    (a.folds / f"{name}.tsv").write_text(table(model, a), encoding="utf-8")
                mine = [s for s in seqs if s.group == name]
                for s, m in zip(mine, marginals(model, mine), strict=True):
                    probs[s.name] = m
        for f, gold in golds.items():
            removed = {name: {i for i, p in enumerate(probs[name][:, NOISE].sum(1)) if p > a.tau} for name in gold}
            fig, total = score(gold, removed)
            print(
                f"{title} {f}: F1 {np.mean([x[0] for x in fig]):.4f} body {np.mean([x[1] for x in fig]):.4f} titles {total['titles']} lost {total['fp']} left {total['fn']}"
            )
            if get is not None:
                for x in fig:
                    print(f"    {x[5]:45s} F1 {x[0]:.3f} body {x[1]:.3f} title {x[2]} lost {x[3]} left {x[4]}")
            if a.show and get is not None:
                for name, rows in gold.items():
                    for i, r in enumerate(rows):
                        k = i not in removed[name]
                        if (r["label"] == "drop" and k) or (r["label"] in ("keep", "edit") and not k):
                            print(
                                "  ",
                                name.split("/")[1][:14],
                                r["label"],
                                r.get("sub", ""),
                                f"{probs[name][i][NOISE].sum():.2f}",
                                STATES[int(probs[name][i].argmax())],
                                r["text"][:44],
                            )
        if get is not None:
            bad = Counter()
            for s in seqs:
                if s.name.split("/")[0] in ("clean", "script", "meta") and s.name in probs:
                    bad[s.name.split("/")[0]] += int(
                        (
                            (probs[s.name][:, NOISE].sum(1) > a.tau)
                            & np.array([st == (B,) or st == (T,) for st in s.states])
                        ).sum()
                    )
            print("kept texts, lines lost:", dict(bad))
    for s in seqs:
        if s.wrong and s.name.startswith("text"):
            print("not the article:", s.name, [s.texts[i][:20] for i in s.wrong][:4])
    if a.write:
        (ROOT / "rules/tables/line-weights.tsv").write_text(table(whole, a), encoding="utf-8")
    if a.show:
        order = np.argsort(-np.abs(whole.w).max(1))[:70]
        for i in order:
            print(f"{whole.names[i]:26s}", " ".join(f"{v:6.2f}" for v in whole.w[i]))
        print(np.round(whole.arcs, 2), whole.starts)


if __name__ == "__main__":
    main()
