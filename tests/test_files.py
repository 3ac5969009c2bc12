"""Files: bytes come back as they were, no encoding is guessed without proof, nothing hangs, nothing is half written."""

from __future__ import annotations

import errno
import os
import socket
import stat
import subprocess
import sys
import textwrap
import unicodedata
from contextlib import suppress
from pathlib import Path

import opencc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cleaner.errors import CleanerError, InputError, OutputError, UsageError
from cleaner.files import (
    ENCODINGS,
    Entry,
    Lock,
    Source,
    big5,
    check_places,
    copy_file,
    decode,
    named_encoding,
    place,
    read,
    rebuild,
    replace_file,
    sync,
    walk,
)
from cleaner.files.plausible import choose
from cleaner.files.write import sweep

SEEDS = sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
MARKS = {"utf-8": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "gb18030": b"\x84\x31\x95\x33"}
ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}


def refusal(raw: bytes, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        decode(raw, "seeds/a.txt", **options)  # type: ignore[arg-type]
    return str(caught.value)


def versions() -> list[tuple[str, str]]:
    """Return each seed as it is, Traditional and Simplified."""
    found = []
    for path in SEEDS:
        text = path.read_bytes().decode("utf-8")
        found += [(f"{path.name[:3]}-{name}", opencc.OpenCC(name).convert(text)) for name in ("s2t", "t2s")]
        found.append((f"{path.name[:3]}-own", text))
    return found


VERSIONS = versions()


# --- bytes to text and back ---


@given(st.one_of(st.binary(max_size=200), st.text(max_size=60).map(lambda t: t.encode("utf-8", "ignore"))))
@example(b"?\x80")
def test_any_bytes_give_a_source_that_gives_them_back_or_an_input_error(raw):
    for encoding in (None, *ENCODINGS):
        for allow_nul in (False, True):
            try:
                source = decode(raw, "x", encoding=encoding, allow_nul=allow_nul)
            except InputError as err:
                assert err.code in {"E110", "E111"}
            else:
                assert source.encode() == raw
                assert "\r" not in source.text
                assert not any("\ud800" <= char <= "\udfff" for char in source.text)


@given(st.lists(st.integers(0x81, 0xFE).flatmap(lambda a: st.integers(0x30, 0xFE).map(lambda b: bytes((a, b))))))
def test_any_pairs_of_high_bytes_come_back_or_are_refused(pairs):
    raw = b"".join(pairs)
    for encoding in (None, "gb18030", "big5"):
        with suppress(InputError):
            assert decode(raw, "x", encoding=encoding).encode() == raw


LINES = st.lists(
    st.tuples(st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])), st.sampled_from([*ENDS]))
)


@given(LINES, st.sampled_from(ENCODINGS), st.booleans())
def test_any_text_in_any_encoding_with_any_line_ends_and_mark_comes_back(lines, encoding, bom):
    text = "".join(line + ENDS[kind] for line, kind in lines)
    bom = bom and encoding in MARKS
    try:
        body = big5.encode(text) if encoding == "big5-hkscs" else text.encode(encoding)
    except UnicodeEncodeError:
        return
    raw = (MARKS[encoding] if bom else b"") + body
    try:
        source = decode(raw, "x", encoding=encoding)
    except InputError as err:  # a text that begins with U+FEFF or another mark, or is another encoding by all signs
        assert err.code == "E111"
        return
    assert source.encode() == raw
    if not raw.startswith(tuple(MARKS.values())):
        assert source.text == text.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize(
    ("raw", "source"),
    [
        (b"", Source("", "utf-8", "lf", False)),
        (b"\xef\xbb\xbf", Source("", "utf-8", "lf", True)),
        (b"\xff\xfe", Source("", "utf-16-le", "lf", True)),
        (b"\xef\xbb\xbf\xef\xbb\xbfa", Source("\ufeffa", "utf-8", "lf", True)),
        (b"\xfe\xff\x66\xf2\x97\x56", Source("曲靖", "utf-16-be", "lf", True)),
        (b"\x84\x31\x95\x33\xc7\xfa", Source("曲", "gb18030", "lf", True)),
        (b"a\r\nb\r\n", Source("a\nb\n", "utf-8", "crlf", False)),
        (b"a\rb", Source("a\nb", "utf-8", "cr", False)),
        (b"a\n\r\nb\r\n\rc", Source("a\n\nb\n\nc", "utf-8", "mixed", False, (("lf", 1), ("crlf", 2), ("cr", 1)))),
        ("a\u2028b\u0085c\x0bd\x0ce".encode(), Source("a\u2028b\u0085c\x0bd\x0ce", "utf-8", "lf", False)),
    ],
    ids=["empty", "mark", "mark UTF-16", "mark twice", "UTF-16", "mark GB18030", "CRLF", "CR", "mixed", "no line ends"],
)
def test_what_a_source_holds(raw, source):
    assert decode(raw, "x") == source
    assert source.encode() == raw


@pytest.mark.parametrize(
    "parts",
    [
        ("a\n", "latin-1", "lf", False, ()),
        ("a\n", "big5-hkscs", "lf", True, ()),
        ("a\n", "utf-8", "native", False, ()),
        ("a\n", "utf-8", "mixed", False, (("lf", 2),)),
        ("a\n", "utf-8", "mixed", False, (("nl", 1),)),
        ("ē•", "big5-hkscs", "lf", False, ()),
        ("\ud800", "utf-8", "lf", False, ()),
    ],
)
def test_parts_that_do_not_fit_are_not_rebuilt(parts):
    with pytest.raises(ValueError):
        rebuild(*parts)


def test_big5_has_the_signs_of_windows_and_browsers():
    raw = bytes.fromhex("b0f2 a1fe a241 a1e3 a145 a2a4 a4e5")
    assert big5.decode(raw) == "基／∕～‧═文"
    assert big5.encode("基／∕～‧═文") == raw
    with pytest.raises(UnicodeDecodeError) as caught:
        big5.decode(raw + b"\xff")
    assert caught.value.start == len(raw)
    text = "我們的國家有很多人，他們都在這裡工作。（記者林小明／台北5～6日報導）"
    assert decode(text.encode("cp950"), "x") == Source(text, "big5-hkscs", "lf", False)


def test_a_code_that_would_come_back_as_another_one_is_refused():
    assert b"\xa2\xcc".decode("big5-hkscs") == b"\xa4\x51".decode("big5-hkscs") == "十"
    assert "(big5-hkscs), but written in it again the bytes differ" in refusal(b"\xa2\xcc", encoding="big5")


# --- which encoding ---


def pieces(text: str, length: int | None) -> list[str]:
    """Return the text, or pieces of it of `length` characters that are not all ASCII."""
    if length is None:
        return [text]
    starts = range(0, len(text) - length, len(text) // 12)
    return [piece for at in starts if not (piece := text[at : at + length]).isascii()]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk", "big5-hkscs", "cp950"])
@pytest.mark.parametrize("length", [None, 400, 60, 20, 8, 4, 2, 1])
def test_no_piece_of_a_seed_is_ever_read_wrong(codec, length):
    right = refused = 0
    for piece in (piece for _, text in VERSIONS for piece in pieces(text, length)):
        try:
            raw = big5.encode(piece) if codec == "big5-hkscs" else piece.encode(codec)
            text = decode(raw, "x").text
        except UnicodeEncodeError:
            continue
        except InputError:
            refused += 1
        else:
            assert text == piece.replace("\r\n", "\n") or raw.decode(codec) != piece  # cp950 writes • as ‧
            right += 1
    if codec.startswith("utf"):
        assert right and not refused
    elif length in {None, 400}:
        assert not refused and (right or codec == "cp950")
    elif length in {1, 2}:
        assert refused and not right


def test_valid_gb18030_that_was_written_as_big5_is_read_as_big5():
    text = next(text for name, text in VERSIONS if name == "004-own")
    raw = big5.encode("".join(char for char in text if char.isascii() or _in_big5(char)))
    assert raw.decode("gb18030").encode("gb18030") == raw  # so that decoding proves nothing
    assert decode(raw, "x").encoding == "big5-hkscs"


def _in_big5(char: str) -> bool:
    try:
        return bool(big5.encode(char))
    except UnicodeEncodeError:
        return False


@pytest.mark.parametrize("codec", ["gb18030", "big5-hkscs"])
def test_a_sentence_is_enough_and_a_word_is_not(codec):
    sentence, word = "我們的國家有很多人，他們都在這裡工作。", "國家"
    assert decode(sentence.encode(codec), "x").text == sentence
    assert "too short to be sure of" in refusal(word.encode(codec))


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("euc-kr", "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다."),
        ("koi8-r", "Все люди рождаются свободными и равными в своем достоинстве и правах."),
        ("euc-jp", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"),
        ("shift-jis", "東京都議会選挙管理委員会、本日立候補届出受付開始。経済産業省、新型産業政策発表。"),
        ("cp1252", "Größe, Übung, Äpfel, Straße: für alle Menschen"),
        ("utf-16-le", "我們的國家有很多人，他們都在這裡工作。"),
    ],
)  # fmt: skip
def test_an_encoding_that_is_never_guessed_is_refused(codec, text):
    assert refusal(text.encode(codec)) == (
        "seeds/a.txt:1: not utf-8, and no other encoding is plausible; copied unchanged and quarantined;"
        " name it with --encoding or exclude it [E111]"
    )


@pytest.mark.parametrize("word", ["牡", "模", "V模", "路", "鲁漏"])
def test_chinese_that_is_valid_utf8_by_chance_is_refused(word):
    raw = word.encode("gb18030")
    assert raw.decode("utf-8") != word
    assert "too short to tell utf-8 from gb18030" in refusal(raw)


@pytest.mark.parametrize(
    "text", ["你好", "café", "© 2024 Example Ltd.", "Привет", "😀", "\xa0\n", "Kılıç was here for many hours"]
)
def test_short_utf8_is_not_refused_without_need(text):
    assert decode(text.encode(), "x").text == text


def test_two_readings_that_are_both_plausible_are_not_decided():
    one, other = "我们的国家有很多人，他们都在这里工作。", "市長說明天會下雨，請大家早一點回家。"
    doubt = choose({"gb18030": one, "big5-hkscs": other}).doubt
    assert doubt == "not utf-8, and too short to tell big5-hkscs from gb18030"
    assert choose({"gb18030": one, "big5-hkscs": "鎓鎔"}) == ("gb18030", "", None)


def test_two_encodings_in_one_file_are_refused_with_the_line():
    good = "我们的国家有很多人，他们都在这里工作。\n"
    raw = (good * 5).encode("gb18030") + "讓我們一起來學習漢語，這是一個好主意，".encode("big5") + b"\n"
    assert refusal(raw).startswith("seeds/a.txt:6: the file reads as gb18030, but this line does not; copied unchanged")


@pytest.mark.parametrize(
    ("label", "name"),
    [("GB2312", "gb18030"), (" gbk", "gb18030"), ("Big5", "big5-hkscs"), ("UTF8", "utf-8"), ("utf-16", "utf-16-le")],
)
def test_labels_mean_what_browsers_take_them_for(label, name):
    assert named_encoding(label) == name


def test_an_unknown_label_is_the_users_mistake():
    with pytest.raises(UsageError) as caught:
        decode(b"", "x", encoding="klingon\x1b")
    assert str(caught.value) == (
        "--encoding: 'klingon\\u{1B}' is not an encoding that can be read; nothing was written; take one of"
        " utf-8, utf-16-le, utf-16-be, gb18030, big5-hkscs, or convert the files first [E202]"
    )


def test_a_named_encoding_is_tried_strictly():
    assert decode("国家".encode("gbk"), "x", encoding="gb2312") == Source("国家", "gb18030", "lf", False)
    assert decode("国".encode("utf-16-le"), "x", encoding="utf-16le").encoding == "utf-16-le"
    assert refusal(b"line\n\xff", encoding="gbk") == (
        "seeds/a.txt:2: read as --encoding says (gb18030), but byte 5 does not fit it; copied unchanged and"
        " quarantined; name it with --encoding or exclude it [E111]"
    )


def test_a_label_for_a_folder_does_not_damage_the_files_of_another_encoding_in_it():
    text = "我们的国家有很多人都在这里工作大家都很好"
    assert text.encode().decode("gb18030")
    assert "it reads as utf-8, not as gb18030" in refusal(text.encode(), encoding="gbk")
    assert decode(b"\xef\xbb\xbf" + text.encode(), "x", encoding="gbk").text == text


def test_nul_is_refused_unless_it_is_allowed():
    assert refusal(b"a\nb\0c") == (
        "seeds/a.txt:2: byte 3 is NUL, so this is not text; copied unchanged and quarantined;"
        " exclude it, or allow it with --allow-nul [E110]"
    )
    assert "name it with --encoding utf-16-le" in refusal("abc".encode("utf-16-le"))
    assert "[E110]" in refusal(b"\xff\xfe" + "a\0".encode("utf-16-le"))
    assert "UTF-32 is not read" in refusal("a".encode("utf-32"))
    assert decode(b"a\0", "x", allow_nul=True).text == "a\0"


@pytest.mark.parametrize(
    ("raw", "start"),
    [
        (b"ok\n\xff\xfe", "seeds/a.txt:2: not utf-8, and no other encoding is plausible; copied unchanged and"),
        (b"\xef\xbb\xbfok\r\n\xff", "seeds/a.txt:2: begins with its byte order mark (utf-8), but byte 7 does"),
        (b"\xff\xfea", "seeds/a.txt:1: begins with its byte order mark (utf-16-le), but byte 2 does"),
        (b"\xff\xfe\x00\xd8", "seeds/a.txt:1: begins with its byte order mark (utf-16-le), but byte 2 does"),
    ],
)
def test_what_is_no_text_is_refused(raw, start):
    message = refusal(raw)
    assert message.startswith(start)
    assert message.endswith("[E111]")


# --- reading ---


def code(call, *arguments, **options) -> str:
    with pytest.raises(CleanerError) as caught:
        call(*arguments, **options)
    assert str(caught.value).endswith(f"[{caught.value.code}]")
    return caught.value.code


def test_reading_says_what_a_thing_is_and_does_not_hang(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_bytes(b"abc")
    os.mkfifo(tmp_path / "pipe.txt")
    with socket.socket(socket.AF_UNIX) as listener:
        monkeypatch.chdir(tmp_path)  # the name of a socket is short
        listener.bind("socket.txt")
    (tmp_path / "link.txt").symlink_to("a.txt")
    assert read(tmp_path / "a.txt", "a.txt", limit=3) == b"abc"
    assert code(read, tmp_path / "pipe.txt", "p", limit=9) == "E101"
    assert code(read, tmp_path / "socket.txt", "s", limit=9) == "E101"
    assert code(read, Path("/dev/null"), "d", limit=9) == "E101"
    assert code(read, tmp_path, "folder", limit=9) == "E101"
    assert code(read, tmp_path / "link.txt", "l", limit=9) == "E102"
    assert code(read, tmp_path / "gone.txt", "g", limit=9) == "E131"
    assert code(read, tmp_path / "a.txt", "a", limit=2) == "E120"


def test_the_words_of_a_refused_pipe_and_of_a_large_file(tmp_path):
    os.mkfifo(tmp_path / "p")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "p", "seeds/p", limit=9)
    assert str(caught.value) == (
        "seeds/p: it is a pipe, not a regular file; left out; exclude it, or replace it by a file [E101]"
    )
    (tmp_path / "big").write_bytes(b"x" * 1234)
    with pytest.raises(InputError) as caught:
        read(tmp_path / "big", "seeds/big", limit=1000)
    assert str(caught.value) == (
        "seeds/big: it has 1 234 bytes, the limit is 1 000; copied unchanged and quarantined;"
        " raise --max-file-size, split it or exclude it [E120]"
    )


def test_a_huge_file_is_refused_by_its_size_alone(tmp_path):
    with (tmp_path / "huge").open("wb") as stream:
        stream.truncate(1 << 40)  # sparse: a terabyte that takes no room and could never be read
    assert code(read, tmp_path / "huge", "huge", limit=64 << 20) == "E120"


@pytest.mark.parametrize("change", ["grow", "touch", "replace", "remove"])
def test_a_file_that_changes_while_it_is_read_is_left_alone(tmp_path, monkeypatch, change):
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    fdopen = os.fdopen

    def meddling(*arguments, **options):
        match change:
            case "grow":
                path.write_bytes(b"abcdef")
            case "touch":
                os.utime(path, ns=(1, 1))
            case "replace":
                (tmp_path / "b").write_bytes(b"abc")
                os.utime(tmp_path / "b", ns=(1, path.stat().st_mtime_ns))
                (tmp_path / "b").replace(path)
            case "remove":
                path.unlink()
        return fdopen(*arguments, **options)

    monkeypatch.setattr(os, "fdopen", meddling)
    assert code(read, path, "a.txt", limit=9) == "E131"


@pytest.mark.skipif(not Path("/proc/version").exists(), reason="needs a file that lies about its size")
def test_a_file_that_has_more_than_its_size_says_is_left_alone():
    assert code(read, Path("/proc/version"), "version", limit=9999) == "E131"


def test_a_file_that_may_not_be_read_is_an_error_of_the_environment(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(OutputError) as caught:
        read(tmp_path / "a", "seeds/a", limit=9)
    assert str(caught.value) == (
        "seeds/a: it cannot be read (Permission denied); left out;"
        " change its permissions and run the same command again [E302]"
    )


# --- walking ---


def walked(root: Path, *, excluded=lambda name: False, out=None, follow=False, **options) -> dict[str, str]:
    """Return what became of each entry: "" if taken, else its code or note."""
    entries = walk(
        root, suffixes=frozenset({".txt", ".html"}), excluded=excluded, out=out, follow_symlinks=follow, **options
    )
    names = [entry.name for entry in entries]
    assert names == sorted(names)
    return {entry.name: entry.error.code if entry.error else entry.note or "" for entry in entries}


def fill(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode("utf-8", "surrogateescape"))


def test_everything_met_has_an_entry_and_out_has_none(tmp_path):
    fill(tmp_path, "b.txt", "a/b.TXT", "a/c.html", "x.pdf", ".hidden.txt", ".git/config", "raw/z.txt", "out/b.txt")
    os.mkfifo(tmp_path / "pipe")
    found = walked(tmp_path, excluded=lambda name: name.startswith("raw/"), out=tmp_path / "out")
    assert found == {
        ".git": "hidden folder", ".hidden.txt": "hidden file", "a/b.TXT": "", "a/c.html": "", "b.txt": "",
        "pipe": "E101", "raw/z.txt": "excluded", "x.pdf": "other suffix",
    }  # fmt: skip


def test_out_is_left_out_under_any_name(tmp_path):
    fill(tmp_path, "a.txt", "out/a.txt")
    (tmp_path / "elsewhere").symlink_to("out")
    assert "out/a.txt" not in walked(tmp_path, out=tmp_path / "elsewhere")
    assert "elsewhere/a.txt" not in walked(tmp_path, out=tmp_path / "out", follow=True)


def test_one_file_may_be_walked(tmp_path):
    fill(tmp_path, "a.txt", "b.pdf")
    (tmp_path / "link").symlink_to("a.txt")
    assert walked(tmp_path / "a.txt") == {"a.txt": ""}
    assert walked(tmp_path / "b.pdf") == {"b.pdf": "other suffix"}
    assert walked(tmp_path / "a.txt", excluded=lambda name: True) == {"a.txt": "excluded"}


def links(tmp_path: Path) -> Path:
    root = tmp_path / "src"
    fill(tmp_path, "secret.txt", "src/.store/one", "src/sub/two.txt", "src/three.txt")
    for name, target in {
        "in.txt": "three.txt", "out.txt": "../secret.txt", "dangling.txt": "nowhere", "loop.txt": "loop.txt",
        "sub/up": "..", "sub/self": "../sub", "folder": "sub", "stored.txt": ".store/one", "abs.txt": "/etc/passwd",
    }.items():  # fmt: skip
        (root / name).symlink_to(target)
    return root


def test_links_are_not_followed_unless_asked_for(tmp_path):
    found = walked(links(tmp_path))
    assert {name for name, what in found.items() if what == ""} == {"sub/two.txt", "three.txt"}
    assert {what for name, what in found.items() if name.endswith("in.txt")} == {"symbolic link, not followed [E102]"}


def test_links_are_followed_only_inside_of_src_and_never_in_circles(tmp_path):
    root = links(tmp_path)
    entries = walk(root, suffixes=frozenset({".txt"}), excluded=lambda _: False, out=None, follow_symlinks=True)
    found = {entry.name: entry for entry in entries}
    taken = {name: entry.path for name, entry in found.items() if entry.taken}
    real = Path(os.path.realpath(root))
    assert taken == {
        "sub/two.txt": root / "sub/two.txt", "three.txt": root / "three.txt", "in.txt": real / "three.txt",
        "stored.txt": real / ".store/one", "folder/two.txt": real / "sub/two.txt",
    } or taken.keys() == {"sub/two.txt", "three.txt", "in.txt", "folder/two.txt"}  # fmt: skip
    notes = {name: entry.note for name, entry in found.items() if entry.note}
    assert notes["out.txt"] == notes["abs.txt"] == "symbolic link that leads out of SRC, not followed [E102]"
    assert notes["dangling.txt"] == "symbolic link that leads nowhere (No such file or directory), not followed [E102]"
    assert notes["sub/up"] == notes["sub/self"] == "symbolic link to a folder that it is in, not followed [E102]"
    assert "leads nowhere" in notes["loop.txt"]
    assert all(read(path, name, limit=99) for name, path in taken.items())


def test_no_link_leads_into_out(tmp_path):
    """A run would clean what it has made itself, and each run after it more."""
    fill(tmp_path, "src/a.txt", "src/out/a.txt", "src/out/sub/b.txt")
    for name, target in {"l.txt": "out/a.txt", "sub": "out/sub", "whole": "out"}.items():
        (tmp_path / "src" / name).symlink_to(target)
    found = walked(tmp_path / "src", follow=True, out=tmp_path / "src/out")
    into = "symbolic link that leads into OUT, not followed [E102]"
    assert found == {"a.txt": "", "l.txt": into, "sub": into, "whole": into}


def test_behind_a_link_no_other_link_is_followed(tmp_path):
    fill(tmp_path, "a/1.txt", "b/2.txt")
    (tmp_path / "a/to-b").symlink_to("../b")
    (tmp_path / "b/to-a").symlink_to("../a")
    found = walked(tmp_path, follow=True)
    assert [name for name, what in found.items() if not what] == ["a/1.txt", "a/to-b/2.txt", "b/2.txt", "b/to-a/1.txt"]
    assert found["a/to-b/to-a"] == "symbolic link behind a symbolic link, not followed [E102]"


def test_names_that_some_system_takes_for_one_are_left_out_and_shown(tmp_path):
    composed, decomposed = unicodedata.normalize("NFC", "é.txt"), unicodedata.normalize("NFD", "é.txt")
    fill(tmp_path, "News.txt", "news.TXT", composed, decomposed, "straße.txt", "STRASSE.txt", "alone.txt")
    if len(list(tmp_path.iterdir())) < 7:
        pytest.skip("this file system takes them for one")
    entries = walk(tmp_path, suffixes=frozenset({".txt"}), excluded=lambda _: False, out=None)
    errors = {entry.name: str(entry.error) for entry in entries if entry.error}
    assert {entry.name for entry in entries if entry.taken} == {"alone.txt"}
    assert errors["News.txt"] == (
        "News.txt: in OUT its name is the same as that of 'news.TXT' on some systems; each of them was left out;"
        " rename or exclude all but one [E104]"
    )
    assert "'News.txt'" in errors["news.TXT"]


def test_two_inputs_with_one_output_name_are_left_out(tmp_path):
    fill(tmp_path, "a.txt", "a.html", "b.html", "c.html", "c.txt/d.txt")
    found = walked(
        tmp_path, output=lambda name: name.removesuffix(".html") + ".txt" if name.endswith(".html") else name
    )
    assert found == {"a.html": "E104", "a.txt": "E104", "b.html": "", "c.html": "E104", "c.txt/d.txt": ""}


@pytest.mark.parametrize(
    "name",
    [
        "con.txt",
        "sub/LPT1.html",
        "aux/a.txt",
        "NUL .x.txt",
        "a./a.txt",
        "a /a.txt",
        "a\\b.txt",
        "C:a.txt",
        "__report__/a.txt",
    ],
)
def test_names_that_cannot_be_written_everywhere_are_left_out(tmp_path, name):
    fill(tmp_path, name)
    assert walked(tmp_path) == {name: "E103"}


def test_a_long_chinese_name_is_taken_if_its_output_name_fits(tmp_path):
    name = "曲" * 83 + "ab.txt"  # 255 bytes
    fill(tmp_path, name, "con-text.txt", "a.b.txt")
    assert walked(tmp_path) == {name: "", "con-text.txt": "", "a.b.txt": ""}
    assert walked(tmp_path, output=lambda name: name + ".txt")[name] == "E103"
    replace_file(tmp_path / name, b"new")
    assert (tmp_path / name).read_bytes() == b"new"


def test_a_name_that_is_not_utf8_is_taken_and_can_be_shown(tmp_path):
    try:
        (tmp_path / os.fsdecode(b"\xff.txt")).write_bytes(b"x")
    except OSError:
        pytest.skip("this file system has UTF-8 names only")
    fill(tmp_path, "con .txt")
    entries = walk(tmp_path, suffixes=frozenset({".txt"}), excluded=lambda _: False, out=None)
    assert [entry.name for entry in entries if entry.taken] == ["\udcff.txt"]
    assert all(str(entry.error).isprintable() for entry in entries)


def test_a_tree_deeper_than_the_stack_is_walked_and_made(tmp_path):
    name = "/".join("d" * 400) + "/a.txt"
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(300)  # instead of a tree of 1,000 folders, which takes seconds
    try:
        replace_file(place(tmp_path, name), b"deep")
        assert walked(tmp_path) == {name: ""}
    finally:
        sys.setrecursionlimit(limit)
    assert read(tmp_path / name, name, limit=9) == b"deep"


def test_a_folder_that_cannot_be_listed_stops_the_run(tmp_path, monkeypatch):
    def denied(*_):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "listdir", denied)
    assert code(walked, tmp_path) == "E302"


def test_an_entry_with_a_note_is_not_taken():
    assert Entry("a", Path("a")).taken
    assert not Entry("a", Path("a"), note="other suffix").taken


def test_src_and_out_have_to_make_sense_together(tmp_path):
    fill(tmp_path, "src/a.txt", "file")
    (tmp_path / "same").symlink_to("src")
    src = tmp_path / "src"
    check_places(src, tmp_path / "out")
    check_places(src, src / "out")  # OUT inside SRC is left out of the walk
    check_places(src / "a.txt", tmp_path / "out")
    for one, other in [
        (src, src), (src, tmp_path), (src, tmp_path / "same"), (tmp_path / "same", src), (src / "a.txt", src),
        (src, src / "b" / ".."), (tmp_path / "none", tmp_path / "out"), (src, tmp_path / "file"),
    ]:  # fmt: skip
        assert code(check_places, one, other) == "E105"
    with pytest.raises(UsageError, match=r"src: SRC is inside OUT; nothing was written; name another OUT \[E105\]"):
        check_places(src, tmp_path)


# --- writing ---


def test_a_file_is_replaced_and_keeps_its_mode(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    path.chmod(0o640)
    replace_file(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o640)
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_link_in_the_place_of_a_file_is_replaced_itself(tmp_path):
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "a.txt").symlink_to("target")
    replace_file(tmp_path / "a.txt", b"new")
    assert (tmp_path / "target").read_bytes() == b"precious"
    assert not (tmp_path / "a.txt").is_symlink()


class Full:
    """A stream on a full disk."""

    def __init__(self, stream) -> None:
        self.stream = stream

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.stream.close()

    def write(self, raw: bytes) -> int:
        self.stream.write(raw[:1])
        raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["open", "write", "chmod", "replace"])
@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.ENOSPC, "E301"),
        (errno.EIO, "E301"),
        (errno.EDQUOT, "E301"),
        (errno.EROFS, "E302"),
        (errno.EACCES, "E302"),
    ],
)
def test_whatever_fails_the_old_file_stays_and_no_other_is_left(tmp_path, monkeypatch, step, number, expected):
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def fails(*_, **__):
        raise OSError(number, os.strerror(number))

    if step == "write":
        real = Path.open
        monkeypatch.setattr(Full, "write", fails)
        monkeypatch.setattr(Path, "open", lambda self, *a, **k: Full(real(self, *a, **k)))
    else:
        monkeypatch.setattr(Path, step, fails)
    assert code(replace_file, path, b"new") == expected
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_the_words_of_a_full_disk(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError) as caught:
        replace_file(Path(tmp_path, "a.txt"), b"x")
    assert str(caught.value) == (
        f"{tmp_path}/a.txt: no space left on device; every file there is whole, old or new;"
        " free some space and run the same command again [E301]"
    )


def test_a_really_full_device_is_said(tmp_path):
    script = """
        import resource, sys
        from pathlib import Path
        import signal
        from cleaner.errors import OutputError
        from cleaner.files import replace_file
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            replace_file(Path(sys.argv[1]), b"x" * 5000)
        except OutputError as err:
            sys.exit(err.code)
    """
    (tmp_path / "a.txt").write_bytes(b"old")
    done = _python(script, tmp_path / "a.txt")
    assert done.stderr.strip() == "E301"
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"old")]


def test_an_interrupt_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    (tmp_path / "a.txt").write_bytes(b"old")
    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "a.txt", b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a.txt", b"old")]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_said(tmp_path):
    tmp_path.chmod(0o500)
    try:
        assert code(replace_file, tmp_path / "a.txt", b"x") == "E302"
    finally:
        tmp_path.chmod(0o700)


def test_a_large_file_is_copied_as_it_is(tmp_path):
    raw = os.urandom(3 << 20)
    (tmp_path / "a").write_bytes(raw)
    copy_file(tmp_path / "a", tmp_path / "b", "a")
    assert (tmp_path / "b").read_bytes() == raw
    os.mkfifo(tmp_path / "p")
    assert code(copy_file, tmp_path / "p", tmp_path / "c", "p") == "E101"
    assert not (tmp_path / "c").exists()


def test_a_place_is_inside_of_out(tmp_path):
    out = tmp_path / "out"
    assert place(out, "a/b/c.txt") == out / "a/b/c.txt"
    assert (out / "a/b").is_dir()
    (out / "leak").symlink_to(tmp_path)
    for name in ["../x.txt", "a/../../x.txt", "/etc/x", "a//b", "leak/x.txt", "./x", ".."]:
        assert code(place, out, name) == "E103"
    assert not (tmp_path / "x.txt").exists()
    (out / "file").write_bytes(b"")
    assert code(place, out, "file/a.txt") == "E301"


def test_a_batch_is_synced_with_its_folders_even_if_a_file_of_it_is_gone(tmp_path, monkeypatch):
    fill(tmp_path, "a/one", "b/c/two")
    seen = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: seen.append(Path(f"/proc/self/fd/{descriptor}").readlink()))
    sync([tmp_path / "a/one", tmp_path / "b/c/two", tmp_path / "b/gone"])
    assert seen == [tmp_path / name for name in ("a/one", "b/c/two", ".", "a", "b", "b/c")]
    seen.clear()
    sync([tmp_path / "b/c/two"], root=tmp_path)
    assert seen == [tmp_path / name for name in ("b/c/two", ".", "b", "b/c")]


def test_a_failed_sync_is_said(tmp_path, monkeypatch):
    def fails(_):
        raise OSError(errno.EIO, "Input/output error")

    fill(tmp_path, "a")
    monkeypatch.setattr(os, "fsync", fails)
    assert code(sync, [tmp_path / "a"]) == "E301"


# --- the lock ---


def _python(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)


HOLD = """
    import sys, time
    from pathlib import Path
    from cleaner.files import Lock
    with Lock(Path(sys.argv[1])):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
"""


def test_while_the_lock_is_held_out_says_so_and_afterwards_nothing_is_left(tmp_path):
    out = tmp_path / "new" / "out"
    with Lock(out) as lock:
        assert (out / ".clean.lock").read_text("utf-8").startswith(f"{os.getpid()} ")
        assert (out / ".incomplete").exists()
        assert not lock.broken_off
    assert list(out.iterdir()) == []


def test_a_second_run_names_the_holder_or_waits_for_it(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path), "0.8"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        with pytest.raises(OutputError) as caught, Lock(tmp_path):
            pass
        assert str(caught.value) == (
            f"{tmp_path}: process {holder.pid} on {os.uname().nodename} holds the lock on it; nothing was written;"
            " wait until it has ended, or add --wait [E303]"
        )
        with Lock(tmp_path, wait=True):
            assert holder.wait(10) == 0
            assert code(Lock(tmp_path).__enter__) == "E303"  # the lock is on the file that is there now
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_is_noticed_and_swept_up_after(tmp_path):
    command = [sys.executable, "-c", textwrap.dedent(HOLD), str(tmp_path), "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as holder:
        assert holder.stdout is not None and holder.stdout.readline() == "held\n"
        holder.kill()
    fill(tmp_path, "sub/.clean-0123456789abcdef", ".clean-notes", "a.txt")
    with Lock(tmp_path) as lock:
        assert (lock.broken_off, lock.swept) == (True, 1)
    assert sorted(p.name for p in tmp_path.rglob("*")) == [".clean-notes", "a.txt", "sub"]
    assert sweep(tmp_path) == 0


def test_a_run_that_fails_stays_incomplete_but_lets_go(tmp_path):
    with pytest.raises(RuntimeError), Lock(tmp_path):
        raise RuntimeError
    assert [p.name for p in tmp_path.iterdir()] == [".incomplete"]
    with Lock(tmp_path) as lock:
        assert lock.broken_off
    assert list(tmp_path.iterdir()) == []


def test_out_that_cannot_be_written_is_said_before_anything_is(tmp_path, monkeypatch):
    def denied(*_, **__):
        raise PermissionError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "open", denied)
    assert code(Lock(tmp_path).__enter__) == "E302"
    (tmp_path / "file").write_bytes(b"")
    monkeypatch.undo()
    assert code(Lock(tmp_path / "file").__enter__) == "E301"
