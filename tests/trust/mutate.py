# ruff: noqa: E501 (data)
"""Ways to spoil an input: by bytes, by characters, by tags, by keys and values. Each is a function of its `chance`."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from typing import Any

BYTES = (b"\0", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\x1b[", b"\xed\xa0\x80", b"\xc0\x80", b"\x85")
TEXTS = (
    "\u202e", "\u200b", "\ufeff", "\u2028", "\u0085", "\x0b", "\x0c", "\r", "\r\n", "\ud800", "〓", "領(lǐng)", "365bet体育", "分享到:", "�",
    "𠀀", "\U000e0100", "\ue000", "a\u0301", "\u0345", "&#1;", "<![CDATA[", "</p>", "<script>", "<!--", "]]>", "&amp;", '"', "'", "\\",
    "\t", "\n\n\n", " " * 50, "（" * 30, "[[rule]]", "{", "}", "null", "1e999", "-1", "🎰", "İ", "ß", "ﬁ", "㈠", "ｱ", "䶵", "瞭", "苧",
    "责任编辑：王小明\n", "上一篇：无\n", "2020-13-45 25:61", "http://a.b/c?d=e&f", "【", "】", "\n标题\n", "==========\n",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2**31, 2**63, 10**30, 0.0, 1.5, -0.1, float("inf"), float("nan"), "", "x", "\0", "\n", "\x1b[31m", "\u202e",
    "领导", "..", "../x", "/etc/passwd", "a/../../b", "zh-core", "E111", "%s", "{0}", "\\", "(", "[", "(?P<a>", ".*", "x*", "(?i)",
    r"\p{Han}", r"\p{Nope}", r"\g<9>", r"(a|b", "a{1000000}", "(?<=a*)b", r"\1", "[[:alpha:]]", r"\N{FOO}", "UTC", "Asia/Nowhere",
    [], [[]], [None], [1], ["x"], ["x", "x"], [["a", "b"]], [["a"]], [["a", "b", "c"]], {}, {"a": "b"}, {"a": "a"}, {"a": "b", "b": "a"}, {"": "x"},
    "x" * 5000, ["x"] * 300,
)  # fmt: skip
TAGS = (
    "<div>", "</div>", "<p>", "</p>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<article>", "</article>", "<br>", "<br/>", "<a href='x'>",
    "</a>", "<script>", "</script>", "<style>", "</style>", "<!--", "-->", "<![CDATA[", "]]>", "<textarea>", "<title>", "<noscript>", "<svg>",
    "<math>", "<template>", "<frameset>", "<plaintext>", "<select><option>", "<body>", "</body>", "</html>", "<head>", "<ruby>导<rt>dǎo</rt></ruby>",
    "&#1;", "&#0;", "&#xD800;", "&#x110000;", "&nbsp;", "&bogus;", "<meta charset=big5>", "<base href=//x>", "<!DOCTYPE html [<!ENTITY a 'b'>]>", "&a;",
    "<?xml version='1.0' encoding='gbk'?>", "<p hidden>", "<p style='display:none'>", "<ul><li>", "<b><i></b></i>", "<", ">", "\0", "<>", "</>",
    "<p " + "a=1 " * 40 + ">", "<div>" * 60, "</div>" * 60, "<x-y>", "<p\n>", "<time datetime='2020-01-01'>",
)  # fmt: skip
_TAG = re.compile(r"(<[^>]*>)")


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return `raw` after 1 to 8 mutations of its bytes and lines."""
    for _ in range(chance.randint(1, 8)):
        at, end = sorted(chance.randrange(len(raw) + 1) for _ in range(2))
        end = min(end, at + 200)
        way = chance.randrange(8)
        if way == 0:
            raw = raw[:at] + raw[end:]
        elif way == 1:
            raw = raw[:end] + raw[at:end] * chance.randint(1, 20) + raw[end:]
        elif way == 2:
            raw = raw[:at] + chance.choice(BYTES) + raw[at:]
        elif way == 3:
            raw = raw[:at] + chance.choice(TEXTS).encode("utf-8", "surrogatepass") + raw[at:]
        elif way == 4 and at < len(raw):
            raw = raw[:at] + bytes([raw[at] ^ 1 << chance.randrange(8)]) + raw[at + 1 :]
        elif way == 5:
            raw = raw[:at] + raw[end:] + raw[at:end]
        elif way == 6:
            lines = raw.split(b"\n")
            chance.shuffle(lines)
            raw = b"\n".join(lines)
        else:
            raw = raw[:at]
    return raw


def reshaped(text: str, chance: random.Random, others: Sequence[str]) -> str:
    """Return a text after 1 to 8 mutations of its characters and lines; it stays a text (but for lone surrogates)."""
    for _ in range(chance.randint(1, 8)):
        at, end = sorted(chance.randrange(len(text) + 1) for _ in range(2))
        end = min(end, at + 80)
        way = chance.randrange(9)
        if way == 0:
            text = text[:at] + text[end:]
        elif way == 1:
            text = text[:end] + text[at:end] * chance.randint(1, 10) + text[end:]
        elif way in (2, 3):
            text = text[:at] + chance.choice(TEXTS) + text[at:]
        elif way == 4:
            text = text[:at] + chr(_point(chance)) + text[at + 1 :]
        elif way == 5:
            lines = text.split("\n")
            chance.shuffle(lines)
            text = "\n".join(lines)
        elif way == 6:
            text = text[:at] + "\n" + chance.choice(chance.choice(others).split("\n")) + "\n" + text[at:]
        elif way == 7:
            text = text[:at] + text[at:end].swapcase()[::-1] + text[end:]
        else:
            text = text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", " \n", "\u3000\n")), chance.randint(1, 9))
    return text


def _point(chance: random.Random) -> int:
    """Return a code point, the interesting planes as likely as the large ones."""
    low, high = chance.choice(
        ((1, 0xFF), (0x2000, 0x206F), (0x3000, 0x33FF), (0x4E00, 0x9FFF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF))
    )
    return chance.randint(low, high)


def retagged(page: str, chance: random.Random) -> str:
    """Return a page after 1 to 8 mutations of its tags and of what stands between them."""
    parts = [part for part in _TAG.split(page) if part]
    for _ in range(chance.randint(1, 8)):
        at, end = sorted(chance.randrange(len(parts) + 1) for _ in range(2))
        way = chance.randrange(5)
        if way == 0:
            parts[at:at] = [chance.choice(TAGS)]
        elif way == 1:
            parts[at : at + 1] = []
        elif way == 2:
            parts[end:end] = parts[at:end] * chance.randint(1, 4)
        elif way == 3 and at < len(parts):
            parts[at] = chance.choice(TEXTS) + parts[at]
        else:
            parts[at : at + 2] = reversed(parts[at : at + 2])
        del parts[4000:]
    return "".join(parts)


def bent(value: Any, chance: random.Random) -> Any:
    """Return a JSON value of which one part is another, gone, doubled, or under another key."""
    if isinstance(value, dict) and value and chance.random() < 0.85:
        key = chance.choice(list(value))
        way = chance.random()
        if way < 0.1:
            return {name: part for name, part in value.items() if name != key}
        if way < 0.2:
            return {(key[:-1] if name == key else name): part for name, part in value.items()}
        return {**value, key: bent(value[key], chance)}
    if isinstance(value, list) and value and chance.random() < 0.85:
        at = chance.randrange(len(value))
        way = chance.random()
        if way < 0.15:
            return value[:at] + value[at + 1 :]
        if way < 0.3:
            return value[: at + 1] + value[at:]
        return [*value[:at], bent(value[at], chance), *value[at + 1 :]]
    if isinstance(value, str) and value and chance.random() < 0.5:
        return reshaped(value, chance, [value])
    if isinstance(value, (int, float)) and not isinstance(value, bool) and chance.random() < 0.5:
        return value * chance.choice((-1, 2, 1000, 0)) + chance.choice((0, 1))
    return chance.choice(VALUES)


def toml(value: Any, top: bool = True) -> str:
    """Return a JSON value as TOML, [[rule]] tables at the top; what TOML cannot say (null) comes out as a mistake."""
    if isinstance(value, dict) and top:
        plain = [f"{_key(k)} = {toml(v, False)}" for k, v in value.items() if k != "rule" or not isinstance(v, list)]
        rules = value.get("rule", [])
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            return "\n".join(plain) + f"\nrule = {toml(rules, False)}\n"
        tables = ("[[rule]]\n" + "".join(f"{_key(k)} = {toml(v, False)}\n" for k, v in rule.items()) for rule in rules)
        return "\n".join(plain) + "\n" + "".join(tables)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(k)} = {toml(v, False)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(v, False) for v in value) + "]"
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
