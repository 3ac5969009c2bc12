"""Lines that announce what stands under them: an example, a list, the particulars of a party.

What looks like a footer or a toolbar and is announced by a line of the article is what the article shows.
"""

from __future__ import annotations

import regex

REACH = 12  # so many lines under it are what a line announced

_ANNOUNCES = regex.compile(
    r"""
    [，,、。的是有下如][^\n]{0,12}[:：]$  # 请把备案号放在网页底部，例如： is no label such as 友情链接：
    | (?: 以下 | 下列 | 如下 | 下面 ) (?! 简?称 | 簡?稱 ) [^。！？；!?;\n]{0,40} [。:：]? $
    # who signs gives his address and number under his name
    | ^ [甲乙丙丁] 方 | [(（\s] (?: 盖章 | 蓋章 | 签章 | 簽章 | 签字 | 簽字 | 签名 | 簽名 | 公章 ) [)）:：\s]
    | ^ (?: 法定代表人 | 委托代理人 | 委託代理人 | 开户行 | 開戶行 | 开户银行 | 開戶銀行 ) (?: \s | [(（:：] )
    """,
    regex.VERBOSE,
)


def announces(line: str) -> bool:
    """Say whether a line announces what stands under it."""
    return _ANNOUNCES.search(line) is not None
