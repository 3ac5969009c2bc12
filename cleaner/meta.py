"""What bylines say, in one form: dates as ISO 8601, names without labels and brackets, several joined by 、.

Pure functions from text to text. What cannot be read with certainty (10-25-2021, 昨日, a date without a year)
stays as it was written: a record that says less is better than one that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

import regex

Field = Literal["title", "source", "date", "author", "editor", "location"]

ZONE = "+08:00"  # of Beijing, Taipei and Hong Kong alike: what a Chinese byline means if it says nothing
TITLE_HAN, TITLE_CHARS = 5, 60  # a headline has at least so many Han characters, and at most so many characters

_DIGITS = {ord(han): str(digit) for digit, han in enumerate("〇一二三四五六七八九")} | {ord("零"): "0", ord("○"): "0"}
_WIDE = {0xFF10 + i: str(i) for i in range(10)} | {ord("："): ":", ord("／"): "/", ord("．"): ".", ord("－"): "-"}
_ROC_BEGAN = 1911  # 民國元年 is 1912
_DATE = regex.compile(
    r"""
    (?: (?P<roc> (?: 中[华華] )? 民[国國] ) \s* )?
    (?<!\d) (?P<year> \d{4} | \d{2,3} ) \s? (?P<mark> [-/.年] ) \s? (?P<month> \d{1,2} ) \s? (?: (?P=mark) | 月 )
    \s? (?P<day> \d{1,2} ) (?!\d* [年/]) \s? [日号號]?
    (?: \s* [(（]? (?: 星期 | 周 | 週 | 礼拜 | 禮拜 )? [一二三四五六日天] [)）]? (?= [\s\d上下中晚凌早] | $ ) )?
    (?: [\sT,，、|·]*
        (?P<half> 凌晨 | 清晨 | 早上 | 上午 | 中午 | 下午 | 傍晚 | 晚上 | 晚间 | 晚間 | 深夜 | (?i:am|pm) )? \s*
        (?P<hour> \d{1,2} ) \s? [:时時点點] \s? (?P<minute> \d{2} )
        (?: \s? [:分] \s? (?P<second> \d{2} ) (?: \. \d+ )? \s? 秒? | \s? 分 )?
        \s? (?P<after> (?i: [ap]m ) )?
        \s* [(（]?
        (?P<zone> Z | (?: GMT | UTC )? \s? [+-] \d{1,2} (?: :? \d{2} )?
          | (?: 北京 | 台北 | 臺北 | 香港 | 澳门 | 澳門 ) [时時][间間] )? [)）]?
    )?
    """,
    regex.VERBOSE,
)
_HAN_DATE = regex.compile(
    r"([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号號]"
)
_HAN = regex.compile(r"\p{Han}")
_LETTER = regex.compile(r"\p{L}")
_OFFSET = regex.compile(r"([+-])(\d{1,2}):?(\d{2})?")
_TAIL_BRACKET = regex.compile(r"[(（][^()（）]*[)）]?$")
_BETWEEN_NAMES = regex.compile(r"[、,，;；|｜/／&＆]+")
_AFTERNOON = ("下午", "傍晚", "晚上", "晚间", "晚間", "深夜", "pm")

_LABEL = regex.compile(
    r"""
    ^ \s*
    (?: 本报 | 本報 | 实习 | 實習 | 特约 | 特約 | 特派 | 首席 | 资深 | 資深 | 见习 | 責任 | 责任 | 值班 | 网络 | 網路
      | 核稿 | 本文 | 新媒体 )*
    (?: 作者 | 撰文 | 撰稿人? | 记者 | 記者 | 通讯员 | 通訊員 | 供稿 | 编辑 | 編輯 | 责编 | 責編 | 编审 | 編審 | 编译
      | 編譯 | 来源 | 來源 | 稿源 | 出处 | 出處 | 原标题 | 原標題 | 文 )
    \s* (?: [:：/／] | (?<= 者 | 员 | 員 | 编 | 編 | 译 | 譯 | 辑 | 輯 ) )
    """,
    regex.VERBOSE,
)
_ROLES = regex.compile(
    r"(?:实习|實習|特约|特約|特派|首席|见习)?(?:记者|記者|通讯员|通訊員|实习生|實習生|编辑|編輯|编译|編譯)(?=[\s、,，:：]|\p{Han}{2})[:：]?"
)
_AFTER_NAMES = regex.compile(
    r"\s*(?:[/／].*|(?:综合|綜合|联合|聯合)?(?:报道|報道|報導)|[摄攝]影?|整理|撰写|撰寫|[(（][^()（）]{0,8}[)）]?)\s*$"
)
_PAIRS = {
    "(": ")",
    "（": "）",
    "[": "]",
    "【": "】",
    "《": "》",
    "〈": "〉",
    "「": "」",
    "『": "』",
    "“": "”",
    '"': '"',
    "〔": "〕",
}
_HALVES = frozenset((*_PAIRS, *_PAIRS.values()))
_EDGES = " \t\u3000\u00a0|｜·•,，;；:：/／、。-—_"
_PLACE_END = regex.compile(
    r"(?:综合|綜合|即时|即時|专题|專題)?(?:报道|報道|報導|讯|訊|电|電|专访|專訪)?$"  # 台北即時報導, 綜合報導
)


def normal(field: Field, values: Iterable[str], zone: str = ZONE) -> str:
    """Return what `values`, lifted for a field in the order of the text, say; empty if nothing.

    `zone` is the offset of dates with a time that state none ("" leaves them without).
    """
    if field in ("author", "editor"):
        return "、".join(dict.fromkeys(name for value in values for name in names(value)))
    one = next((value.strip() for value in values if value.strip()), "")
    if field == "date":
        return iso_date(one, zone)
    if field == "source":
        return source(one)
    return _PLACE_END.sub("", bare(one)) if field == "location" else bare(one)


def iso_date(text: str, zone: str = ZONE) -> str:
    """Return a date, or a date with a time and its zone, as ISO 8601; `text` itself, trimmed, where it is not certain.

    Years of the Republic (民國110年, 110/10/25) count from 1912. A year of two digits is not certain.
    """
    text = " ".join(text.split())
    folded = _HAN_DATE.sub(_in_digits, text.translate(_WIDE))
    match = _DATE.fullmatch(folded.strip(" |,，()（）[]【】"))
    if match is None:
        return text
    year = int(match["year"])
    if match["roc"] or len(match["year"]) == 3:
        year += _ROC_BEGAN
    elif len(match["year"]) != 4:
        return text
    half = (match["half"] or match["after"] or "").lower()
    hour = int(match["hour"] or 0)
    if half in _AFTERNOON and 1 <= hour < 12:
        hour += 12
    elif half in ("凌晨", "am") and hour == 12:
        hour = 0
    try:
        found = datetime(
            year, int(match["month"]), int(match["day"]), hour, int(match["minute"] or 0), int(match["second"] or 0)
        )
        said = _zone(match["zone"], zone) if match["hour"] else None
    except ValueError:
        return text
    if match["hour"] is None:
        return found.date().isoformat()
    return found.replace(tzinfo=said).isoformat(timespec="seconds" if match["second"] else "minutes")


def _in_digits(match: regex.Match[str]) -> str:
    return f"{match[1].translate(_DIGITS)}年{_number(match[2])}月{_number(match[3])}日"


def _number(han: str) -> int:
    """Return the value of a Han numeral up to 99; 99 for what is none, which no month or day is."""
    tens, ten, ones = han.rpartition("十")
    digits = (tens + ones).translate(_DIGITS)
    if len(tens) > 1 or len(ones) > 1 or (not digits.isdigit() and han != "十"):
        return 99
    return (int(tens.translate(_DIGITS)) if tens else int(bool(ten))) * 10 + (
        int(ones.translate(_DIGITS)) if ones else 0
    )


def _zone(said: str | None, default: str) -> timezone | None:
    """Return the zone that a byline states, or the default. Raises ValueError for hours that no zone has."""
    if said is None:
        said = default
    if not said:
        return None
    if said == "Z":
        return UTC
    found = _OFFSET.search(said)
    if found is None:
        return timezone(timedelta(hours=8))  # Beijing, Taipei, Hong Kong, Macau
    span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    return timezone(-span if found[1] == "-" else span)


def bare(text: str) -> str:
    """Return a text without white space, separators and a pair of brackets around it."""
    text = " ".join(text.split()).strip(_EDGES)
    while len(text) > 1 and _PAIRS.get(text[0]) == text[-1] and text[0] not in text[1:-1]:
        text = text[1:-1].strip(_EDGES)
    if not text or _HALVES.isdisjoint((text[0], text[-1])):
        return text
    for opening, closing in _PAIRS.items():  # half a pair: the rest of what a rule took
        if text.startswith(opening) and closing not in text:
            text = text[1:]
        if text.endswith(closing) and opening not in text:
            text = text[:-1]
    return text.strip(_EDGES)


def source(text: str) -> str:
    """Return the name of a source without its label, brackets, and what follows the name in them."""
    text = _LABEL.sub("", bare(text))
    return bare(_TAIL_BRACKET.sub("", text) or text)


def names(text: str) -> list[str]:
    """Return the names in a byline, without labels, roles and places: `记者 李强 通讯员：王 芳` gives 李强 and 王芳."""
    text = _AFTER_NAMES.sub("", _LABEL.sub("", bare(text)))
    parts: list[str] = []
    for piece in _BETWEEN_NAMES.split(_ROLES.sub("、", text)):
        words = bare(piece).split()
        while words:
            word = words.pop(0)
            if words and _han(word) == len(word) == 1 and _han(words[0]) == len(words[0]) == 1:
                word += words.pop(0)  # a name of two characters, spaced out to the width of three
            if parts and words is not None and word.isascii() and parts[-1].isascii() and parts[-1] in piece:
                parts[-1] += " " + word  # John Smith
            else:
                parts.append(word)
    return [name for part in parts if (name := bare(part)) and _LETTER.search(name)]


def _han(text: str) -> int:
    return len(_HAN.findall(text))


_MENU = regex.compile(r"[>＞»|｜].*[>＞»|｜]|^.{0,12}[>＞»]|首页|首頁|登录|登錄|登入|[当當]前位置")


def headline(lines: Iterable[str]) -> str:
    """Return the headline among the lines before the first prose of an article; empty if there is none."""
    for line in lines:
        text = line.strip().lstrip("#").strip()
        if len(text) > TITLE_CHARS or text.endswith(("。", "；", ";", "，", ",", "：", ":")):
            return ""
        if _han(text) >= TITLE_HAN and not _MENU.search(text):
            return text
        if _han(text) == len(text) == 1:
            return ""  # 雪: the title of a poem, or a button; what follows is a verse, or nobody knows
    return ""
