"""What the overlap benchmark puts into articles to tempt a detector: text that everybody repeats and nobody copied.

Groups of five documents hold the same slogan, closing phrase of a law, disclaimer, footer, weather line, list of names
(in new order), sentence filled in with other numbers, or saying in quotation marks. All of it is generated here from
short parts; dev and test use different parts, and no part is taken from the tables of the detector.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

COPIES = 5  # documents of a group
GROUPS = 20  # of each kind; of quotations as many as there are sayings


@dataclass(frozen=True)
class Negative:
    """One copy: a line `text` for document `doc`, of which `start:end` is what the group has in common.

    It stands at `place` (0-1) of the document, or at its very end (`last`).
    """

    kind: str
    group: int
    doc: int
    text: str
    start: int
    end: int
    place: float
    last: bool


def _whole(source: Random, below: int) -> int:
    return int(source.random() * below)


def _pick(source: Random, of: Sequence[str]) -> str:
    return of[_whole(source, len(of))]


def _some(source: Random, of: Sequence[str], count: int) -> list[str]:
    left, out = list(of), []
    for _ in range(min(count, len(left))):
        out.append(left.pop(_whole(source, len(left))))
    return out


class Words:
    """The parts of one split: every second word of each list."""

    def __init__(self, split: str) -> None:
        self.half = int(split == "test")

    def of(self, words: str) -> list[str]:
        return words.split()[self.half :: 2]


_VERBS = "坚持 推动 深化 强化 优化 聚焦 紧扣 统筹 夯实 打造 筑牢 激活 构建 擦亮"
_THINGS = (
    "党建引领 产业升级 作风建设 营商环境 基层治理 民生福祉 绿色转型 创新驱动 安全底线 项目为王 城乡融合 数字赋能 "
    "文化自信 队伍建设 制度优势 发展动能"
)
_GOALS = (
    "奋力谱写高质量发展新篇章 全力跑出转型跨越加速度 以实际行动迎接各项任务的胜利完成 努力开创各项工作新局面 "
    "不断增强人民群众的获得感幸福感安全感 确保各项决策部署落地见效 在新征程上展现新作为 为建设现代化强市作出更大贡献"
)
_LEADS = "会议强调， 他指出， 会议要求， 与会者认为， 大家表示， 活动现场， 通知要求， 文件提出，"
_LAWS = "条例 办法 规定 细则 决定 章程"
_MAKERS = "市人民政府 省人民政府 市财政局 国务院有关部门 县级以上人民政府 市交通运输局"
_SITES = "临川 云岭 江北 海曲 长陵 平湖 青岩 东阿 武隆 兰溪 西津 南明 北固 石门"
_HOSTS = "政府网 新闻网 党建网 教育网 农业信息网 文明网"
_SURNAMES = "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐"
_GIVEN = "建国 志强 秀英 海燕 文斌 丽华 永刚 晓东 国庆 玉兰 春生 德明 桂芳 少华 立新 雪梅 一鸣 振宇 长河 思源 雅琴 家栋"
_WEATHER = "多云 阵雨 晴间多云 小雨转阴 雷阵雨 大部阴天"
_WINDS = "偏北风 偏南风 东北风 西南风 东南风 西北风"
_SAYINGS = (
    "长风破浪会有时，直挂云帆济沧海，只要我们坚定信心就一定能到达彼岸 "
    "千淘万漉虽辛苦，吹尽狂沙始到金，做学问没有捷径可走 "
    "老骥伏枥，志在千里，烈士暮年，壮心不已，这是我一生的写照 "
    "山重水复疑无路，柳暗花明又一村，改革的路就是这样走出来的 "
    "不积跬步无以至千里，不积小流无以成江海，贵在持之以恒 "
    "落红不是无情物，化作春泥更护花，老师们就是这样的人 "
    "海内存知己，天涯若比邻，两国人民的友谊源远流长历久弥新 "
    "会当凌绝顶，一览众山小，登高方能望远这是前人的经验 "
    "沉舟侧畔千帆过，病树前头万木春，新生事物是不可战胜的 "
    "纸上得来终觉浅，绝知此事要躬行，调查研究是谋事之基 "
    "问渠那得清如许，为有源头活水来，创新是企业的生命所在 "
    "随风潜入夜，润物细无声，思想工作要做到人的心坎上去 "
    "天行健君子以自强不息，地势坤君子以厚德载物，愿与诸君共勉 "
    "苟利国家生死以，岂因祸福避趋之，这就是他的精神所在 "
    "桃李不言，下自成蹊，真正的榜样从来用不着自己夸耀 "
    "他山之石，可以攻玉，我们要虚心学习别人的长处和经验"
)
_SPEAKERS = "校长 老工人 厂长 作家 教练 代表 村支书 老战士 院长 经理"
_TEMPLATES = (
    "截至{}月底，全县共完成投资{}万元，同比增长{}%，新增就业{}人，完成全年计划的{}% "
    "据统计，{}月份全市接待游客{}万人次，实现收入{}亿元，同比分别增长{}%和{}% "
    "全年粮食总产量达到{}万吨，比上年增加{}万吨，增长{}%，亩产{}公斤，面积{}万亩 "
    "本次抽查共涉及{}家企业的{}批次产品，其中{}批次不合格，抽样不合格率为{}%，同比下降{}% "
    "经核算，一季度生产总值为{}亿元，同比增长{}%，其中第一产业增加值{}亿元，增长{}%，占{}% "
    "昨日沪指收报{}点，下跌{}点，成交{}亿元，深成指收报{}点，成交{}亿元"
)


def _slogan(source: Random, words: Words, _: int) -> list[str]:
    verbs, things = words.of(_VERBS), words.of(_THINGS)
    parts = [verb + thing for verb, thing in zip(_some(source, verbs, 3), _some(source, things, 3), strict=True)]
    text = "，".join([*parts[: 2 + _whole(source, 2)], _pick(source, words.of(_GOALS))])
    return [text] * COPIES


def _legal(source: Random, words: Words, _: int) -> list[str]:
    law, maker = _pick(source, words.of(_LAWS)), _pick(source, words.of(_MAKERS))
    year, month = 1995 + _whole(source, 30), 1 + _whole(source, 12)
    forms = [
        f"本{law}由{maker}负责解释，自{year}年{month}月1日起施行，有效期五年，此前有关规定与本{law}不一致的，以本{law}为准",
        f"违反本{law}规定，构成犯罪的，依法追究刑事责任；尚不构成犯罪的，由{maker}依法给予行政处罚",
        f"本{law}自公布之日起施行，{year}年{month}月1日{maker}公布的原{law}同时废止",
        f"{maker}工作人员玩忽职守、滥用职权、徇私舞弊的，依照本{law}给予处分；构成犯罪的，依法追究刑事责任",
    ][words.half :: 2]
    return [_pick(source, forms)] * COPIES


def _disclaimer(source: Random, words: Words, _: int) -> list[str]:
    site = _pick(source, words.of(_SITES)) + _pick(source, words.of(_HOSTS))
    forms = [
        f"免责声明：本文来源于网络，版权归原作者所有，如涉及侵权请及时与{site}联系，我们将在第一时间删除",
        f"声明：凡注明来源为{site}的作品，未经授权不得转载、摘编或以其它方式使用，违者将依法追究责任",
        f"本文仅代表作者个人观点，与{site}无关，其原创性及真实性未经本站证实，请读者仅作参考并自行核实",
        f"特别提示：以上内容由{site}整理发布，不构成任何投资建议，据此操作风险自担，转载请保留出处",
    ][words.half :: 2]
    return [_pick(source, forms)] * COPIES


def _footer(source: Random, words: Words, group: int) -> list[str]:
    place, host = _pick(source, words.of(_SITES)), _pick(source, words.of(_HOSTS))
    number = 1000000 + _whole(source, 9000000)
    forms = [
        f"主办：{place}市人民政府办公室 承办：{place}{host} 网站标识码：{number} 京ICP备{number}号-{group + 1}",
        f"Copyright © {place}{host} 版权所有 ICP备案号{number} 联系电话：0{100 + group}-{number} 网站地图 关于我们",
        f"{place}{host}版权所有，地址：{place}市人民路{group + 1}号，邮编{number % 1000000:06}，"
        f"技术支持：{place}信息中心",
        f"首页 | 新闻 | 专题 | 视频 | 评论 | 客户端 | {place}{host} 公网安备{number}号 违法和不良信息举报电话{number}",
    ][words.half :: 2]
    return [_pick(source, forms)] * COPIES


def _weather(source: Random, words: Words, _: int) -> list[str]:
    sky, wind, low = _pick(source, words.of(_WEATHER)), _pick(source, words.of(_WINDS)), _whole(source, 20)
    forms = [
        f"今天白天到夜间{sky}，{wind}{2 + low % 3}到{3 + low % 3}级，最低气温{low}摄氏度，最高气温{low + 8}摄氏度",
        f"预计明天我市{sky}，气温{low}至{low + 9}度，{wind}{2 + low % 4}级左右，相对湿度{40 + low}%",
        f"市气象台预报：今晚到明天{sky}，{wind}{3 + low % 3}—{4 + low % 3}级，温度{low}℃至{low + 7}℃",
        f"未来三天本地区以{sky}天气为主，{wind}{2 + low % 3}级，最高温度{low + 10}度，最低温度{low}度，请注意添减衣物",
    ][words.half :: 2]
    return [_pick(source, forms)] * COPIES


def _names(source: Random, words: Words, _: int) -> list[str]:
    found: list[str] = []
    count = 8 + _whole(source, 6)
    while len(found) < count:
        name = _pick(source, words.of(_SURNAMES)) + _pick(source, words.of(_GIVEN))
        if name not in found:
            found.append(name)
    return ["、".join(_some(source, found, len(found))) for _ in range(COPIES)]


def _template(source: Random, words: Words, _: int) -> list[str]:
    form = _pick(source, words.of(_TEMPLATES))
    return [form.format(*(1 + _whole(source, 900) for _ in range(form.count("{}")))) for _ in range(COPIES)]


def _quotation(source: Random, words: Words, group: int) -> list[str]:
    return [words.of(_SAYINGS)[group]] * COPIES


# stat_template is the name that scorers know: such sentences are reported, and not charged to a detector.
_KINDS: tuple[tuple[str, Callable[[Random, Words, int], list[str]], bool], ...] = (
    ("slogan", _slogan, False),
    ("legal", _legal, False),
    ("disclaimer", _disclaimer, True),
    ("footer", _footer, True),
    ("weather", _weather, False),
    ("names", _names, False),
    ("stat_template", _template, False),
    ("quotation", _quotation, False),
)


def _line(kind: str, source: Random, words: Words, text: str, lead: str) -> tuple[str, int]:
    """Return the line that holds `text`, and where in it `text` begins."""
    if kind == "quotation":
        before = f"一位{lead}对记者说：“" if source.random() < 0.5 else f"{lead}写道：“"
        return f"{before}{text}。”", len(before)
    if kind == "names":
        return f"{lead}参加的还有{text}等。", len(lead) + 5
    if kind == "slogan":
        return f"{lead}{text}。", len(lead)
    if kind in ("footer", "disclaimer"):
        return text, 0
    return f"{text}。", 0


def negatives(split: str, documents: int, seed: int) -> list[Negative]:
    """Return the negatives of a split, in the order in which they are put into its `documents`."""
    words = Words(split)
    found = []
    for kind, make, last in _KINDS:
        source = Random(f"{seed}/{kind}")
        for group in range(len(words.of(_SAYINGS)) if kind == "quotation" else GROUPS):
            texts = make(source, words, group)
            docs: list[int] = []
            while len(docs) < COPIES:
                doc = _whole(source, documents)
                if doc not in docs:
                    docs.append(doc)
            leads = _some(source, (_SPEAKERS if kind == "quotation" else _LEADS).split(), COPIES)
            for text, doc, lead in zip(texts, docs, leads, strict=True):
                line, start = _line(kind, source, words, text, lead)
                found.append(Negative(kind, group, doc, line, start, start + len(text), source.random(), last))
    return found
