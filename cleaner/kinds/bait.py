"""The grammar of betting names: a name that is certain with a suffix behind it, or a chain of suffixes nobody writes.

Neither half proves anything alone: 开云 is also Kering, 体育在线 a programme, 银河娱乐 a listed company. Names are
compared folded (Simplified, lower case, half width), one character for one, so positions stay true.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from cleaner.tables import Table

# Traditional forms of the characters in the tables and in the words below (OpenCC t2s; a test compares them).
_TRADITIONAL = (
    "亞佈來侷係偉備傢傳僑儂億優內冊凱剋劇動務區協卽厤員單嗶囌國圍園圖團報場奧奬娛學宮寧寶將專島師廠廣廳強彔彫後徑恆愛慶懞戰戲戶撲擊據攝敎數於旂昇時曆書會朮東査條棊業榮樂標機檔檢檯欄歐歡歷殘氾汎測滾濛濟灣為"
    "煙熱營爲爾獎獲現琱環產産發盃監盤眞眾矇碼稅穫競節築簽籃籤糰紀紹組絡經綜綫網綵線編縣總織繫羅羣習翫聞聯職肅臺舘艦華菸萬蒐蓆藍藝蘇蘋蘭處虛號衆術衕衚衛裏裝裡製視覽計訊記設註証詐詞詢誌課請證護讚貝財貴買費資"
    "賓賭賽贊贏車載輪轉農逕週進遊運達選遼郵鄉銀銷錄錢録錶鍵鎭鎮鏈鏡長門開閑閒閤閱閲關陝陸陽隊際雜雲電韆韋韓頁頂項頭頻額願類顯颱飾館騙騰驗體髮鬍魚鳳鳴鴻鵰點鼕齊齣龍"
)
_SIMPLIFIED = (
    "亚布来局系伟备家传侨侬亿优内册凯克剧动务区协即历员单哔苏国围园图团报场奥奖娱学宫宁宝将专岛师厂广厅强录雕后径恒爱庆蒙战戏户扑击据摄教数于旗升时历书会术东查条棋业荣乐标机档检台栏欧欢历残泛泛测滚蒙济湾为"
    "烟热营为尔奖获现雕环产产发杯监盘真众蒙码税获竞节筑签篮签团纪绍组络经综线网彩线编县总织系罗群习玩闻联职肃台馆舰华烟万搜席蓝艺苏苹兰处虚号众术同胡卫里装里制视览计讯记设注证诈词询志课请证护赞贝财贵买费资"
    "宾赌赛赞赢车载轮转农径周进游运达选辽邮乡银销录钱录表键镇镇链镜长门开闲闲合阅阅关陕陆阳队际杂云电千韦韩页顶项头频额愿类显台饰馆骗腾验体发胡鱼凤鸣鸿雕点冬齐出龙"
)
_FOLD: Mapping[int, int] = (
    {ord(a): ord(b) for a, b in zip(_TRADITIONAL, _SIMPLIFIED, strict=True)}
    | {c: c + 32 for c in range(ord("A"), ord("Z") + 1)}
    | {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
    | {c: c - 0xFEE0 + 32 for c in range(0xFF21, 0xFF3B)}
    | {0x3000: 0x20, 0xA0: 0x20}
)

# Names whose shape is proof: 365bet, bet365, yabet88. Tibet and alphabet are not betting sites.
_SHAPE = (
    r"(?<![a-z0-9])(?:\d{1,4}xbet|\d{2,4}bet\d{0,3}|x?bet\d{2,4}|(?!(?:ti|alpha|sor|gi)bet)[a-z]{1,7}\d{0,4}bet\d{0,4})"
    r"(?:(?![a-z0-9])|(?=app|ios))"
)
SHAPED = re.compile(_SHAPE)
_LATIN_END = r"(?![a-z0-9])"
_SEPARATOR = r"[_\-—–|·•,，、。.@/\\:：;；~!！?★☆●■◆➤>»<«=+&*#\[\]【】()（）{}〔〕「」『』《》“”\"'\s]"
_NEUTRAL = (
    r"https?://[!-~]+|www\.[!-~]+|友情链接|热门搜索|热搜|相关搜索|热门标签|标签|关键词|关键字|本文链接|本文地址|本文网址|原文链接"
    r"|转载请注明(?:出处|来源)?|版权所有|股份有限公司|有限责任公司|有限公司|科技公司|公司|最新|首页|手机|版本|欢迎您|欢迎|点击进入"
    r"|点击|进入|copyright|tags?|v\d+(?:\.\d+)*"
)
_NO_NAME = re.compile("[的了在是和与为被将把从向对等及或到以其这那有个上下中]")
Rows = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4)
def folded(text: str) -> str:
    """Return `fold(text)`; two rules ask for it, of the same text."""
    return fold(text)


def fold(text: str) -> str:
    """Return `text` Simplified (as far as the tables need it), lower case and half width; same length."""
    return text.translate(_FOLD)


class Unit(NamedTuple):
    """A piece of a line: a name, keyword (certain alone), suffix, neutral word, separator, or other text."""

    kind: str
    start: int
    end: int


class Phrase(NamedTuple):
    """Names directly followed by suffixes. `end` is behind the last one; `text` is folded."""

    start: int
    end: int
    names: tuple[str, ...]
    suffixes: tuple[str, ...]


class Signs(NamedTuple):
    """Patterns (of re2, for text that is not folded) of what must be there before anything can be spam.

    `named` is a name that can be certain, with what it needs; `bait` an address; `called` a line with the trade and
    the call to come; `chain` the two in one run of suffixes. Each finds at least what the grammar makes something of.
    """

    named: str
    bait: str
    called: str
    chain: str

    @classmethod
    def of(cls, needs: Mapping[str, tuple[str, ...]], weak: frozenset[str], classes: Mapping[str, str]) -> Signs:
        keys = [word for word, after in needs.items() if after == (".",)]
        names = {*needs, *weak}.difference(keys)
        alone = [word for word in names if word.isascii() and needs.get(word) == ("*",)]
        digit, letter, x, bet = "[0-9\uff10-\uff19]", "[a-zA-Z\uff21-\uff3a\uff41-\uff5a]", _wide("x"), _wide("bet")
        shape = f"{digit}{{1,4}}{x}?{bet}|{x}?{bet}{digit}{digit}|{letter}{{1,7}}{digit}*{bet}"
        apart = r"(?:\A|[^a-zA-Z0-9])"
        behind = f"(?:{_any_of(names)}|{_any_of(classes)})"
        named = f"{_any_of(keys)}|{apart}(?:{_any_of(alone)}|{shape})|{_any_of(names)}{behind}"
        sites = _any_of(("bet", "kaiyun", "leyu", "hth", "yabo", "manbetx"))
        trade = _any_of([word for word, klass in classes.items() if klass in ("field", "bet")])
        shop = _any_of([word for word, klass in classes.items() if klass == "shop"])
        here = _any_of([word for word, klass in classes.items() if klass in ("shop", "place")])
        return cls(
            named,
            f"(?:{_wide('http')}|{_wide('www')})[^ \\n]*{sites}",
            f"{trade}[^\\n]*{shop}|{shop}[^\\n]*{trade}",
            f"{trade}{_any_of(classes)}*{here}",
        )


_FORMS: dict[str, str] = {}
for _one, _other in _FOLD.items():
    _FORMS[chr(_other)] = _FORMS.get(chr(_other), chr(_other)) + chr(_one)


def _wide(word: str) -> str:
    """Return a pattern for a folded word in a text that is not folded."""
    return "".join(f"[{re.escape(_FORMS[char])}]" if char in _FORMS else re.escape(char) for char in word)


def _any_of(words: Iterable[str]) -> str:
    return "(?:" + ("|".join(_wide(word) for word in sorted(words)) or r"[^\x{0}-\x{10ffff}]") + ")"


@dataclass(frozen=True)
class Grammar:
    """What the tables say, compiled. Made once per rule, from folded words."""

    needs: Mapping[str, tuple[str, ...]]
    weak: frozenset[str]
    known: tuple[str, ...]
    classes: Mapping[str, str]
    guards: Mapping[str, tuple[str, ...]]
    name: re.Pattern[str]
    suffix: re.Pattern[str]
    unit: re.Pattern[str]
    signs: Signs

    @classmethod
    def of(cls, brands: Table, weak: Table, suffixes: Table, known: Table | None) -> Grammar:
        return _grammar(brands.rows, weak.rows, suffixes.rows, known.rows if known else ())

    @classmethod
    def of_rows(cls, brands: Rows, weak: Rows, suffixes: Rows, known: Rows) -> Grammar:
        needs = {row[0]: tuple(row[1].split()) if len(row) > 1 else ("*",) for row in brands}
        faint = frozenset(row[0] for row in weak)
        classes = {row[0]: row[1] for row in suffixes}
        guards = {row[0]: tuple(row[2].split()) for row in suffixes if len(row) > 2}
        keys = [word for word, after in needs.items() if after == (".",)]
        names = [word for word, after in needs.items() if after != (".",)] + sorted(faint - needs.keys())
        suffix = _either(classes)
        first = "".join(sorted({re.escape(word[0]) for word in (*keys, *names) if not word[0].isascii()}))
        begin = f"(?=[a-z0-9{first}])"  # nearly every position fails here, at the price of one look
        name = rf"{begin}(?:{_either(names, suffix)}|{_SHAPE})"
        unit = (
            rf"(?P<key>{_either(keys)})|(?P<name>{name})|(?P<suffix>{suffix})|(?P<neutral>{_NEUTRAL})"
            rf"|(?P<separator>{_SEPARATOR})|(?P<other>.)"
        )
        return cls(
            needs,
            faint,
            tuple(row[0] for row in known),
            classes,
            guards,
            re.compile(f"{begin}(?:(?P<key>{_either(keys)})|(?P<name>{name}))"),
            re.compile(suffix),
            re.compile(unit),
            Signs.of(needs, faint, classes),
        )

    @cached_property
    def units(self) -> Callable[[str], tuple[Unit, ...]]:
        """Return what takes a folded text apart; each rule and pass asks it of the same few lines."""

        def apart(text: str) -> tuple[Unit, ...]:
            return tuple(Unit(m.lastgroup or "other", m.start(), m.end()) for m in self.unit.finditer(text))

        return lru_cache(maxsize=64)(apart)  # of a document, not of a corpus

    def phrase(self, text: str, match: re.Match[str]) -> Phrase:
        """Return the phrase that begins with `match` (of `name`) in the folded `text`."""
        names, at = [match.group()], match.end()
        while (more := self.name.match(text, at)) and more.lastgroup == "name":
            names.append(more.group())
            at = more.end()
        suffixes, at = self.chain(text, at)
        return Phrase(match.start(), at, tuple(names), suffixes)

    def chain(self, text: str, at: int) -> tuple[tuple[str, ...], int]:
        """Return the suffixes that stand one behind the other from `at`, and where they end."""
        found = []
        while more := self.suffix.match(text, at):
            found.append(more.group())
            at = more.end()
        return tuple(found), at

    def trimmed(self, text: str, phrase: Phrase) -> Phrase:
        """Return `phrase` without last suffixes that belong to what follows: 体育|公园, 注册|资本."""
        start, end, names, suffixes = phrase
        while suffixes and text.startswith(self.guards.get(suffixes[-1], ()), end):
            end -= len(suffixes[-1])
            suffixes = suffixes[:-1]
        return Phrase(start, end, names, suffixes)

    def certain(self, text: str, phrase: Phrase) -> bool:
        """Say whether a phrase is betting spam and can be nothing else."""
        names, suffixes = phrase.names, phrase.suffixes
        latin = any(name.isascii() and not name.isdigit() for name in names)
        if latin and not all(name.isascii() for name in names):
            return True  # a name with its own alias: 凯发k8, 万博manbetx
        if not suffixes:
            return False
        last = names[-1]
        if self.proven(last):
            return True
        suffixes = self.trimmed(text, phrase).suffixes
        if not suffixes:
            return False
        if "".join(suffixes).startswith(self.needs.get(last, ())):
            return True
        return self.complete(suffixes) or (self.classes[suffixes[0]] == "bet" and not last.isdigit())

    def proven(self, name: str) -> bool:
        """Say whether `name` is that of a betting site before any suffix: by table, or by its shape (365bet)."""
        return self.needs.get(name, () if name in self.weak else ("*",)) == ("*",)

    def complete(self, suffixes: Sequence[str]) -> bool:
        """Say whether a chain has the trade and the call to come: 体育 + 官网. Nobody writes that in prose."""
        classes = {self.classes[suffix] for suffix in suffixes}
        return "shop" in classes and not classes.isdisjoint(("field", "bet"))

    def foreign(self, name: str) -> bool:
        """Say whether `name` may be an invented one: no known word at its end, no particle in it."""
        if not 2 <= len(name) <= 10 or name.isdigit() or name.endswith(self.known) or _NO_NAME.search(name):
            return False
        return len(name) <= 5 or name.isascii()


@lru_cache(maxsize=8)
def _grammar(brands: Rows, weak: Rows, suffixes: Rows, known: Rows) -> Grammar:
    """Return the one grammar of some tables: three rules have the same, and compiling it takes longer than a text."""
    return Grammar.of_rows(brands, weak, suffixes, known)


def _either(words: Sequence[str] | Mapping[str, str], suffix: str = "") -> str:
    """Return a pattern for any of `words`, the longest first; Latin words end where no letter follows.

    With `suffix` the words are names: Latin ones begin where no letter stands before, and may end at a suffix.
    """
    if not words:
        return r"(?!)"
    end = rf"(?:{_LATIN_END}|(?={suffix}))" if suffix else _LATIN_END
    parts = []
    for word in sorted(words, key=lambda word: (-len(word), word)):
        begin = r"(?<![a-z0-9])" if suffix and word[0].isascii() else ""
        parts.append(begin + re.escape(word) + (end if word[-1].isascii() else ""))
    return "(?:" + "|".join(parts) + ")"
