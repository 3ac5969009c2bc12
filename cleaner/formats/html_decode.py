"""Bytes of a page to its text, strictly: by byte order mark, by what the page says of itself, by its content.

Labels are read as browsers read them (gb2312 and gbk are GB18030, big5 is Big5-HKSCS), but only believed where the
bytes agree: a page that says utf-8 and reads as GB18030 is GB18030, with a flag. What neither label nor content
decides is refused (E111). Bytes that do not fit, in a page that else does, are marked by U+FFFD; whether they matter
(a title cut in the middle of a character, far from the article) or not is known after extraction (E112).
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from cleaner import files
from cleaner.errors import InputError, UsageError
from cleaner.files.decode import BIG5, GB18030, UTF8

_HEAD = 65_536  # bytes in which a label is looked for; browsers stop at 1 024, saved pages put scripts before it
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_META = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_XML = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9_.-]+)")
_ASCII = bytes(range(0x80))
CHANCE = 60  # bytes beyond ASCII up to which valid UTF-8 may be chance, so that the label is asked
BAD = 0.002  # share of bytes beyond ASCII that may not fit; one cut character in a page of 500 Han is 0.001


@dataclass(frozen=True)
class Decoded:
    """The text of a page. `bad` says that it has U+FFFD where bytes did not fit; `flags` what was found out."""

    text: str
    encoding: str
    bom: bool
    bad: bool
    flags: tuple[str, ...]


def label_of(raw: bytes) -> str | None:
    """Return the encoding that a page names for itself, None if it names none. Comments do not count."""
    head = _COMMENT.sub(b"", raw[:_HEAD])
    found = _META.search(head) or _XML.search(head)
    return found[1].decode("ascii").lower() if found else None


def decode_page(raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False) -> Decoded:
    """Return the text of a page.

    `encoding` is a label given by the user. Raises InputError E110 (NUL) or E111 (no encoding, or no certain one).
    """
    label = None if encoding else label_of(raw)
    said = _known(label) if label else None
    try:
        source = _decoded(raw, where, encoding, said, allow_nul)
    except InputError as err:
        if err.code != "E111":
            raise
        mended = _mended(raw, files.named_encoding(encoding) if encoding else said)
        if mended is None:
            raise _undecided(err, label) from err
        return mended
    wrong = label is not None and not source.bom and not raw.isascii() and said != source.encoding
    return Decoded(source.text, source.encoding, source.bom, False, ("charset-corrected",) if wrong else ())


def _decoded(raw: bytes, where: str, encoding: str | None, said: str | None, allow_nul: bool) -> files.Source:
    """Decode by the user's label, else by the page's, else by the content alone."""
    if encoding or not said or _is_utf8(raw):
        return files.decode(raw, where, encoding=encoding, allow_nul=allow_nul)
    try:
        return files.decode(raw, where, encoding=said, allow_nul=allow_nul)
    except InputError as err:
        if err.code != "E111":
            raise
    return files.decode(raw, where, allow_nul=allow_nul)  # it says something else than it is


def _is_utf8(raw: bytes) -> bool:
    """Say whether this is UTF-8 by its shape, which chance does not produce in more than a few characters."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return len(raw.translate(None, _ASCII)) > CHANCE


def _known(label: str) -> str | None:
    """Return our name of the encoding; a page that says UTF-16 in ASCII is UTF-8 (HTML standard)."""
    try:
        name = files.named_encoding(label)
    except UsageError:
        return None
    return UTF8 if name.startswith("utf-16") else name


def _mended(raw: bytes, said: str | None) -> Decoded | None:
    """Return the reading in which nearly all bytes fit, the others marked, if it is certain; else None."""
    from cleaner.files.plausible import SURE, better, weigh

    high = len(raw.translate(None, _ASCII))
    readings = {}
    for name in dict.fromkeys((said or UTF8, UTF8, GB18030, BIG5)):
        if name not in (UTF8, GB18030, BIG5):
            continue
        text = raw.decode("big5hkscs" if name == BIG5 else name, "replace")
        if 0 < text.count("\ufffd") - _own(raw, name) <= max(1, BAD * high):
            readings[name] = text.replace("\r\n", "\n").replace("\r", "\n")
    for name, text in readings.items():
        others = {other: t for other, t in readings.items() if other != name}
        if weigh(text.replace("\ufffd", "")).total >= SURE and not better(text, others):
            bom = name == UTF8 and raw.startswith(codecs.BOM_UTF8)
            return Decoded(text.removeprefix("\ufeff"), name, bom, True, ("bad-bytes",))
    return None


def _own(raw: bytes, name: str) -> int:
    """Return how often U+FFFD itself stands in the page."""
    return raw.count("\ufffd".encode("gb18030" if name == GB18030 else "utf-8")) if name != BIG5 else 0


def _undecided(err: InputError, label: str | None) -> InputError:
    said = f"the page says {label}, but " if label else ""
    _, where, what, done, how = err.args
    return InputError("E111", where, f"{said}{what}", done, how)
