"""Betting keywords planted in sentences: which stand there, and which of them interrupt what the sentence says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Literal

from cleaner.context import Context, Line, Proposal
from cleaner.kinds.bait import SHAPED, Grammar, Phrase, fold, folded

REACH = 500  # how far a sentence is looked at from a keyword
_OPENERS, _CLOSERS = "“\"'「『《‘【[（(", "”\"'」』》’】]）)"
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
# Behind a planted keyword the interrupted sentence goes on; behind a name that is meant, it is spoken of.
_SPOKEN_OF = re.compile(
    "显示|公布|发布|消息|讯|获悉|公告|了解|查询|披露|报道|直播|转播|购票|报名|介绍|称|表示|宣布|上线|推出|是|为|的|上|和|与|及|、|等|[”」』》）)]"
)
_POINTED_AT = re.compile("(?:登录|登陆|访问|通过|打开|关注|浏览|下载|使用|据|、|“|「|《|（|\\()$")
# Near a bare 1xbet these words make it a firm in the news, or the thing that a sentence is about.
_A_FIRM = re.compile(
    "网站|网址|域名|公司|平台|集团|品牌|宣布|表示|声称|续约|签约|合作|伙伴|球队|俱乐部|赔率|开出|字符|邮箱|账号|账户|用户名|代码|密码"
)
_HAN_NAME = re.compile("[\u4e00-\u9fff]{2,4}$")
_MIXED_NAME = re.compile("(?=[a-z0-9]*[a-z])(?=[a-z0-9]*[0-9])[a-z0-9]{2,10}$")


class Planted:
    """Looks for keywords in sentences. `put` takes their place, or the setting for a masked word."""

    def __init__(self, grammar: Grammar, worth: Callable[[str], bool], put: str) -> None:
        self.grammar = grammar
        self.worth = worth  # says quickly whether a line may hold what is looked for
        self.put = put

    def words(self, context: Context) -> Iterator[Proposal]:
        policy = context.settings.spam_words
        if policy == "keep":
            return
        text = folded(context.text)
        done = 0
        lines = [line for line in context.lines if line.stripped and self.worth(line.stripped)]
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
            bare = not phrase.suffixes and SHAPED.fullmatch(match.group()) and not _A_FIRM.search(text, *_reach(phrase))
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
