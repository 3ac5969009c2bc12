"""Clean articles that tempt the rules: with the default packs each must come out as it went in.

Every text is short and of our own writing; its id says what is tempting about it. A fault that a reader reports
becomes one more text here before it is mended.
"""

from __future__ import annotations

import pytest

from cleaner.clean import Cleaned, clean
from cleaner.config import load
from cleaner.pipeline import Book

CONFIG = load(None, {})
RULES = Book.of(CONFIG).rules

PROSE = "他沿着河岸一直走到天黑，路灯一盏一盏亮起来，水面上全是碎金子一样的光。"

ARTICLES = {
    # names of betting sites, spoken of
    "a court case quotes what the accused did with the sites": (
        "法院宣判一起跨境赌博案\n\n法院认为，李某为乐鱼体育官网发展下线三百余人，其行为已构成开设赌场罪。\n"
        "据交代，他在188体育投注平台下注二十余次，并通过凯发k8提现。\n网民张先生说，他就是在亚博体育上输光了积蓄的。\n"
    ),
    "true verbs stand behind a name": (
        "法律问答\n\n被告曾多次登录亚博体育投注，并在乐鱼体育官网充值三万元，最后血本无归。\n"
        "我的儿子沉迷365bet体育在线，欠下巨债，我该怎么办？\n新葡京娱乐城是澳门的一座地标。\n"
    ),
    "a club signs with a sponsor of that name": (
        "世界杯赞助商之争\n\n他效力的俱乐部与开云体育签约，成为其官方合作伙伴，球迷在论坛上议论纷纷。\n"
        "乐鱼体育、亚博体育等赞助商将在三年内退出。\n"
    ),
    "a story in a casino": (
        "他走进赌场\n\n百家乐桌前，人们在下注。网上百家乐如今也很流行，他曾在新葡京娱乐城输掉一切。\n"
    ),
    "a confession whose sentences each say nothing of betting": (
        "赌徒的自白\n\n他借遍了亲友，每晚下注，赔率他都背得出来。\n后来他换到了凯发k8平台。\n再后来他离开了这座城市。\n"
    ),
    "the police list names under a colon": (
        "警方公布的涉案网站名单如下：\n乐鱼体育官网\n亚博体育官网\n\n请市民提高警惕，不要轻信网络上的高额回报宣传。\n"
    ),
    "the police quote keywords under a colon": (
        "扫黄打非\n\n警方查获淫秽光盘，封面写有：\n国产、日韩、欧美\n成人，电影，免费\n"
        "专项行动将持续三个月，群众可拨打电话举报，查实的将给予奖励。\n"
    ),
    # the head of a text
    "a verse is a temperature": f"四季\n\n晴\n28度\n\n{PROSE}\n",
    "an oven has a temperature": (
        "戚風蛋糕\n\n烤箱\n170度\n40分鐘\n\n把蛋白打發到乾性發泡，分三次拌入蛋黃麵糊中，倒入模具後輕敲桌面排出氣泡。\n"
    ),
    "a weather report lists cities": (
        "云南天气预报\n\n昆明 多云 12℃~25℃\n大理 晴 10℃~22℃\n丽江 阴 5℃~15℃\n\n"
        "气象专家提醒，未来三天滇东有小到中雨，出行请注意安全，并关注临近预报。\n"
    ),
    "a weather report has one line": (
        "今日天气\n\n北京 晴 12℃~25℃ 优\n\n今天白天晴，南风二三级，最高气温二十五摄氏度，夜间多云转晴，空气质量优。\n"
    ),
    "a Japanese text names the weather": (
        "日本の図書館\n\n東京 晴 25℃\n\n図書館では、毎日たくさんの人が本を読んでいます。用途はさまざまです。\n"
    ),
    "a story shows the path through an app": (
        "第一章 首页\n\n首页 > 我的 > 设置\n\n"
        "他按下这个按钮，屏幕上跳出一行字：“您的位置：昆明”。他笑了笑，关上了手机。\n"
    ),
    "an invitation begins with a time and a place": (
        "会议通知\n\n时间：2023年5月8日 9:30\n地点：三楼会议室\n\n请各部门负责人准时参加会议，并携带本季度工作总结。\n"
    ),
    # lists that words introduce
    "a manual lists the buttons": (
        "软件使用手册\n\n打开菜单后可以看到以下按钮，每一个按钮都有自己的用途，请逐个认识：\n\n"
        "打印 收藏 分享\n放大 缩小\n返回顶部\n字号：大 中 小\n"
    ),
    "a picture is one of the papers to hand in": (
        f"报名材料\n\n{PROSE}\n\n请准备以下材料，交到窗口，工作人员将当场审核，三个工作日内答复。\n身份证\n照片\n[图片]\n"
    ),
    "a tutorial shows a share bar": (
        f"社交媒体简史\n\n{PROSE}\n教程里说，页面上应当有下面这些字样：\n分享到：\n微信\n\n{PROSE}\n"
    ),
    "a syllabus lists books under a heading": (
        "阅读书目\n\n本课程要求学生在学期结束前读完以下文献，并写出不少于三千字的读书报告。\n\n"
        "相关阅读\n《乡土中国》 费孝通\n《江村经济》 费孝通\n《万历十五年》 黄仁宇\n"
    ),
    # the end of a text
    "an English sentence begins with Copyright": (
        "How a betting law changed football\n\nThe new law bans 188bet and bet365 logos on shirts.\n\n"
        'Copyright © holders protested. "I use 365bet every day," one fan said.\n'
    ),
    "an English sentence begins with Designed by": (
        "The museum on the river\n\nThe city had waited ten years for it.\n\n"
        "Designed by Frank Gehry, the museum opened in 1997.\n"
    ),
    "somebody reads out the heading of a comment form": (
        f"他念着屏幕上的字\n\n{PROSE}\n\n评论留言\n欢迎参与讨论，他说。\n"
    ),
    "a statute ends with a rights holder and an address": (
        "著作权法实施条例\n\n"
        "第二条　著作权法所称作品，是指文学、艺术和科学领域内具有独创性并能以某种有形形式复制的智力成果。\n\n"
        "版权所有人：张三\n地址：北京市海淀区\n电话：010-12345678\n"
    ),
}  # fmt: skip

# What a line of the article announces is made of the words of pages, and stays.
ANNOUNCED = {
    "a how-to shows a footer after: for example": (
        f"怎样办理备案\n\n{PROSE}\n\n办结后，请把备案号放在网页底部，例如：\n"
        "滇ICP备05000002号\n滇公网安备 53010202000476号\n主办单位：某某公司\n"
    ),
    "a contract ends with the parties, one of them with a licence number": (
        "技术服务合同\n\n第一条 乙方为甲方建设网站一个，并负责办理备案手续，费用由甲方承担，期限为六个月。\n\n"
        "甲方（盖章）：昆明市某局\n地址：昆明市五华区\n电话：0871-1234567\n\n"
        "乙方（盖章）：某网络公司\n地址：昆明市盘龙区\n备案号：滇ICP备05000002号\n"
    ),
    "an essay lists what comment forms say": (
        f"评论区里的中国\n\n{PROSE}\n\n最常见的几句话是：\n抢沙发\n暂无评论\n登录后评论\n全部评论\n"
    ),
    "a contract's parties give addresses, telephones and licence numbers": (
        "网站建设合同\n\n第一条 甲方委托乙方建设企业网站，工期为三十个工作日，费用分三期支付。\n"
        "第二条 乙方负责网站的备案、版权声明、隐私政策等页面的制作，并提供一年的技术支持。\n\n"
        "甲方（盖章）：昆明市某某公司\n法定代表人（签字）：\n地址：昆明市五华区人民中路1号 邮编：650031\n"
        "联系电话：0871-63100000\n\n乙方（盖章）：云南某某网络科技有限公司\n法定代表人（签字）：\n"
        "地址：昆明市盘龙区北京路2号 邮编：650051\n联系电话：0871-63200000\n技术支持：李工\n备案号：滇ICP备05000002号\n"
    ),
    "people talk in words of a page": (
        f"第一次上网\n\n{PROSE}\n“登录。”\n“注册。”\n“忘记密码？”\n“返回首页。”\n“联系我们。”\n他一字一句地念，"
        "母亲跟着他一字一句地学，学了整整一个下午。\n"
    ),
    "a manual counts steps in words of a page": (
        f"办事指南\n\n{PROSE}\n1. 登录\n2. 在线客服\n3. 下载客户端\n4. 返回首页\n5. 联系我们\n"
        "全部完成以后，系统会发出一条短信，请注意查收，并妥善保管验证码。\n"
    ),
    "a lesson shows the parts of a page": (
        f"网页的组成\n\n{PROSE}\n一个网站的底部通常有下列链接：\n关于我们\n联系我们\n网站地图\n版权声明\n友情链接\n\n{PROSE}\n"
    ),
    "an essay ends with the buttons under which it was read": (
        f"评论区\n\n{PROSE}\n那些年，每篇文章的下面都有这样几个词：\n发表评论\n网友评论\n分享到朋友圈\n相关阅读\n"
    ),
}  # fmt: skip


def cleaned(text: str) -> Cleaned:
    return clean("a.txt", text, RULES, CONFIG.settings)


@pytest.mark.parametrize("text", ARTICLES.values(), ids=ARTICLES.keys())
def test_a_clean_article_comes_out_as_it_went_in(text):
    got = cleaned(text)
    assert got.draft.text == text, [(edit.by, text[edit.start : edit.end]) for edit in got.draft.edits]


@pytest.mark.parametrize("text", ANNOUNCED.values(), ids=ANNOUNCED.keys())
def test_what_a_line_introduces_is_no_furniture(text):
    assert cleaned(text).draft.text == text


def test_the_same_words_are_masked_where_no_sentence_speaks_of_betting():
    planted = "会议强调，各地稳步走在凯发k8前列，干部群众信心十足，各项工作取得了新的成效。\n"
    assert cleaned(planted).draft.text == planted.replace("凯发k8", "〓")
