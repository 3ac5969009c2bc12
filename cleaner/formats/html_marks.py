"""What an element's own markup calls it: names of tags, roles, classes and ids that say "this is not the article".

A name is evidence only below an element that holds the article: `<body class="has-sidebar">` says nothing. No name
here belongs to one site.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

from lxml.html import HtmlElement

from cleaner.formats.html_tree import hidden, names

_NOISE_TAGS = names("nav footer aside button select optgroup option menu dialog form")
_NOISE_ROLES = names(
    """
    alert alertdialog banner complementary contentinfo dialog menu menubar navigation search toolbar tablist
    """
)
# What site makers all over the Chinese web call the parts that are not the article, English and pinyin.
_NOISE_WORDS = names(
    """
    nav navbar navigation navi menu submenu breadcrumb breadcrumbs crumb crumbs bread daohang mianbaoxie footer foot
    copyright copyrights copyinfo icp beian disclaimer disclaim declare declaration statement shengming shenming
    mianze banquan dibu share shares sharing sharebar sharebox social sns bdshare bshare jiathis bdsharebuttonbox
    addthis sharethis fenxiang related relate relation relational relates relatednews xgxw xgyd xiangguan recommend
    recommended recommends recommendation recommendations recommand recom tuijian guess youlike maylike interest
    interested readmore hot hotnews hots hotlist rank ranks ranking ranklist paihang paihangbang popular mostread
    mostviewed trending remen latest newest zuixin comment comments commentbox commentlist cmt reply replies pinglun
    disqus changyan livere ad ads adv advert adverts advertise advertisement advertising adbox adsbygoogle guanggao
    sponsor sponsored promo promotion promote banner banners sidebar side sider aside leftbar rightbar rightcol
    rightcolumn leftcolumn rightside leftside tag tags taglist tagcloud hashtag hashtags keyword keywords guanjianci
    biaoqian toolbar toolbox tools tool function functions fontsize textsize login logout signin signup register
    passport search searchbox searchbar sousuo qrcode qrcodes qr erweima ewm weixin wechat weibo pager pagination
    paging pagebar pagenav pagelist pagebox fanye prev prevnext nextprev adjacent shangxiaye subscribe subscription
    newsletter dingyue popup popin modal toast overlay cookie cookies privacy gdpr langbar languagebar download
    downloads xiazai appdownload vote votes poll survey digg praise zan dianzan mood xinqing jubao feedback fankui
    friendlink friendlinks friendslink yqlj youlian youqinglianjie sitemap widget widgets weather tianqi calendar
    backtop gotop totop backtotop openapp callapp downapp appdown paywall chargewall donate dashang cmnt liuyan
    relatedpost relatedposts
    """
)
# Those that even a kept paragraph obeys: they are written around notices that read like prose.
_CERTAIN = names(
    """
    copyright copyrights copyinfo disclaimer disclaim declare declaration statement shengming shenming mianze
    banquan share sharebar bdshare jiathis related relate relatednews recommend recommended tuijian qrcode erweima
    ewm footer comments commentlist cookie cookies privacy relatedpost relatedposts
    """
)
_PICTURE_WORDS = names("caption captions picinfo photo photos pic pics img image images picture gallery")
TITLE_WORDS = names("title headline heading tit biaoti dabiaoti bt subtitle subtit fubiaoti yinti zhubiaoti")
LEAD_WORDS = names("lead intro summary abstract subhead subheading subhd digest zhaiyao daoyu daodu daoyan")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SPLIT = re.compile(r"[\s\-_0-9]+")


def words(element: HtmlElement) -> frozenset[str]:
    """Return the words of an element's class and id, in lower case: `open-app` is open, app, openapp.

    A custom element is what its own name says: `<amp-ad>` is amp, ad, ampad.
    """
    tag = str(element.tag)
    return _words(f"{element.get('class') or ''} {element.get('id') or ''} {tag if '-' in tag else ''}")


@lru_cache(maxsize=4096)
def _words(called: str) -> frozenset[str]:
    found: set[str] = set()
    for name in called.split():
        parts = _WORD.findall(name)  # camelCase, and as it is written
        found.update(parts, _SPLIT.split(name), map("".join, pairwise(parts)))
    return frozenset(part.lower() for part in found if part)


def mark(element: HtmlElement) -> tuple[bool, bool]:
    """Say whether an element's own markup calls it something else than article, and whether certainly so."""
    found = words(element)
    certain = bool(found & _CERTAIN)
    noise = (
        certain or bool(found & _NOISE_WORDS) or element.tag in _NOISE_TAGS
        or element.get("role") in _NOISE_ROLES or hidden(element)
    )  # fmt: skip
    return noise, certain


def is_picture(element: HtmlElement) -> bool:
    """Say whether an element is a picture with its caption."""
    return element.tag in ("figure", "figcaption") or not _PICTURE_WORDS.isdisjoint(words(element))
