"""Bytes to text without loss: a `Source` gives back exactly the bytes it was read from, or there is no `Source`.

Order: a byte order mark; UTF-8, whose shape chance does not produce; then GB18030 and Big5-HKSCS, of which exactly
one has to look like Chinese, by a stated margin. That a decoder raises no error proves nothing: all 16 paragraphs
of seed 004 written as Big5 are valid GB18030 and come back as the same bytes (measured). What is not decided is
refused (E111), since a wrong guess is damage that nobody sees. UTF-16 without a mark is not guessed either.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from cleaner.errors import InputError, UsageError
from cleaner.files import big5
from cleaner.show import show

UTF8, UTF16LE, UTF16BE, GB18030, BIG5 = ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "big5-hkscs")
_GUESSED = (GB18030, BIG5)
_MARKS = {UTF8: b"\xef\xbb\xbf", UTF16LE: b"\xff\xfe", UTF16BE: b"\xfe\xff", GB18030: b"\x84\x31\x95\x33"}
_UTF32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_ENDS = {"lf": "\n", "crlf": "\r\n", "cr": "\r"}
_KINDS = {end: kind for kind, end in _ENDS.items()}
_LINE_END = re.compile(r"\r\n | \r | \n", re.VERBOSE)
# Labels of the WHATWG encoding standard (https://encoding.spec.whatwg.org/#names-and-labels) for the encodings above,
# our own names, and the Windows code pages. What is labelled gb2312 often is GB18030.
_LABELS = {
    UTF8: "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 utf-8-sig",
    UTF16LE: "utf-16-le utf-16le utf-16 csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff",
    UTF16BE: "utf-16-be utf-16be unicodefffe",
    GB18030: "gb18030 gbk x-gbk gb2312 gb_2312 gb_2312-80 csgb2312 csiso58gb231280 iso-ir-58 chinese cp936 ms936",
    BIG5: "big5-hkscs big5hkscs big5 big5-eten cn-big5 csbig5 x-x-big5 cp950 ms950",
}
_ASCII = bytes(range(0x80))
_SHORT = 32  # bytes beyond ASCII: only then valid UTF-8 may be chance (plausible.CHANCE characters)


@dataclass(frozen=True)
class Source:
    """A text as it was read: `text` has LF only, and with the other fields it gives exactly the bytes of the file.

    `newline` is lf, crlf, cr, or mixed; only then `runs` holds (kind, how many), in order. Without a line end: lf.
    """

    text: str
    encoding: str
    newline: str
    bom: bool
    runs: tuple[tuple[str, int], ...] = ()

    def encode(self) -> bytes:
        """Return the bytes that this was read from."""
        return rebuild(self.text, self.encoding, self.newline, self.bom, self.runs)


def rebuild(text: str, encoding: str, newline: str, bom: bool, runs: Iterable[tuple[str, int]] = ()) -> bytes:
    """Return the bytes of `text` (LF only) in an encoding, with its line ends and its byte order mark.

    Raises ValueError where the parts do not fit: an unknown encoding or newline, a character that the encoding does
    not have, runs that count other line ends than the text has.
    """
    if encoding not in ENCODINGS or (bom and encoding not in _MARKS):
        raise ValueError(f"no encoding {encoding!r} with bom={bom}")
    if newline == "mixed":
        text = _with_ends(text, [_ENDS[kind] for kind, count in _checked(runs) for _ in range(count)])
    elif newline not in _ENDS:
        raise ValueError(f"no newline {newline!r}")
    elif newline != "lf":
        text = text.replace("\n", _ENDS[newline])
    return (_MARKS[encoding] if bom else b"") + (big5.encode(text) if encoding == BIG5 else text.encode(encoding))


def decode(
    raw: bytes, where: str, *, encoding: str | None = None, allow_nul: bool = False, certain: bool = False
) -> Source:
    """Return the text of `raw`; its `encode` gives `raw` again.

    `certain` says that these are bytes of UTF-8, whatever else they look like: the text of a row is a text already.

    `where` names the file in errors. `encoding` is a label given by the user: then nothing is guessed, but a byte
    order mark says more than a label. Raises InputError E110 (a NUL character) or E111 (no encoding, or no certain
    one), UsageError for a label that `named_encoding` does not know.
    """
    name = named_encoding(encoding) if encoding and not certain else None
    marked = _marked(raw, where)
    if marked:
        source = _strict(raw, marked, where, "begins with its byte order mark")
    elif b"\0" in raw and not allow_nul and name not in (UTF16LE, UTF16BE):
        raise _nul(raw, where)
    elif certain:
        source = _strict(raw, UTF8, where, "is the text of a row")
    elif name:
        source = _as_named(raw, name, where)
    else:
        source = _utf8(raw, where) or _guessed(raw, where)
    if "\0" in source.text and not allow_nul:
        raise _nul(source.text.encode("utf-8"), where, "exclude it, or allow it with --allow-nul")
    return source


def named_encoding(label: str) -> str:
    """Return our name of the encoding that a label means, as browsers read it: gb2312 is gb18030.

    Raises UsageError E202 for any other label.
    """
    wanted = label.strip().lower().replace(" ", "-")
    for name, labels in _LABELS.items():
        if wanted in labels.split():
            return name
    how = f"take one of {', '.join(ENCODINGS)}, or convert the files first"
    what = f"'{show(label)}' is not an encoding that can be read"
    raise UsageError("E202", "--encoding", what, "nothing was written", how)


def _marked(raw: bytes, where: str) -> str | None:
    """Return the encoding whose byte order mark `raw` begins with."""
    if raw.startswith(_UTF32):
        raise _refused(where, 1, "UTF-32 is not read", "convert it to UTF-8, or exclude it")
    return next((name for name, mark in _MARKS.items() if raw.startswith(mark)), None)


def _strict(raw: bytes, name: str, where: str, why: str) -> Source:
    """Decode as `name`, for the reason `why`, or refuse with the place of the first byte that does not fit."""
    try:
        source = _source(raw, name)
    except UnicodeDecodeError as err:
        mark = _MARKS.get(name, b"")
        at = err.start + (len(mark) if raw.startswith(mark) else 0)  # the decoder did not see the mark
        raise _refused(where, _line(raw, at), f"{why} ({name}), but byte {at} does not fit it") from err
    if source is None:
        raise _refused(where, 1, f"{why} ({name}), but written in it again the bytes differ")
    return source


def _as_named(raw: bytes, name: str, where: str) -> Source:
    """Decode as the user says, unless another reading is plausible and theirs is not: one label, files of two kinds."""
    from cleaner.files.plausible import better

    source = _strict(raw, name, where, "read as --encoding says")
    others = {other: found.text for other, found in _readings(raw, (UTF8, *_GUESSED)).items() if other != name}
    other = None if raw.isascii() else better(source.text, others)
    if other:
        how = f"name it with --encoding {other} or exclude it"
        raise _refused(where, 1, f"it reads as {other}, not as {name}", how)
    return source


def _utf8(raw: bytes, where: str) -> Source | None:
    """Return the text if `raw` is UTF-8; refuse the few characters that may as well be Chinese in another encoding."""
    source = _readings(raw, (UTF8,)).get(UTF8)
    if source and 0 < len(raw.translate(None, _ASCII)) <= _SHORT:
        from cleaner.files.plausible import perhaps_meant

        other = perhaps_meant(source.text, {name: found.text for name, found in _readings(raw, _GUESSED).items()})
        if other:
            raise _refused(where, 1, f"too short to tell utf-8 from {other}")
    return source


def _guessed(raw: bytes, where: str) -> Source:
    """Return the one reading that is plausible as Chinese, by the margins of `plausible`, or refuse."""
    from cleaner.files.plausible import choose

    found = _readings(raw, _GUESSED)
    choice = choose({name: source.text for name, source in found.items()})
    if choice.doubt:
        line = _line(raw, _first_not_utf8(raw))
        if choice.at is not None:
            line = found[choice.name].text.count("\n", 0, choice.at) + 1
        raise _refused(where, line, choice.doubt)
    return found[choice.name]


def _readings(raw: bytes, names: tuple[str, ...]) -> dict[str, Source]:
    """Return `raw` in each of the encodings in which it is valid and comes back unchanged."""
    found = {}
    for name in names:
        with suppress(UnicodeDecodeError):
            source = _source(raw, name)
            if source:
                found[name] = source
    return found


def _source(raw: bytes, name: str) -> Source | None:
    """Return `raw` as text, or None if it does not come back; raises UnicodeDecodeError."""
    mark = _MARKS.get(name, b"")
    bom = bool(mark) and raw.startswith(mark)
    text = big5.decode(raw) if name == BIG5 else (raw[len(mark) :] if bom else raw).decode(name)
    newline, runs = _newlines(text)
    source = Source(text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text, name, newline, bom, runs)
    try:
        return source if source.encode() == raw else None
    except UnicodeEncodeError:
        return None


def _newlines(text: str) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Return the kind of line end of `text`, and where they are mixed, the runs of kinds."""
    crlf = text.count("\r\n")
    counts = {"lf": text.count("\n") - crlf, "crlf": crlf, "cr": text.count("\r") - crlf}
    kinds = [kind for kind, count in counts.items() if count]
    if len(kinds) < 2:
        return (kinds[0] if kinds else "lf"), ()
    ends = (_KINDS[match.group()] for match in _LINE_END.finditer(text))
    return "mixed", tuple((kind, sum(1 for _ in run)) for kind, run in groupby(ends))


def _checked(runs: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    for kind, count in runs:
        if kind not in _ENDS:
            raise ValueError(f"no newline {kind!r}")
        yield kind, count


def _with_ends(text: str, ends: list[str]) -> str:
    lines = text.split("\n")
    if len(lines) != len(ends) + 1:
        raise ValueError(f"the runs count {len(ends)} line ends, the text has {len(lines) - 1}")
    return "".join(part for pair in zip(lines, [*ends, ""], strict=True) for part in pair)


def _first_not_utf8(raw: bytes) -> int:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as err:
        return err.start
    return 0


def _line(raw: bytes, at: int) -> int:
    """Return the line, from 1, of a byte; exact in every encoding here but UTF-16, where it is 1."""
    if raw.startswith((_MARKS[UTF16LE], _MARKS[UTF16BE])):
        return 1
    return raw.count(b"\n", 0, at) + raw.count(b"\r", 0, at) - raw.count(b"\r\n", 0, at) + 1


def _refused(where: str, line: int, what: str, how: str = "name it with --encoding or exclude it") -> InputError:
    return InputError("E111", f"{where}:{line}", what, "copied unchanged and quarantined", how)


def _nul(raw: bytes, where: str, how: str = "") -> InputError:
    at = raw.index(b"\0")
    what = f"byte {at} is NUL, so this is not text"
    return InputError("E110", f"{where}:{_line(raw, at)}", what, "copied unchanged and quarantined", how or _mend(raw))


def _mend(raw: bytes) -> str:
    """Say how to go on with NUL bytes: where only every second byte is one, it is ASCII written as UTF-16."""
    first, second = (raw[start:4000:2].count(0) for start in (0, 1))
    if len(raw) % 2 == 0 and min(first, second) == 0:
        return f"if it is UTF-16, name it with --encoding {UTF16LE if second else UTF16BE}; else exclude it"
    return "exclude it, or allow it with --allow-nul"
