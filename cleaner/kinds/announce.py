"""Lines that announce what stands under them: an example, a list, the particulars of a party.

What looks like a footer or a toolbar and is announced by a line of the article is what the article shows.
"""

from __future__ import annotations

import regex

REACH = 12  # so many lines under it are what a line announced

# 请把备案号放在网页底部，例如： is no label such as 友情链接：
_EXAMPLE = regex.compile(r"[，,、。的是有下如][^\n]{0,12}[:：]$")
_BELOW = regex.compile(r"(?:以下|下列|如下|下面)(?!简?称|簡?稱)[^。！？；!?;\n]{0,40}[。:：]?$")
# who signs gives his address and number under his name
_PARTY = regex.compile(
    r"[甲乙丙丁]方|(?:法定代表人|委托代理人|委託代理人|开户行|開戶行|开户银行|開戶銀行)(?:\s|[(（:：])"
)
_SEAL = regex.compile(r"[(（\s](?:盖章|蓋章|签章|簽章|签字|簽字|签名|簽名|公章)[)）:：\s]")


def announces(line: str) -> bool:
    """Say whether a line, stripped, announces what stands under it."""
    return bool(
        (line[-1:] in ":：" and _EXAMPLE.search(line))
        or ("下" in line and _BELOW.search(line))
        or (line[:1] in "甲乙丙丁法委开開" and _PARTY.match(line))
        or (("章" in line or "字" in line or "名" in line) and _SEAL.search(line))
    )
