"""Corpora for the tests of formats and runners: seeded, with every kind of row that users have met."""

from __future__ import annotations

import hashlib
import os
import random
import signal
from collections.abc import Callable
from pathlib import Path

import orjson

import cleaner.corpus.part as part
from cleaner.config import Config, load
from cleaner.corpus.run import Done, run
from cleaner.corpus.seek import wanted
from cleaner.pipeline import Book, quiet
from cleaner.runners import Runner, Tick, Value
from cleaner.runners.serial import Serial

SENTENCES = [
    "曲靖市坚持以高质量发展统揽全局,持续深化改革。",
    "昆明市召开现场办公会,部署项目建设工作。",
    "记者从会上获悉,全年粮食产量再创新高。",
    "该县把产业发展作为首要任务,一批项目落地见效。",
    "专家认为,数字技术正在改变传统农业的面貌。",
    "楚雄州组织干部下沉一线,解决群众急难愁盼问题。",
    "这座老桥始建于明代,历经多次修缮仍保存完好。",
    "气象部门预计,未来三天将有中到大雨。",
]
HAN = "山水云天风雨花木鸟鱼石田土火金玉书画琴棋诗酒茶米布丝竹马牛羊"
HOSTILE: list[bytes] = [
    b'{"id": "no-text"}',
    b'{"id": "null", "text": null}',
    b'{"id": "number", "text": 5}',
    b"not json at all",
    b"[1, 2, 3]",
    b'{"id": "surrogate", "text": "a\\ud800b"}',
    b'{"id": "nul", "text": "a\\u0000b"}',
    b'{"id": "large", "text": "\xe5\xa4\xa7\xe6\x95\xb0\xe3\x80\x82", "n": 123456789012345678901234567890, "f": 1e400}',
    b'{"id": "nan", "text": "\xe9\x9d\x9e\xe6\x95\xb0\xe3\x80\x82", "x": NaN}',
    b'{"id": "latin", "text": "\xff\xfe"}',
    b'{"id": "deep", "text": "x", "d": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    b"",
    b'{"id": "empty", "text": ""}',
    b'{"id": "separators", "text": "\xe4\xb8\x80\xe2\x80\xa8\xe4\xba\x8c\\u0085\xe4\xb8\x89\xe3\x80\x82"}',
]


def texts(count: int, seed: int = 1) -> list[str]:
    """Return the same articles every time: some are copies, near copies, polluted, or have a paragraph of another."""
    rng = random.Random(seed)
    found: list[str] = []
    for _ in range(count):
        kind = rng.random()
        if found and kind < 0.08:
            text = rng.choice(found)
        elif found and kind < 0.16:
            text = rng.choice(found).replace("。", "!", 1)
        else:
            words = ["".join(rng.choices(HAN, k=rng.randint(12, 30))) + "。" for _ in range(rng.randint(2, 5))]
            text = "".join(rng.choices(SENTENCES, k=2)) + "\n" + "".join(words) + "\n"
            if found and 0.16 <= kind < 0.24:
                text += rng.choice(found).rstrip("\n").rsplit("\n", 1)[-1] + "\n"
            if kind > 0.9:
                text = "责任编辑:李明\n分享到:\n" + text.replace("市", "市(shì)")
        found.append(text)
    return found


def lines(count: int, seed: int = 1, hostile: bool = True) -> bytes:
    """Return JSON Lines of `texts`, with hostile rows among them."""
    rest = {"tag": {"a": [1, None]}}
    found = [orjson.dumps({"id": f"d{i}", "text": t, "n": i, **rest}) for i, t in enumerate(texts(count, seed))]
    for i, row in enumerate(HOSTILE if hostile else ()):
        found.insert((i * 37 + 5) % (len(found) + 1), row)
    return b"\n".join(found) + b"\n"


def settings(**keys: object) -> Config:
    return load(None, keys)


def clean_into(
    src: Path, out: Path, config: Config, book: Book, runner: Runner | None = None, tick: Tick = quiet
) -> Done:
    """Clean a corpus and return what was done."""
    entries = wanted(src, out, config)
    assert entries is not None
    return run(entries, src, out, config, book, runner or Serial(), tick)


def tree(out: Path) -> dict[str, str]:
    """Return the SHA-256 of every file under OUT, by name."""
    found = sorted(path for path in out.rglob("*") if path.is_file())
    return {path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


DEADLY, HANGING = "毒药毒药", "永远永远"


def deadly_part(setup: part.Setup, folder: str, task: part.Part, trial: part.Trial) -> Value:
    """`clean_part`, but a text with 毒药 kills the process, and one with 永远 never ends: what a C library may do."""
    return _with_faults(lambda: True, setup, folder, task, trial)


def once_deadly_part(setup: part.Setup, folder: str, task: part.Part, trial: part.Trial) -> Value:
    """`clean_part`, but the first process anywhere that meets a text with 毒药 is killed."""
    died = Path(folder).parents[1].with_suffix(".died")

    def first() -> bool:
        new = not died.exists()
        died.touch()
        return new

    return _with_faults(first, setup, folder, task, trial)


def _with_faults(
    kills: Callable[[], bool], setup: part.Setup, folder: str, task: part.Part, trial: part.Trial
) -> Value:
    honest = part.clean_bytes

    def clean_bytes(name: str, raw: bytes, *rest: object) -> object:
        if DEADLY.encode() in raw and kills():
            os.kill(os.getpid(), signal.SIGKILL)
        while HANGING.encode() in raw:
            pass
        return honest(name, raw, *rest)  # type: ignore[arg-type]

    part.clean_bytes = clean_bytes  # type: ignore[assignment]
    try:
        return part.clean_part(setup, folder, task, trial)
    finally:
        part.clean_bytes = honest
