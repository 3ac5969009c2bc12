"""Good texts that the default packs must not touch: what looks like a fault of characters or readings, and is none.

Each is a whole text as an author may write it. A text that a rule damages is the worst bug of this project.
"""

from __future__ import annotations

import pytest

from cleaner import packs
from cleaner.clean import clean
from cleaner.context import Settings

HANT = "這裡的學校從去年開始舉辦讀書會，讓學生們認識經濟與歷史，許多老師都說內容豐富，沒有人缺席。\n"
HANS = "这里的学校从去年开始举办读书会，让学生们认识经济与历史，许多老师都说内容丰富，没有人缺席。\n"

READINGS = {
    "a primer": "小学语文第三课\n\n生字：\n長(cháng) 度(dù) 行(háng) 走(zǒu) 大(dà) 小(xiǎo) "
    "山(shān) 水(shuǐ) 花(huā) 鳥(niǎo)\n\n"
    "讀一讀：\n春(chūn)天(tiān)來(lái)了(le)，小(xiǎo)鳥(niǎo)在(zài)樹(shù)上(shàng)唱(chàng)歌(gē)。\n\n"
    "同學們，請把上面的生字和拼音抄寫三遍，注意聲調的位置。\n",
    "a poem": "靜(jìng)夜(yè)思(sī)\n\n床(chuáng)前(qián)明(míng)月(yuè)光(guāng)，\n"
    "疑(yí)是(shì)地(dì)上(shàng)霜(shuāng)。\n"
    "舉(jǔ)頭(tóu)望(wàng)明(míng)月(yuè)，\n低(dī)頭(tóu)思(sī)故(gù)鄉(xiāng)。\n",
    "hard characters of a lesson": "今天我們學習這幾個新的字，請大家跟著老師一起念：\n"
    "國(guó)、開(kāi)、會(huì)、來(lái)、學(xué)、習(xí)、樹(shù)、鳥(niǎo)\n",
    "a note on several readings": "多音字辨析\n\n“长”读长(zhǎng)辈、长(cháng)度；“行”读行(xíng)走、银行(háng)；"
    "“乐”读乐(yuè)器、快乐(lè)；“重”读重(chóng)复、重(zhòng)量；“都”读都(dū)市、都(dōu)是。\n",
}

FORMS = {
    "a form and its rival": "汉字“强”与“強”\n\n繁体字“強”在简体中写作“强”，“畧”是“略”的异体字，“製定”应作“制定”。\n"
    "在台湾，“裡面”和“裏面”都有人用；“干部”的“干”繁体为“幹”，“干净”的“干”繁体为“乾”。\n",
    "variants": "論異體字\n\n「畧」是「略」的異體，「覈」是「核」的古字，「強」與「强」、「群」與「羣」並行。\n"
    "作者認為「製定」不合規範，當作「制定」；「戰畧」當作「戰略」。\n",
    "a fault that is named": HANT + "把「發展」寫成「髮展」是常見的錯別字，「皇后」不能寫成「皇後」。\n",
    "a form in quotes and no term": HANT + "他在文章裡用「强」，而不用「強」，編輯也不在意。\n",
    "a table of forms": HANT + "干→幹、乾、榦；后→後；里→裡。\n",
    "two spellings": HANT + "老板與老闆都有人寫，鬱達夫與郁達夫則是同一個人，沈陽並非瀋陽。\n",
    "a list of mistakes": HANS + "“头发”的“发”对应“髮”，“发展”的“发”对应“發”。很多人分不清“后”和“後”。\n",
    "forms of a lesson": HANT + "教材裡說：「国」就是「國」，「学」就是「學」，寫起來快一些。\n",
    "a question on writing": HANS + "问：繁体“鬱”字怎么写？答：先写“林”，再写“缶”。\n",
    "what a converter did": HANS + "软件把“什么”转成“什幺”，“什幺”是错字，别把怎么写成怎幺。\n",
    "a word and not a fault": HANS + "家里又出了这么多幺蛾子，那幺妹急得直哭，怎么会有好多幺蛾子呢？\n",
}

NAMES = {
    "surnames": HANT + "于先生說，于田縣的干縣長姓干，名叫干雲。後來干雲去了臺北，干縣長也去了。\n",
    "a title behind": HANT + "于小姐和于老師都來了，請于主任發言，范先生與沈小姐也說了話。\n",
    "a name that is said": HANT + "這位學者姓于，名為于右任，他的老師姓后，叫后羿先生。\n",
    "places and dough": HANT + "從于都縣到于洪區，路上買了麵團和飯團，糰子也買了一些。\n",
}

HONGKONG = {  # the standard of Hong Kong, in texts that give no other sign of it and write 說
    "a department once": "衞生署今日公布，流感季節已經開始，市民應盡早接種疫苗。發言人說，爭取在學校開放前完成。\n",
    "a narrative": "發言人說，這篇記敍文寫得很好，爭取在學校刊物上登出，讓同學們閱讀。\n",
    "a railway line": "發言人說，綫路的工程已經開始，爭取在年內完成，乘客不會受到影響。\n",
    "a hook": "發言人說，鈎子要掛好，爭取在開學前把教室布置完成。\n",
    "inside": HANT + "他推開門，裏面亮着燈，啓動了機器，羣眾站在峯頂上。\n",
}

QUOTED = {
    "a Simplified text that quotes": "台湾文学札记\n\n"
    "他在序言中写道：“這是一本關於鄉愁的書，裡面有我對故鄉的思念。”这句话后来被许多人引用。\n"
    "书名《裡面的風景》，作者鍾理和，出版于1976年。著名歌手周杰倫、王力宏、張惠妹都读过。\n",
    "one that quotes at length": "他在序言中写道：“這是一本關於鄉愁的書，裡面有我對故鄉的思念，"
    "還有許多人的故事，讓我們從頭說起。”\n"
    "书里还说：“我們這一代人離開了故鄉，在異地開始新的生活，從來沒有忘記過家門前的那條河。”\n"
    "这句话后来被许多人引用。他写了很多书，也去过很多地方。\n",
    "a Traditional text that quotes": "大陸的報紙寫道：“他们说，会议开得很好，我们都很满意。”"
    "這句話後來被許多人引用，還有人寫了文章討論這個問題。\n",
    "passages side by side": (HANT + HANS) * 3,
    "a translation under each sentence": "學而時習之，不亦說乎？\n学了又时常温习，不也很愉快吗？\n"
    "有朋自遠方來，不亦樂乎？\n有志同道合的人从远方来，不也很快乐吗？\n",
    "titles in the other script": HANS + "他订了《國語日報》和《聯合報》，也读《自由時報》。\n",
}

CHARACTERS = {
    "numbers": "Résumé of the reader\n\nShe said: “10\u202f000 of them agreed.” M.\u00a0Dupont paid 20\u00a0€\u202f!\n",
    "numbers in a Chinese line": HANS + "全国共有 10\u202f000 名读者，票价 20\u00a0€ 起。\n",
    "code": HANS
    + "\n```python\nprice = '价格\u00a0100'\n```\n\n运行以后，屏幕上会打印出名字，读者可以自己动手试一试。\n",
    "Arabic": "عنوان المقال\n\nهذا نص عربي \u200eABC\u200f مع علامات.\n",
    "Hebrew in a Chinese text": HANS + "他用希伯来文写道：שלום \u200e(ABC)\u200f עולם，意思是你好。\n",
    "Thai": HANS + "泰文写作ภาษา\u200bไทย\u200bง่าย，中间没有空格。\n",
}

TEXTS = {**READINGS, **FORMS, **NAMES, **HONGKONG, **QUOTED, **CHARACTERS}


RULES = packs.in_order(packs.load([packs.shipped() / f"{name}.toml" for name in packs.DEFAULT_PACKS]))


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_good_text_stays_as_it_is(name):
    assert clean("a.txt", TEXTS[name], RULES, Settings()).draft.text == TEXTS[name]
