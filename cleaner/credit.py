"""Read a line of credits of any form: who, from where, when.

Rules know the common forms of bylines word by word; pages have a hundred more (原创 李大夫 2019-12-03, 文：陳浩然,
Posted on 2018-03-11 by 阿树). Read here only where it is certain that the line is no line of the article's text.
"""

# ruff: noqa: E501 (alternatives of a kind stand on one line)
from __future__ import annotations

from functools import lru_cache
from typing import Literal

import regex

Field = Literal["title", "source", "date", "author", "editor", "location"]

_DATE = r"""
    (?: (?: 中[华華] )? 民[国國] \s? )? (?<!\d) \d{3,4} \s? [-/.年] \s? \d{1,2} \s? [-/.月] \s? \d{1,2} (?!\d) \s? [日号號]?
    (?: \s? [(（]? (?: 星期 | 周 | 週 )? [一二三四五六日天] [)）]? (?= \s | $ ) )?
    (?: [\sT,，]* (?: 凌晨 | 清晨 | 早上 | 上午 | 中午 | 下午 | 晚上 | 晚间 | 晚間 )? \s? \d{1,2} \s? [:：时時點点] \s? \d{2}
        (?: \s? [:：分] \s? \d{2} \s? 秒? | \s? 分 )? (?: \s? (?i: [ap]m ) )? )?
"""
_LABELS = {
    "source": r"(?: 信息 | 文章 | 稿件 | 新闻 | 新聞 | 消息 | 资料 | 資料 | 图文 )? (?: 来源 | 來源 | 稿源 | 出处 | 出處 ) (?! 于 | 於 )"
    r"| 转自 | 轉自 | 转载自 | 轉載自 | 摘自 | 发布机构 | 发布单位 | 发文机关 | 发文单位 | 供稿单位 | 媒体 | 媒體",
    "author": r"(?: 本报 | 本報 | 本网 | 实习 | 實習 | 特约 | 特約 | 见习 )? (?: 作者 | 记者 | 記者 | 通讯员 | 通訊員 )"
    r"| 撰文 | 撰稿人? | 供稿 | 采写 | 採訪 | 采访 | 整理 | 编译 | 編譯 | 译者 | 譯者 | 翻译 | 文字 | 文 (?= \s? [:：/／] | \s [|｜丨] \s )"
    r"| 发布人 | 发布者 | 發佈者 | (?i: (?: written \s )? by ) (?= \s )",
    "editor": r"(?: 责任 | 責任 | 本文 | 值班 | 网络 | 網路 | 核稿 | 執行 | 执行 | 新媒体 )? (?: 编辑 | 編輯 ) (?! 部 | 于 | 於 ) | 责编 | 責編 | 网编 | 網編",
    "title": r"原[标標][题題]",
}
_CHROME = r"""
    (?: 文章 | 新闻 | 新聞 | 最[后後新] )? (?: 发布 | 发表 | 发稿 | 更新 | 发文 | 成文 | 录入 | 上传 | 修改 | 编辑 | 創作 | 创作 | 發佈 | 發布 | 發表 | 編輯 | 刊登 | 出版 )?
      (?: 时间 | 日期 | 時間 | 于 | 於 ) \s? [:：]?
    | (?i: (?: posted | published | updated | last \s modified ) (?: \s on )? ) | (?: 发布 | 发表 | 更新 | 發佈 | 發布 | 發表 | 出版 ) \s? [:：]?
    | (?: 点击 | 點擊 | 浏览 | 瀏覽 | 阅读 | 閱讀 | 访问 | 查看 | 人[气氣] | 评论 | 評論 | 留言 | 回复 | 点赞 ) (?: 次数 | 次數 | 量 | 数 | 數 | 率 )? \s? [:：]? \s? [(（\[]? \s? \d* \s? [)）\]]? \s? [次条條]?
    | \d+ \s? (?: 次 | 人 )? (?: 阅读 | 閱讀 | 浏览 | 瀏覽 | 点击 | 點擊 | 评论 | 評論 | 留言 )
    | 字[号號体體级級型] \s? [:：]? (?: [\s\[\]【】()（）|/]* [大中小特默认] ){0,4} | 打印 | 列印 | 关闭 | 關閉 | 分享 | 收藏 | 原创 | 原創 | 转载 | 轉載
    | (?: 本章 | 全文 | 总 )? 字[数數] \s? [:：] \s? [\d,.]+ \s? [万萬]? 字? | 视力保护色 | 保护视力色 | 责任 | 分[类類] \s? [:：] \s? \S{1,8}
"""
_OTHERS = r"""
    审核 | 審核 | 初审 | 复审 | 终审 | [一二三]审 | 校对 | 校對 | 审校 | 监制 | 監製 | 摄影 | 攝影 | 图片? | 圖 | 摄像 | 美编 | 美編 | 统筹 | 策划 | 值班主任 | 主编 | 总编
    | 签发 | 审签 | 监审 | 制作 | 剪辑 | 海报
"""
_MARK = r"(?: \s? [:：/／] | \s [|｜丨] (?= \s ) )"  # 文：, 文/, 文 | ; not a menu: 文字|图片
_ANY_LABEL = "|".join(f"(?: {labels} )" for labels in (*_LABELS.values(), _OTHERS))
_STOP = rf"(?: {_ANY_LABEL} ) {_MARK} | {_DATE} | {_CHROME} | [|｜;；\n] | \s{{2,}} | \u3000 | $"
_CREDIT = regex.compile(
    rf"(?P<chrome> (?: {_ANY_LABEL} ) {_MARK} (?= \s* (?: (?: {_ANY_LABEL} ) {_MARK} | $ ) ) ) |"  # a label alone
    + "|".join(
        rf"(?: {labels} ) (?: {_MARK} \s? | (?<= by ) \s ) (?P<{field}> \S (?: (?! \s* (?: {_STOP} ) ) . )*+ .? )"
        for field, labels in _LABELS.items()
    )
    + rf"""
    | (?: 本报 | 本報 | 特约 | 特約 | 特派 | 实习 | 實習 | 首席 )? (?: 记者 | 記者 | 编译 | 編譯 ) \s? (?P<who> \p{{Han}}{{2,4}}? (?: [、,，\s] \s? \p{{Han}}{{2,4}}? ){{0,3}} )
      \s? [/／] \s? (?P<location> \p{{Han}}{{2,6}}? ) (?: 即時 | 即时 | 综合 | 綜合 )? (?: 報導 | 报道 | 報道 | 报导 )
    | (?P<date> {_DATE} )
    | (?P<other> (?: {_OTHERS} ) {_MARK} \s? \p{{Han}}{{2,4}} (?: [\s、] \p{{Han}}{{2,4}} (?! \s* [:：/／] ) ){{0,3}} | {_CHROME} )
    """,
    regex.VERBOSE,
)
_WECHAT = regex.compile(
    rf"原[创創] \s+ (?P<author> [\p{{Han}}·\w]{{2,8}} ) \s+ (?: (?P<source> [\p{{Han}}·\w]{{2,16}} ) \s+ )? (?P<date> {_DATE} )",
    regex.VERBOSE,
)
_MARKED = regex.compile(  # □ 本报记者 田禾
    r"[□◎◇◆■●○] \s* (?: 本报 | 本報 | 本刊 | 特约 )? (?: 记者 | 記者 | 通讯员 )? \s* (?P<author> \p{Han}{2,4} (?: [\s、] \p{Han}{2,4} ){0,3} )",
    regex.VERBOSE,
)
_MEDIUM = regex.compile(
    r"^[\s(（【]*(?P<source>[\p{Han}A-Za-z]{0,12}(?:[网網]-[\p{Han}]{2,8})?(?:日报|日報|晚报|晚報|早报|晨报|时报|時報|商报|都市报|周刊|週刊|新闻网?|新聞網?|新闻社|通讯社|通訊社|电视台|電視台|客户端|在线|网|網|[报報]))(?=[\s:：|｜)）】]|$)"
)
_MAY = regex.compile(r"[:：/／|｜丨□◎◇◆■●○]|\d{3}|(?i:\bby\s)")  # no line without any of these says anything
_FILLING = regex.compile(r"[\s\d\p{P}\p{S}\u3000|]+")
LONGEST = {"title": 60, "source": 24, "author": 40, "editor": 40, "location": 8, "date": 60}
_NO_SOURCE = regex.compile(r"[。！？，,“”]")
_NO_NAME = regex.compile(r"[。！？!?“”]|[\p{Han}]{12}")


@lru_cache(maxsize=4096)
def read(line: str) -> tuple[tuple[tuple[Field, str], ...], bool]:
    """Return what a line says of the article, as (field, raw value) in its order, and if it says nothing else."""
    if not _MAY.search(line):
        return (), False
    if whole := _WECHAT.fullmatch(line.strip()) or _MARKED.fullmatch(line.strip()):
        return tuple((name, text) for name, text in whole.groupdict().items() if text), True  # type: ignore[misc]
    found: list[tuple[Field, str]] = []
    rest, at, whole_line = [], 0, True
    for match in _CREDIT.finditer(line):
        rest.append(line[at : match.start()])
        at = match.end()
        if match.lastgroup in (None, "chrome", "other"):
            continue
        for name, value in match.groupdict().items():
            text = (value or "").strip(" ()（）[]【】")
            if not text or name in ("chrome", "other"):
                continue
            field: Field = "author" if name == "who" else name  # type: ignore[assignment]
            names = field in ("author", "editor")
            if len(text) > LONGEST[field] or (_NO_NAME if names else _NO_SOURCE).search(text):
                whole_line = False
                continue
            found.append((field, text))
    rest.append(line[at:])
    left = " ".join(rest)
    if (medium := _MEDIUM.match(left)) and found and not any(field == "source" for field, _ in found):
        found.append(("source", medium["source"]))
        left = left[medium.end() :]
    return tuple(found), whole_line and bool(found) and not _FILLING.sub("", left)
