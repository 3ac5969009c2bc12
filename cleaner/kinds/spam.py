"""Find betting-site spam: title lines, names glued to a title, and keywords planted inside sentences.

Hacked and planted pages carry search-engine bait: `BRAND SUFFIX+`, chained by separators. Neither half
proves anything alone: 开云 is also Kering, 体育在线 a programme, 银河娱乐 a listed company. So what counts is
grammar: a name that is certain (tables, or a shape such as 365bet) with a suffix behind it, or a name
that is not, with a chain of suffixes that nobody writes in prose. Names are compared folded (Simplified,
lower case, half width), one character for one, so positions stay true.

Three modes, one rule each: `line` takes a whole line away, `edge` cuts the spam part off a real title or
off the end of a paragraph, `token` replaces a keyword inside a sentence, where the lost word stays lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import ClassVar, Literal, NamedTuple

from cleaner.context import Context, Line, Proposal
from cleaner.kinds.prefilter import quick
from cleaner.tables import Table

LINE_CHARS = 240  # a title line is short; longer lines are only looked at from their ends
EDGE_CHARS = 80  # how far from either end of a line spam may reach
COVERED = 0.70  # share of a line that names, suffixes and labels take in a title line (measured on planted pages)
TITLE_CHARS = 8  # a line so long that stands in two lines running is no chance
REACH = 500  # how far a sentence is looked at from a keyword
FEW_HAN = 6  # with two names, fewer Han characters than this outside the grammar are no title

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
_SHAPED = re.compile(_SHAPE)
_LATIN_END = r"(?![a-z0-9])"
_SEPARATOR = r"[_\-—–|·•,，、。.@/\\:：;；~!！?★☆●■◆➤>»<«=+&*#\[\]【】()（）{}〔〕「」『』《》“”\"'\s]"
_NEUTRAL = (
    r"https?://[!-~]+|www\.[!-~]+|友情链接|热门搜索|热搜|相关搜索|热门标签|标签|关键词|关键字|本文链接|本文地址|本文网址|原文链接"
    r"|转载请注明(?:出处|来源)?|版权所有|股份有限公司|有限责任公司|有限公司|科技公司|公司|最新|首页|手机|版本|欢迎您|欢迎|点击进入"
    r"|点击|进入|copyright|tags?|v\d+(?:\.\d+)*"
)
_URL_BAIT = re.compile(r"(?:https?://|www\.)\S*?(?<![a-z])(?:\d*bet\d+|\d+bet|kaiyun|leyu|hth|yabo|manbetx)(?![a-z])")
_STRONG_SEPARATOR = frozenset("_-—–|·•@/【】[]()（）「」『』")
_OPENERS, _CLOSERS = "“\"'「『《‘【[（(", "”\"'」』》’】]）)"
_SENTENCE_END = "。！？!?；;…”」』）)"
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_CLAUSE = re.compile(r"[。！？!?；;，,：:\n]")
# Who writes of betting names the sites: a keyword in such a sentence may be what it is about.
_SPEAKS_OF_IT = re.compile(
    "赌|博彩|诈骗|骗局|骗走|冒充|查处|查封|被黑|篡改|山寨|下注|押注|充值|提现|沉迷|上瘾|成瘾|戒断|输光|输掉|输了|输钱|输得|血本无归|巨债|欠债|欠下"
    "|抽头|渔利|盘口|赔率|返水|彩金|洗钱|跑分|抓获|落网|开庭审理|犯罪嫌疑|被告人|非法经营"
)
_SPEAKS_OF_IT_HERE = re.compile(
    "赞助|胸前|球衣|代言|冠名|虚假|域名|网站|俱乐部|球队|英超|意甲|西甲|德甲|联赛|被告|法院|法庭|检方|警方|涉案|判处|起诉"
    "|还债|负债|网贷|被骗|毕生积蓄|全部积蓄|倾家荡产|转账|转给|汇款|汇给|流向|客服|玩家|会员|代理|服务器"
)
# A contract is made with a firm, not with a word that a keyword took the place of.
_PARTNER_BEFORE = re.compile("[与和同跟]$")
_PARTNER_AFTER = re.compile(".{0,3}?(?:签约|签署|签下|续约|解约|达成|携手|联手|结盟|成为合作)")
# Keywords that name what there is, a casino or a game: 新葡京娱乐城是澳门的地标, 网上百家乐也很流行.
_A_PLACE_OR_GAME = re.compile("澳门|拉斯维加斯|地标|酒店|旅游|建筑|游客|流行|玩法|玩家|规则|发牌|牌桌")
# What a text about betting is full of. Court and police alone are not: pages about any crime are hacked too.
_TOPIC = re.compile(
    "赌|博彩|下注|押注|投注|百家乐|充值|提现|沉迷|输光|输掉|血本无归|巨债|抽头|渔利|盘口|赔率|庄家|老虎机|彩金|六合彩|荷官|胸前广告|赞助"
)
DENSE = 3  # so many such words, and one in ...
DENSE_CHARS = 300  # ... so many characters at least: then names in the text are its subject
# A true verb behind a name is the sentence's own: 在乐鱼体育官网|充值三万元, 通过凯发k8|提现.
_ALWAYS_VERB = frozenset(("充值", "提现"))
_MAYBE_VERB = frozenset(("注册", "登录", "登陆", "登入", "下载", "投注", "开户"))
_COUNTED = "[一二两三四五六七八九十百千万数几\\d]+[余多]?[次万千百元回笔]"
_GOES_ON = f"(?:[了过着]|账[号户]|帐[号户]|会员|成功|之后|以后|并|{_COUNTED})"
_VERB_GOES_ON = re.compile(_GOES_ON)
_USED = re.compile(f"(?:注册|登录|登陆|登入|下载|投注|开户){_GOES_ON}")  # then it is the site that is meant
# A line with so much to say before its colon introduces what stands under it; 友情链接： does not.
_INTRODUCES = re.compile("[\u4e00-\u9fff].{4,}[:：]$")
# Behind a planted keyword the interrupted sentence goes on; behind a name that is meant, it is spoken of.
_SPOKEN_OF = re.compile(
    "显示|公布|发布|消息|讯|获悉|公告|了解|查询|披露|报道|直播|转播|购票|报名|介绍|称|表示|宣布|上线|推出|是|为|的|上|和|与|及|、|等|[”」』》）)]"
)
_POINTED_AT = re.compile("(?:登录|登陆|访问|通过|打开|关注|浏览|下载|使用|据|、|“|「|《|（|\\()$")
# Near a bare 1xbet these words make it a firm in the news, or the thing that a sentence is about.
_A_FIRM = re.compile(
    "网站|网址|域名|公司|平台|集团|品牌|宣布|表示|声称|续约|签约|合作|伙伴|球队|俱乐部|赔率|开出|字符|邮箱|账号|账户|用户名|代码|密码"
)
_NO_NAME = re.compile("[的了在是和与为被将把从向对等及或到以其这那有个上下中]")
_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,4}$")
_MIXED_NAME = re.compile("(?=[a-z0-9]*[a-z])(?=[a-z0-9]*[0-9])[a-z0-9]{2,10}$")

Mode = Literal["line", "edge", "token"]
Rows = tuple[tuple[str, ...], ...]


@lru_cache(maxsize=4)
def _folded(text: str) -> str:
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


@dataclass(frozen=True)
class Spam:
    """`brands` are names with what they need behind them, `weak` names that are other things too.

    `suffixes` have a class (field, bet, shop, place) and what may not follow them; `known` are words
    that rightly stand before a suffix. `put` is used in place of the setting for a masked word, if given.
    """

    stage: ClassVar = "lines"  # a rule in mode "token" says stage = "words"

    mode: Mode
    brands: Table
    weak: Table
    suffixes: Table
    known: Table | None = None
    put: str = ""

    @cached_property
    def grammar(self) -> Grammar:
        return Grammar.of(self.brands, self.weak, self.suffixes, self.known)

    def __getstate__(self) -> dict[str, object]:
        return {key: value for key, value in self.__dict__.items() if key != "grammar"}

    @property
    def text_patterns(self) -> tuple[str, ...]:
        """What this kind asks `Context.may_hold` for: one of them has to be there."""
        signs = self.grammar.signs
        if self.mode == "line":
            return signs.named, signs.bait, signs.called
        return (signs.named, signs.bait, signs.called) if self.mode == "edge" else (signs.named, signs.chain)

    def __call__(self, context: Context) -> Iterator[Proposal]:
        if not any(context.may_hold((pattern,)) for pattern in self.text_patterns):
            return iter(())
        if self.mode == "token":
            return self._tokens(context)
        return self._lines(context) if self.mode == "line" else self._edges(context)

    def _worth(self, context: Context) -> Callable[[str], bool]:
        """Return what says quickly whether a line may hold what this rule looks for."""
        fast = quick("|".join(f"(?:{pattern})" for pattern in self.text_patterns)) if context.overview else None
        return fast or _always

    # --- whole lines -------------------------------------------------------------------------------------

    def _lines(self, context: Context) -> Iterator[Proposal]:
        done = 0
        worth = self._worth(context)
        listed = False  # under a line that introduces a list, as far as titles and blank lines go
        for i, line in enumerate(context.lines):
            if not line.stripped:
                continue
            short = 2 < len(line.stripped) <= LINE_CHARS and worth(line.stripped)
            if short and not context.prose_at(i) and self._is_title(fold(line.stripped)):
                start, end = context.cut(i, i + 1)
                yield Proposal(max(start, done), end, "", level="ask" if listed else None)
                done = end
            else:
                listed = self._introduces(line.stripped)

    def _introduces(self, line: str) -> bool:
        """Say whether a line announces what stands under it, in words of its own (友情链接： has none)."""
        if line[-1] not in ":：" or not _INTRODUCES.search(line[-EDGE_CHARS:]):
            return False
        return any(unit.kind == "other" for unit in self._units(fold(line[-EDGE_CHARS:])))

    def _is_title(self, text: str) -> bool:
        """Say whether the folded line is spam as a whole."""
        grammar = self.grammar
        if not grammar.suffix.search(text) and not grammar.name.search(text):
            return False
        units = self._units(text)
        size = dict.fromkeys(("key", "name", "suffix", "neutral", "separator", "other"), 0)
        for unit in units:
            size[unit.kind] += unit.end - unit.start
        words = sum(size.values()) - size["separator"]
        if not words or not size["suffix"] + size["key"] + size["name"]:
            return False
        covered = 1 - size["other"] / words
        hits, certain, called = self._hits(text, units)
        if certain and covered >= COVERED:
            return True
        if hits >= 2 and (certain or called) and _han(text, units) < FEW_HAN:
            return True
        return (covered == 1 and self._pure_chain(text, units)) or self._is_unknown(text, units)

    def _hits(self, text: str, units: Sequence[Unit]) -> tuple[int, bool, bool]:
        """Return how many names stand in the line, whether one is certain, and whether one is called upon."""
        hits, certain, called = 0, bool(_URL_BAIT.search(text)), False
        at = 0
        for unit in units:
            if unit.kind == "key":
                hits, certain = hits + 1, True
            if unit.kind != "name" or unit.start < at:
                continue
            match = self.grammar.name.match(text, unit.start)
            if match is None:
                continue
            phrase = self.grammar.phrase(text, match)
            at = phrase.end
            hits += 1
            certain = certain or self.grammar.certain(text, phrase)
            called = called or any(self.grammar.classes[s] == "shop" for s in phrase.suffixes)
        return hits, certain, called

    def _pure_chain(self, text: str, units: Sequence[Unit]) -> bool:
        """Say whether a line of suffixes alone speaks of betting itself and calls to come: 百家乐-在线APP官网."""
        found = [self.grammar.classes[text[u.start : u.end]] for u in units if u.kind == "suffix"]
        return "bet" in found and found.count("shop") >= 2

    def _is_unknown(self, text: str, units: Sequence[Unit]) -> bool:
        """Say whether the line is a chain of suffixes behind one name that no table knows.

        Each segment is `NAME? SUFFIX+` with the same name in all, at least two in all and at least four
        suffixes, or one segment of three; two of them call to come, and one names the trade.
        """
        names, suffixes, segments, last = set(), [], 0, ""
        run, times = "", 0
        for unit in [*units, Unit("separator", len(text), len(text))]:
            word = text[unit.start : unit.end]
            if unit.kind == "suffix":
                suffixes.append(word)
                if run:
                    names.add(run)
                    times += 1
                run = ""
            elif unit.kind in ("other", "name"):
                if last == "suffix":
                    return False
                run += word
            elif unit.kind == "separator":
                segments += last == "suffix"
                if run:
                    return False
            last = unit.kind
        classes = [self.grammar.classes[suffix] for suffix in suffixes]
        if len(names) != 1 or not self.grammar.foreign(next(iter(names))):
            return False
        enough = len(suffixes) >= 4 if segments > 1 else len(suffixes) >= 3
        # one call is enough where betting itself is named and the name stands twice with a chain behind it, or thrice:
        # nobody but a shop says 鼎盛娱乐_鼎盛娱乐平台_鼎盛娱乐官网
        repeated = times >= 3 or (times == 2 and "bet" in classes)
        called = classes.count("shop") >= 2 or (repeated and "shop" in classes)
        return enough and called and self.grammar.complete(suffixes)

    def _units(self, text: str) -> tuple[Unit, ...]:
        return self.grammar.units(text)

    # --- edges of a line ---------------------------------------------------------------------------------

    def _edges(self, context: Context) -> Iterator[Proposal]:
        worth = self._worth(context)
        for i, line in enumerate(context.lines):
            if len(line.stripped) < 8 or not worth(_ends(line.stripped)):
                continue
            base = line.start + context.text[line.start : line.end].index(line.stripped[0])
            text = fold(line.stripped)
            low = self._prefix(text, context.prose_at(i)) or self._before_title(context, i, text)
            high = self._suffix(text, context.prose_at(i))
            if sum(c.isalpha() for c in text[low:high]) < 4:
                continue  # nothing of a title would be left: a matter for the rule of whole lines
            if low:
                yield Proposal(base, base + low, "")
            if high < len(text):
                yield Proposal(base + high, base + len(text), "")

    def _prefix(self, text: str, prose: bool) -> int:
        """Return where the real text begins, behind spam and its separator; 0 if there is none."""
        head = text[:EDGE_CHARS]
        run = self._run(head, self._units(head))
        while run and run[-1].kind != "separator":
            run.pop()
        end = next((unit.end for unit in reversed(run) if text[unit.start] in _STRONG_SEPARATOR), 0)
        if (
            not end and run and not prose and text[run[-1].start] not in "、，,"
        ):  # 乐鱼体育、亚博体育等赞助商: a list goes on
            end = run[-1].end
        while end < len(text) and text[end] in " _-|":
            end += 1
        return end if end < len(text) and self._is_bait(text[:end]) else 0

    def _before_title(self, context: Context, i: int, text: str) -> int:
        """Return where a title begins that stands again in the next line, behind the trade and two calls to come.

        The name before them may be in no table: what is cut is no part of the title, as the page itself shows.
        """
        below = next((line.stripped for line in context.lines[i + 1 :] if line.stripped), "")
        if not TITLE_CHARS <= len(below) < len(text) or context.prose_at(i):
            return 0
        head = text[: -len(below)]
        units = self._units(head) if text.endswith(fold(below)) else ()
        if not units or units[-1].kind != "separator":
            return 0
        suffixes = [head[unit.start : unit.end] for unit in units if unit.kind == "suffix"]
        name = "".join(head[unit.start : unit.end] for unit in units if unit.kind in ("other", "name"))
        calls = [self.grammar.classes[suffix] for suffix in suffixes].count("shop")
        spam = calls >= 2 and self.grammar.complete(suffixes) and (not name or self.grammar.foreign(name))
        return len(head) if spam else 0

    def _suffix(self, text: str, prose: bool) -> int:
        """Return where the real text ends, before spam and its separator; the length if there is none."""
        skip = max(0, len(text) - EDGE_CHARS)
        tail = text[skip:]
        units = self._units(tail)[::-1]
        run = self._run(tail, units)[::-1]
        if not run or (len(run) == len(units) and skip == 0):
            return len(text)
        begin = after = skip + run[0].start
        while after < len(text) and text[after] in _SENTENCE_END:
            after += 1
        if after > begin or (begin and text[begin - 1] in _SENTENCE_END):
            begin = after
        else:
            strong = (u.start for u in run if u.kind == "separator" and tail[u.start] in _STRONG_SEPARATOR)
            begin = skip + next(strong, len(tail))
            if prose and text[begin : begin + 1] not in ("(", "[", "【"):
                return len(text)
        while begin and begin < len(text) and text[begin - 1] in " _-|":
            begin -= 1
        return begin if begin < len(text) and self._is_bait(text[begin:]) else len(text)

    @staticmethod
    def _run(text: str, units: Sequence[Unit]) -> list[Unit]:
        """Return the units from the start of `units` up to the first that is other text."""
        run: list[Unit] = []
        for unit in units:
            if unit.kind == "other":
                break
            run.append(unit)
        return run

    def _is_bait(self, text: str) -> bool:
        """Say whether a part cut off at an edge is certain: by grammar, or one certain Latin name by itself."""
        bare = text.strip("_-—–|·•@/【】[]()（） ")
        if self.grammar.name.fullmatch(bare) and self.grammar.proven(bare):
            return bare.isascii()
        units = self._units(text)
        return self._hits(text, units)[1]

    # --- words in a sentence -----------------------------------------------------------------------------

    def _tokens(self, context: Context) -> Iterator[Proposal]:
        policy = context.settings.spam_words
        if policy == "keep":
            return
        text = _folded(context.text)
        done = 0
        worth = self._worth(context)
        lines = [line for line in context.lines if line.stripped and worth(line.stripped)]
        found = sorted(self._found(text, lines), key=lambda f: (f[0], -f[1], not f[2]))
        subject = bool(found) and _is_subject(text, found)
        for start, end, sure in found:
            if start < done:
                continue
            planted = sure and not subject and self._is_planted(text, start, end)
            level: Literal["ask"] | None = None if planted else "ask"
            if policy == "drop-sentence" and level is None:
                low, high = _around(_SENTENCE, context.text, start, end)
                low = max(low, done)
                yield Proposal(low, high, "")
                done = high
                continue
            yield Proposal(start, end, self._new(context, start, end), level=level)
            done = end

    def _new(self, context: Context, start: int, end: int) -> str:
        settings = context.settings
        if settings.spam_words == "delete":
            return ""
        if settings.spam_words == "map":
            word = fold(context.text[start:end])
            for keyword, meant in settings.spam_map:
                if fold(keyword) == word:
                    return meant
        return self.put or settings.placeholder

    def _found(self, text: str, lines: Sequence[Line]) -> Iterator[tuple[int, int, bool]]:
        """Yield (start, end, sure) of keywords in some lines of the folded text; they may overlap."""
        for line in lines:
            yield from ((start, end, True) for start, end in self._named(text, line))
        yield from self._unnamed(text, lines)

    def _named(self, text: str, line: Line) -> Iterator[tuple[int, int]]:
        grammar, at = self.grammar, line.start
        while match := grammar.name.search(text, at, line.end):
            at = match.end()
            if match.lastgroup == "key":
                if not text.startswith(("站", "络", "赌"), at):
                    suffixes, at = grammar.chain(text, at)
                    key = Phrase(match.start(), at, (match.group(),), suffixes)
                    yield match.start(), self._without_verb(text, key).end
                continue
            phrase = grammar.phrase(text, match)
            bare = (
                not phrase.suffixes and _SHAPED.fullmatch(match.group()) and not _A_FIRM.search(text, *_reach(phrase))
            )
            if grammar.certain(text, phrase) or bare:
                end = self._without_filler(text, phrase)
                yield match.start(), end
                at = max(at, end)

    def _without_filler(self, text: str, phrase: Phrase) -> int:
        """Return the end of the keyword without a last 中国 or 平台 that the sentence may need."""
        phrase = self._without_verb(text, phrase)
        if not self.grammar.proven(phrase.names[-1]):
            phrase = self.grammar.trimmed(text, phrase)
        if len(phrase.suffixes) > 1 and phrase.suffixes[-1] in ("中国", "国际", "综合", "平台", "亚洲", "集团", "全站"):
            shorter = phrase._replace(end=phrase.end - len(phrase.suffixes[-1]), suffixes=phrase.suffixes[:-1])
            if self.grammar.certain(text, shorter):
                return shorter.end
        return phrase.end

    def _without_verb(self, text: str, phrase: Phrase) -> Phrase:
        """Return the keyword without a verb at its end, which is the sentence's: 官网|充值, 投注|了, k8|提现."""
        start, end, names, suffixes = phrase
        while suffixes and (
            suffixes[-1] in _ALWAYS_VERB or (suffixes[-1] in _MAYBE_VERB and _VERB_GOES_ON.match(text, end))
        ):
            end -= len(suffixes[-1])
            suffixes = suffixes[:-1]
        return Phrase(start, end, names, suffixes)

    def _is_planted(self, text: str, start: int, end: int) -> bool:
        """Say whether a keyword interrupts a sentence: glued to it, not quoted, and not its subject matter."""
        before, after = text[start - 1 : start], text[end : end + 1]
        if before in (" ", "\t") or after in (" ", "\t"):
            return False
        if before in ("", "\n") and after in ("", "\n"):
            return False  # the whole line: there is no sentence that it interrupts
        if before and before in _OPENERS and after and after in _CLOSERS:
            return False
        low, high = _around(_SENTENCE, text, start, end)
        if _SPEAKS_OF_IT.search(text[low:start] + "\n" + text[end:high]):
            return False
        if _USED.match(text, end) or _USED.match(text, end - 2):  # 投注 may be the end of the keyword: 体育投注|了
            return False
        low, high = _around(_CLAUSE, text, start, end)
        if self._is_there(text, start) and _A_PLACE_OR_GAME.search(text[low:start] + "\n" + text[end:high]):
            return False
        if _PARTNER_BEFORE.search(text[low:start]) and _PARTNER_AFTER.match(text, end):
            return False
        return not _SPEAKS_OF_IT_HERE.search(text[low:start] + "\n" + text[end:high])

    def _is_there(self, text: str, start: int) -> bool:
        """Say whether the keyword at `start` names a casino, a game or another thing that there is."""
        match = self.grammar.name.match(text, start)
        return match is not None and (match.lastgroup == "key" or match.group() in self.grammar.weak)

    def _unnamed(self, text: str, lines: Sequence[Line]) -> Iterator[tuple[int, int, bool]]:
        """Yield keywords whose name no table knows: sure if Latin with digits, or twice where they make no sense.

        One Han name alone is never sure, since nobody can see where it begins.
        """
        grammar = self.grammar
        places: dict[tuple[str, ...], list[tuple[int, int]]] = {}
        for match, suffixes, end in chain.from_iterable(self._chains(text, line) for line in lines):
            phrase = grammar.trimmed(text, Phrase(match, end, (), suffixes))
            if not phrase.suffixes:
                continue
            latin = _MIXED_NAME.search(text[max(0, match - 11) : match])
            classes = [grammar.classes[suffix] for suffix in phrase.suffixes]
            trade = classes[0] in ("field", "bet")
            if latin and trade and ("shop" in classes or "place" in classes):
                if grammar.foreign(latin.group()) and grammar.name.search(latin.group()) is None:
                    yield match - len(latin.group()), phrase.end, True
            elif trade and grammar.complete(phrase.suffixes):
                places.setdefault(phrase.suffixes, []).append((match, phrase.end))
        for suffixes in sorted(places):
            yield from self._repeated(text, places[suffixes])

    def _chains(self, text: str, line: Line) -> Iterator[tuple[int, tuple[str, ...], int]]:
        """Yield the chains of suffixes in a line of the folded text: start, suffixes, end."""
        at = line.start
        while match := self.grammar.suffix.search(text, at, line.end):
            suffixes, end = self.grammar.chain(text, match.start())
            at = max(match.end(), end)
            yield match.start(), suffixes, end

    def _repeated(self, text: str, spans: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, bool]]:
        """Yield spans whose unknown Han name shows by repetition: what all have in common before the suffixes."""
        befores = [text[max(0, start - 5) : start] for start, _ in spans]
        common = _common_end(befores) if len(set(befores)) > 1 else ""
        name = _HAN_NAME.search(common)
        if name is None or len(common) > 4 or not self.grammar.foreign(name.group()):
            return
        size = len(name.group())
        befores = [text[max(0, start - size - 2) : start - size] for start, _ in spans]
        spoken_of = any(_POINTED_AT.search(before) for before in befores)
        spoken_of = spoken_of or any(_SPOKEN_OF.match(text, end) for _, end in spans)
        for start, end in spans:
            yield start - size, end, not spoken_of


def _always(text: str) -> bool:
    return True


def _ends(line: str) -> str:
    """Return both ends of a line, as far as spam is looked for there, and some more."""
    reach = EDGE_CHARS + 40
    return line if len(line) <= 2 * reach else f"{line[:reach]}\n{line[-reach:]}"


def _is_subject(text: str, found: Sequence[tuple[int, int, bool]]) -> bool:
    """Say whether the folded text is about betting: full of its words, those in the keywords `found` aside."""
    inside, at = 0, 0
    for start, end, _ in found:
        inside += len(_TOPIC.findall(text, max(start, at), max(end, at)))
        at = max(at, end)
    words = len(_TOPIC.findall(text)) - inside
    return words >= DENSE and words * DENSE_CHARS >= len(text)


def _reach(phrase: Phrase) -> tuple[int, int]:
    """Return the span in which a firm would be spoken of as one: 15 characters to each side."""
    return max(0, phrase.start - 15), phrase.end + 15


def _common_end(texts: Sequence[str]) -> str:
    """Return the longest end that all `texts` share."""
    first = min(texts, key=len)
    size = 0
    while size < len(first) and len({text[-1 - size] for text in texts}) == 1:
        size += 1
    return first[len(first) - size :]


def _around(ends: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    """Return the span between the marks `ends` before and behind `start:end`, with the one behind, in its line."""
    low = max(0, start - REACH)
    for match in ends.finditer(text, low, start):
        low = match.end()
    behind = ends.search(text, end, end + REACH)
    if behind is None:
        return low, min(len(text), end + REACH)
    return low, behind.start() if behind.group() == "\n" else behind.end()


def _han(text: str, units: Sequence[Unit]) -> int:
    """Return how many Han characters stand outside the grammar."""
    return sum("\u4e00" <= text[unit.start] <= "\u9fff" for unit in units if unit.kind == "other")
