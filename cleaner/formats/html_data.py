"""Prose that a page holds as data, for a script to show: JSON in a <script>, escaped HTML in a <textarea>."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

LEAST = 100  # Han characters in one element from which they are an article, not messages of a program
SENTENCES = 3  # their ends
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_STOP = re.compile("[。！？；]")


def prose(root: HtmlElement) -> int:
    """Return the Han characters of the <script> or <textarea> that holds most, 0 if none holds sentences."""
    most = 0
    for element in root.iter("script", "textarea"):
        text = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), element.text or "")
        han = len(_HAN.findall(text))
        if han >= LEAST and len(_STOP.findall(text)) >= SENTENCES:
            most = max(most, han)
    return most
