"""The index of overlaps: after any history, and whatever the disk does, a search finds what one from nothing finds."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.overlap import OverlapSettings, Text, find_overlaps
from cleaner.overlap import index as index_module
from cleaner.overlap.finder import Finder
from cleaner.overlap.index import find_indexed
from cleaner.overlap.index import state as state_module
from cleaner.overlap.index import update as update_module
from cleaner.overlap.index.files import LOCK, STATE, Store
from tests.test_overlap import article, hans

DEFAULTS = OverlapSettings()
Content = tuple[str, str, str]  # text, script, date


class Folder:
    """A folder of made-up articles that share sentences, lines and whole texts, and change."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        pick = self.source.choice
        self.pool = [
            self.sentence(pick([6, 8, 12, 20, 25, 40, 80]), pick([100, 3000])) for _ in range(pick(range(3, 12)))
        ]
        self.pool += [f"\n{self.sentence(pick([5, 8, 25]), 3000)}\n" for _ in range(2)]
        self.settings = OverlapSettings(
            seed_df=pick([2, 3, 5, 50]),
            bucket_cap=pick([16, 1000]),
            min_chars=pick([16, 20]),
            same_script=pick([False, True]),
        )
        self.tails = [self.sentence(size, 3000) for size in (4, 5, 12, 30)]
        self.refrains = [self.sentence(size, 3000)[:-1] for size in (6, 7, 30)]
        self.lost: list[Content] = []
        self.texts: dict[str, Content] = {}
        for number in range(pick(range(1, 20))):
            self.texts[f"{number:02}"] = self.content()
        if self.source.random() < 0.1:  # a swarm: more copies than are all compared with each other
            text = "".join(self.sentence(30, 3000) for _ in range(4))
            for number in range(18):
                self.texts[f"{number:02}"] = text + self.sentence(pick([2, 60]), 3000), "hans", ""

    def sentence(self, size: int, letters: int) -> str:
        return "".join(chr(0x4E00 + int(self.source.random() ** 2 * letters)) for _ in range(size)) + "。"

    def content(self) -> Content:
        """Return a new article, a copy, a copy with a change, or nothing."""
        pick, chance = self.source.choice, self.source.random()
        if self.lost and chance < 0.1:
            return pick(self.lost)
        if self.texts and chance < 0.4:
            text, script, date = pick(sorted(self.texts.values()))
            at = pick(range(len(text) + 1))
            changed = text[:at] + self.sentence(3, 40) + text[at + pick(range(6)) :]
            return (text if chance < 0.2 else changed), script, date
        parts = []
        for _ in range(pick(range(14))):
            known = self.source.random() < 0.4
            parts.append(pick(self.pool) if known else self.sentence(pick(range(4, 40)), pick([40, 3000])))
            parts.append("\n" if self.source.random() < 0.4 else "")
        if self.source.random() < 0.2:
            parts.append(pick(self.refrains) * pick([2, 9, 10]))  # too often in one text to be a seed
        if self.source.random() < 0.4:
            parts.append("\n" + "\n".join(self.source.sample(self.tails, pick([1, 2]))))
        return "".join(parts), pick(["hans", "hant", "mixed"]), pick(["", "2020-01-02", "2021-02-03"])

    def change(self) -> None:
        """Add, change, rename or remove a text."""
        name, new = self.source.choice([*sorted(self.texts), "00"]), f"{self.source.randrange(100):02}"
        match self.source.choice(["add", "change", "rename", "remove"]):
            case "add":
                self.texts[new] = self.content()
            case "change":
                self.texts[name] = self.content()
            case "rename" if name in self.texts:
                self.texts[new] = self.texts.pop(name)
            case "remove" if name in self.texts:
                self.lost.append(self.texts.pop(name))

    def now(self) -> list[Text]:
        found = [Text(name, *content) for name, content in self.texts.items()]
        self.source.shuffle(found)
        return found


@pytest.fixture
def updates(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each search was an update of the index, or one from nothing."""
    seen: list[bool] = []

    def seeing(*args):
        found = updated(*args)
        if found:
            seen.append(True)
        return found

    updated, build = index_module.updated, index_module.build
    monkeypatch.setattr(index_module, "updated", seeing)
    monkeypatch.setattr(index_module, "build", lambda *args: seen.append(False) or build(*args))
    return seen


@given(seed=st.integers(0, 1 << 30))
@settings(deadline=None)
def test_after_any_history_the_same_is_found(tmp_path_factory, seed):
    folder, place = Folder(seed), tmp_path_factory.mktemp("index")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(update_module, "FEW", folder.source.choice([3, 1000]))
        for _ in range(5):
            assert find_indexed(folder.now(), folder.settings, place) == find_overlaps(folder.now(), folder.settings)
            for _ in range(folder.source.choice([0, 1, 1, 2, 4])):
                folder.change()


def furniture() -> tuple[list[str], str, OverlapSettings]:
    """A third text makes a short line furniture; it shares no gram with the passage that holds the line."""
    source, shared = random.Random(1), article(random.Random(9), size=50)
    return [f"{article(source)}\n{shared}\n甲乙丙丁" for _ in range(2)], f"{article(source)}\n甲乙丙丁", DEFAULTS


def swarm() -> tuple[list[str], str, OverlapSettings]:
    """One copy more, and the bucket of the copies meets its cap."""
    whole = article(random.Random(8), size=1600)
    texts = [f"{whole[:at]}{chr(0x5000 + at)}{whole[at:]}" for at in range(17)]
    return texts[:-1], texts[-1], OverlapSettings(bucket_cap=16)


def common_line() -> tuple[list[str], str, OverlapSettings]:
    """One text more, and a line stands in too many to be compared with each other."""
    source, line = random.Random(3), article(random.Random(7), size=40)
    texts = [f"{article(source)}\n{line}\n{article(source)}" for _ in range(6)]
    return texts[:-1], texts[-1], OverlapSettings(seed_df=5)


@pytest.mark.parametrize("case", [furniture, swarm, common_line])
def test_one_text_may_change_what_others_share(case, tmp_path, updates):
    texts, one, how = case()
    before = find_overlaps(hans(*texts), how)
    after = find_overlaps(hans(*texts, one), how)
    others = {f"{number:03}.txt" for number in range(len(texts))}
    assert [x for x in after.overlaps if {x.a.document, x.b.document} <= others] != list(before.overlaps)
    for now, truth in ((texts, before), ([*texts, one], after), (texts, before)):
        assert find_indexed(hans(*now), how, tmp_path) == truth
    assert updates == [False, True, True]


def test_one_text_more_is_one_text_looked_at(tmp_path, updates, monkeypatch):
    source = random.Random(5)
    shared = [article(source, size=60) for _ in range(10)]
    texts = hans(*(article(source, shared[number % 10]) for number in range(60)))
    find_indexed(texts, DEFAULTS, tmp_path)
    looked: list[tuple[int, int]] = []
    real = Finder.matches
    monkeypatch.setattr(Finder, "matches", lambda self, a, b, runs: looked.append((a, b)) or real(self, a, b, runs))
    more = [*texts, Text("new", article(source, shared[3]), "hans")]
    found = find_indexed(more, DEFAULTS, tmp_path)
    assert updates == [False, True]
    assert len(looked) <= 6 + 15  # with the six that hold the passage, and these among themselves: it is in one more
    assert found == find_overlaps(more)
    del looked[:]
    assert find_indexed(more, DEFAULTS, tmp_path) == found
    assert not looked


def test_records_come_back_with_their_types(tmp_path):
    texts = hans(*(article(random.Random(number), "甲乙丙丁" * 8) for number in range(3)))
    fresh = find_indexed(texts, DEFAULTS, tmp_path)
    again = find_indexed(texts, DEFAULTS, tmp_path)
    assert fresh.overlaps
    assert repr(again) == repr(fresh)


def test_much_that_is_new_is_a_search_from_nothing(tmp_path, updates):
    source = random.Random(1)
    texts = hans(*(article(source) for _ in range(40)))
    for count in (20, 36, 37, 40, 40):
        find_indexed(texts[:count], DEFAULTS, tmp_path)
    assert updates == [False, True, False, True, True]


def test_a_line_above_the_cap_leaves_no_index(tmp_path, updates):
    source, few = random.Random(2), OverlapSettings(bucket_cap=16)
    line = article(source, size=40)
    texts = hans(*(article(source, line) for _ in range(18)))
    for count in (16, 17, 18):
        assert find_indexed(texts[:count], few, tmp_path) == find_overlaps(texts[:count], few)
    assert updates == [False, False, False]


def damaged(path) -> Iterator[str]:
    """Do to an index what disks and people do."""
    for file in sorted(path.iterdir()):
        if file.name == LOCK:
            continue
        whole = file.read_bytes()
        for how, raw in (
            ("empty", b""),
            ("cut off", whole[: len(whole) // 2]),
            ("another program's", b"{}" * 300),
            ("one bit", whole[: len(whole) // 2] + bytes([whole[len(whole) // 2] ^ 4]) + whole[len(whole) // 2 + 1 :]),
            ("all bits", bytes(255 - one for one in whole)),
        ):
            file.write_bytes(raw)
            yield f"{file.name}: {how}"
        file.unlink()
        yield f"{file.name}: gone"


def test_whatever_is_wrong_with_the_files_the_same_is_found(tmp_path):
    source = random.Random(3)
    shared = article(source, size=200)
    texts = hans(*(article(source, shared) for _ in range(12)))
    more = [*texts, Text("new", article(source, shared[:100]), "hans")]
    truth = find_overlaps(more)
    find_indexed(texts, DEFAULTS, tmp_path / "good")
    count = len(list(damaged_copies(tmp_path, more, truth)))
    assert count == 4 * 6


def damaged_copies(tmp_path, more, truth) -> Iterator[str]:
    shutil.copytree(tmp_path / "good", tmp_path / "bad")
    for what in damaged(tmp_path / "bad"):
        assert find_indexed(more, DEFAULTS, copy_of(tmp_path / "bad", tmp_path / "tried")) == truth, what
        assert find_indexed(more, DEFAULTS, tmp_path / "tried") == truth, what
        yield what


def copy_of(one, other):
    with suppress(FileNotFoundError):
        shutil.rmtree(other)
    return shutil.copytree(one, other)


def test_an_index_that_another_run_holds_is_left_alone(tmp_path, updates):
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    with Store(tmp_path) as held:
        assert held.load() is None
        assert find_indexed(texts, DEFAULTS, tmp_path) == find_overlaps(texts)
        assert [path.name for path in tmp_path.iterdir()] == [LOCK]
    find_indexed(texts, DEFAULTS, tmp_path)
    assert len(list(tmp_path.iterdir())) == 5
    find_indexed(texts, DEFAULTS, tmp_path)
    assert updates == [False, False, True]


def test_an_index_of_other_settings_or_another_version_is_none(tmp_path, updates):
    texts = hans(*(article(random.Random(number), "甲乙丙丁" * 5) for number in range(4)))
    for how, version in ((DEFAULTS, ""), (OverlapSettings(min_chars=30), ""), (OverlapSettings(min_chars=30), "2")):
        assert find_indexed(texts, how, tmp_path, version) == find_overlaps(texts, how)
    assert find_indexed(texts, how, tmp_path, version) == find_overlaps(texts, how)
    assert updates == [False, False, False, True]


def test_an_index_may_be_named_in_the_library(tmp_path, updates):
    texts = {f"{number}.txt": article(random.Random(number), "甲乙丙丁" * 8) for number in range(3)}
    fresh = cleaner.find_overlaps(texts, index=tmp_path / "index")
    assert cleaner.find_overlaps(texts, index=tmp_path / "index") == fresh == cleaner.find_overlaps(texts)
    assert updates == [False, True]


def test_a_place_that_cannot_be_written_fails_no_search(tmp_path):
    (tmp_path / "file").write_text("")
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    assert find_indexed(texts, DEFAULTS, tmp_path / "file" / "index") == find_overlaps(texts)


def test_indexes_used_longest_ago_go(tmp_path, monkeypatch):
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    find_indexed(texts, DEFAULTS, tmp_path / "a")
    size = sum(path.stat().st_size for path in (tmp_path / "a").iterdir())
    monkeypatch.setattr(index_module.files, "LIMIT", 2 * size + size // 2)
    os.utime(tmp_path / "a" / LOCK, (1, 1))
    for name in "bc":
        find_indexed(texts, DEFAULTS, tmp_path / name, shelved=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "c"]


def test_an_index_in_use_is_not_deleted_and_one_used_just_now_goes_last(tmp_path, monkeypatch):
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    for name in "abc":
        find_indexed(texts, DEFAULTS, tmp_path / name)
        os.utime(tmp_path / name / LOCK, (ord(name), ord(name)))
    find_indexed(texts, DEFAULTS, tmp_path / "b", shelved=True)  # nothing new to keep, yet it was used
    monkeypatch.setattr(index_module.files, "MOST", 2)
    with Store(tmp_path / "a"):
        os.utime(tmp_path / "a" / LOCK, (1, 1))
        find_indexed(texts, DEFAULTS, tmp_path / "d", shelved=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "d"]


def test_no_file_of_the_user_is_deleted(tmp_path, monkeypatch):
    """Neither in the folder that is named for the index, nor in those beside it, however large they are."""
    monkeypatch.setattr(index_module.files, "LIMIT", 1)
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    mine = [tmp_path / name for name in ("index/a.txt", "index/state", "photos/a.jpg", "z/0123456789abcdef.codes")]
    for path in mine:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(1000))
    (tmp_path / "link").symlink_to(tmp_path / "photos")
    (tmp_path / "file").write_text("mine")
    for count in (3, 4, 4):
        for shelved in (False, True):
            find_indexed(texts[:count], DEFAULTS, tmp_path / "index", shelved=shelved)
            assert [path.stat().st_size for path in mine] == [1000] * 4


def test_a_file_beside_the_indexes_does_not_stop_the_deletion_of_old_ones(tmp_path, monkeypatch):
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    (tmp_path / ".DS_Store").write_text("")
    monkeypatch.setattr(index_module.files, "MOST", 1)
    for number in range(3):
        find_indexed(texts, DEFAULTS, tmp_path / f"{number}", shelved=True)
    assert len(list(tmp_path.iterdir())) == 1 + 1


@pytest.mark.parametrize("name", ["a file", "its end"])
def test_a_full_disk_leaves_nothing_of_a_new_index_and_the_old_one_as_it_was(tmp_path, monkeypatch, updates, name):
    """Also not when it is full again and again."""
    source = random.Random(7)
    texts = hans(*(article(source) for _ in range(40)))
    find_indexed(texts[:20], DEFAULTS, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*_args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((index_module.files, "_append") if name == "a file" else (Path, "replace")), full)
        for _ in range(3):
            assert find_indexed(texts, DEFAULTS, tmp_path) == find_overlaps(texts)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    find_indexed(texts[:20], DEFAULTS, tmp_path)
    assert updates == [False, False, False, False, True]


def test_one_character_of_the_postings_changes_nothing(tmp_path):
    """A bucket that ends one place earlier misses a gram without any other being wrong."""
    texts = hans(*(article(random.Random(number), "甲乙丙丁戊己庚辛壬癸" * 3) for number in range(4)))
    find_indexed(texts[:3], DEFAULTS, tmp_path)
    (file,) = tmp_path.glob("*.places")
    whole = np.frombuffer(file.read_bytes(), np.uint32)
    buckets = int(np.argmax(np.diff(whole.astype(np.int64)) < 0)) + 1
    changed = whole.copy()
    changed[1:buckets] = changed[buckets - 1]  # each gram of the first bucket, none of the others
    changed[0] = changed[buckets - 1]
    file.write_bytes(changed.tobytes())
    assert find_indexed(texts, DEFAULTS, tmp_path) == find_overlaps(texts)


def test_files_of_another_generation_are_none(tmp_path):
    source = random.Random(8)
    shared = article(source, size=60)
    texts = hans(*(article(source, shared, size=60) for _ in range(8)))
    for name, count in (("a", 6), ("b", 7)):
        find_indexed(texts[:count], DEFAULTS, tmp_path / name)
    ours, theirs = ({path.suffix: path for path in (tmp_path / name).iterdir()} for name in "ab")
    for part in (".codes", ".places", ".records", ".state"):
        copy = copy_of(tmp_path / "a", tmp_path / "tried")
        (copy / ours[part].name).write_bytes(theirs[part].read_bytes())
        assert find_indexed(texts, DEFAULTS, copy) == find_overlaps(texts)


@pytest.mark.parametrize("name", [STATE, LOCK])
@pytest.mark.parametrize("what", ["/dev/zero", "/dev/null", "pipe", "folder", "nowhere"])
def test_what_is_no_file_is_not_read(tmp_path, name, what):
    texts = hans(*(article(random.Random(number)) for number in range(4)))
    place = tmp_path / name
    if what == "pipe":
        os.mkfifo(place)
    elif what == "folder":
        place.mkdir()
    else:
        place.symlink_to(what)
    for _ in range(2):
        assert find_indexed(texts, DEFAULTS, tmp_path) == find_overlaps(texts)


def test_texts_that_come_and_go_leave_no_index_that_grows_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(state_module, "SPARE", 1000)
    source = random.Random(9)
    shared = article(source, size=60)
    texts = hans(*(article(source, shared, size=60) for _ in range(8)))
    sizes = []
    for number in range(40):
        now = texts[number % 2 :]
        assert find_indexed(now, DEFAULTS, tmp_path) == find_overlaps(now)
        sizes.append(sum(path.stat().st_size for path in tmp_path.iterdir()))
    assert max(sizes[20:]) <= max(sizes[:20])
