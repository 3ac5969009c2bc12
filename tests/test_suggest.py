"""What a folder repeats around its articles becomes a pack that loads and holds; what is inside them does not."""

from __future__ import annotations

import random
import sys
import tomllib

import pytest

from cleaner import cli, packs
from cleaner.clean import clean
from cleaner.context import Settings
from cleaner.examples import failures
from cleaner.suggest import Limits, Page, propose, quoted, search, to_toml
from tests.conftest import SEEDS

PHRASE = "让每一个市民都能看得见、摸得着、感受得到。"
CREED = "本系列报道走进一线，讲述普通劳动者在平凡岗位上的不平凡故事，敬请读者关注和支持。"
CHANNEL = "春城观察"
NOTICE = "本网注明来源的稿件均为转载，仅供参考，如有异议请与我们取得联系，我们将尽快处理。"
HOSTILE = "“\"'''\\热线\\\"''' ]] # \u202e1\t"
FOOTER = ["春城网络传媒中心承建", "技术保障部 值班室"]


def sentences() -> list[str]:
    text = "".join(path.read_bytes().decode("utf-8") for path in sorted(SEEDS.glob("00[12]*.txt")))
    parts = [part.strip() + "。" for part in text.replace("\n", "。").split("。")]
    return [part for part in parts if 25 < len(part) < 70]


def folder(count: int = 40) -> list[Page]:
    """Articles of one site: a channel name, a title, paragraphs (one with a standing phrase), noise behind."""
    chance = random.Random(20211025)
    pool = sentences()
    pages = []
    for i in range(count):
        body = ["".join(chance.sample(pool, 3)) for _ in range(5)]
        body[1] += PHRASE
        body.insert(2, CREED)
        lines = [
            CHANNEL,
            f"{chance.choice(pool)[:14]}第{i}场",
            *body[:4],
            "活动现场" if i < 2 else "工作要求",
            *body[4:],
        ]
        lines += [f"已有{chance.randint(10, 99999)}人看过此文", HOSTILE.strip()]
        if i % 2:
            lines += [NOTICE]
        lines += FOOTER
        pages.append(Page.of(f"{i:03}.txt", "\n\n".join(lines)))
    return pages


def pack(tmp_path, pages: list[Page], limits: Limits | None = None) -> tuple[packs.Pack, str]:
    limits = limits or Limits()
    found = search(pages, limits)
    toml = to_toml(propose(found, limits), found)
    file = tmp_path / "suggested.toml"
    file.write_text(toml, encoding="utf-8")
    (loaded,) = packs.load([file])
    return loaded, toml


def test_the_noise_of_a_folder_is_found_and_its_pack_removes_it(tmp_path):
    pages = folder()
    loaded, _ = pack(tmp_path, pages)
    assert not [str(failure) for rule in loaded.rules for failure in failures(rule)]
    rules = packs.in_order([loaded])
    for page in pages:
        text = clean(page.name, "\n".join(page.lines) + "\n", rules, Settings()).draft.text
        assert CHANNEL not in text.split("\n") and not any(line in text for line in FOOTER)
        assert "人看过此文" not in text and "热线" not in text
        assert PHRASE in text and CREED in text and page.lines[1] in text
        assert [line for line in page.lines if len(line) > 60 and line != NOTICE] == [
            line for line in text.split("\n") if len(line) > 60 and line != NOTICE
        ]


def test_the_counts_are_the_why_and_the_lines_are_the_examples(tmp_path):
    loaded, toml = pack(tmp_path, folder())
    head = next(rule for rule in loaded.rules if rule.keys.where == "head")
    assert "40 of 40 documents" in head.why and "before the article" in head.why
    assert any(CHANNEL in before for before, _ in head.keys.turns)
    assert f'"{CHANNEL}",  # 40 documents' in toml


def test_what_is_repeated_inside_articles_is_not_proposed_and_a_line_between_paragraphs_only_asked_for(tmp_path):
    loaded, toml = pack(tmp_path, folder())
    own = [line for line in toml.split("\n") if not line.startswith("    [")]
    assert not any(PHRASE in line or CREED[:10] in line or "活动现场" in line for line in own)
    (asked,) = [rule for rule in loaded.rules if "工作要求" in getattr(rule.do, "words", ())]
    assert asked.keys.level == "ask"


def test_a_kept_line_with_the_same_words_becomes_a_keep(tmp_path):
    pages = folder()
    extra = f"记者从{CHANNEL}了解到"
    pages[3] = Page(pages[3].name, (*pages[3].lines[:4], extra, *pages[3].lines[4:]))
    loaded, _ = pack(tmp_path, pages)
    head = next(rule for rule in loaded.rules if rule.keys.where == "head")
    assert extra + "\n" in head.keys.keeps and len(head.keys.keeps) >= 2


def test_lines_of_a_few_documents_or_of_copies_of_one_article_are_not_proposed():
    pages = folder(40)
    two = [Page(p.name, (*p.lines, "仅在两篇文章后面出现的一行")) if i < 2 else p for i, p in enumerate(pages)]
    assert not any("两篇" in one.key for one in search(two, Limits()).repeats)
    copies = [Page(f"copy{i}.txt", (*pages[0].lines[:9], "抄来的一行字")) for i in range(9)]
    found = search(pages + copies, Limits())
    assert found.copies == 9 and not any("抄来" in one.key for one in found.repeats)


def test_the_share_of_the_folder_counts_too():
    pages = [Page(p.name, (*p.lines, "每四篇一次的一行")) if i % 4 == 0 else p for i, p in enumerate(folder())]
    assert any("每四篇" in one.key for one in search(pages, Limits(3, 0.2)).repeats)
    assert not any("每四篇" in one.key for one in search(pages, Limits(3, 0.3)).repeats)


def test_titles_that_differ_in_a_year_are_no_noise():
    pool = sentences()
    pages = [Page(str(y), (f"{y}年政府工作报告", "".join(random.Random(y).sample(pool, 6)))) for y in range(1990, 2020)]
    assert search(pages, Limits()).repeats == ()


def test_the_same_folder_gives_the_same_pack_in_any_order(tmp_path):
    pages = folder()
    _, first = pack(tmp_path, pages)
    random.Random(1).shuffle(pages)
    assert pack(tmp_path, pages)[1] == first


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "'''",
        '"""',
        "\\",
        "\\u0041",
        "\x00\x07\x1b\x7f\x85",
        "\u202e\u2028\ufeff",
        "a\tb\nc",
        "\U000e0041𠮷",
        "# ]",
    ],
)
def test_any_text_survives_toml(text):
    assert tomllib.loads(f"x = {quoted(text)}") == {"x": text}
    assert quoted(text).isprintable()


def test_a_hostile_line_stands_escaped_in_the_pack(tmp_path):
    loaded, toml = pack(tmp_path, folder())
    assert "\u202e" not in toml and "\\u202E" in toml
    assert all(line.isprintable() for line in toml.split("\n"))
    assert len(loaded.rules) >= 3


def test_the_command_writes_a_pack_that_its_own_test_accepts_and_touches_nothing_else(tmp_path, monkeypatch, capsys):
    src = tmp_path / "src"
    src.mkdir()
    for page in folder():
        (src / page.name).write_text("\n\n".join(page.lines) + "\n", encoding="utf-8")
    file = tmp_path / "mine.toml"
    before = {path.name: path.read_bytes() for path in src.iterdir()}

    def run(*args: str) -> int:
        monkeypatch.setattr(sys, "argv", ["clean", *args])
        with pytest.raises(SystemExit) as exit:
            cli.main()
        return int(exit.value.code or 0)

    assert run("suggest", str(src), "-o", str(file), "--isolated") == 0
    assert "nothing was applied" in capsys.readouterr().err
    assert run("rules", "test", str(file)) == 0
    assert {path.name: path.read_bytes() for path in src.iterdir()} == before
    assert run("suggest", str(src), "-o", str(file), "--isolated") == 2
    assert "stands there already" in capsys.readouterr().err
    assert run("suggest", str(src), "--name", "no/name", "--isolated") == 2
