"""Findings as JUnit XML, which every CI server reads: one test case per file.

A file fails by what waits for a person and by an open overlap, and is in error if it could not be done. A change that
was made is no failure: it stands in the output of its case.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from cleaner.reports.findings import Finding
from cleaner.show import show


def to_junit(files: Iterable[str], found: Iterable[Finding]) -> bytes:
    """Return the XML, UTF-8. `files` are all files looked at, named as the findings name them."""
    of: dict[str, list[Finding]] = {file: [] for file in sorted(files)}
    for one in found:
        of.setdefault(one.file, []).append(one)
    failed = {file for file, mine in of.items() if any(one.level == "warning" for one in mine)}
    wrong = {file for file, mine in of.items() if any(one.level == "error" for one in mine)}
    totals = {"tests": str(len(of)), "failures": str(len(failed - wrong)), "errors": str(len(wrong))}
    root = ET.Element("testsuites", {"name": "seedclean", **totals})
    suite = ET.SubElement(root, "testsuite", {"name": "seedclean", **totals})
    for file, mine in sorted(of.items()):
        _case(suite, file, mine)
    ET.indent(root)
    body: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _case(suite: ET.Element, file: str, found: Sequence[Finding]) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": "seedclean", "name": _text(file), "file": _text(file)})
    for level, tag in (("error", "error"), ("warning", "failure"), ("note", "system-out")):
        mine = [one for one in found if one.level == level]
        if not mine or (tag == "failure" and len(case)):
            continue  # one verdict per case
        attributes = {"message": _text(mine[0].message), "type": _text(mine[0].rule)} if tag != "system-out" else {}
        ET.SubElement(case, tag, attributes).text = "\n".join(_line(one) for one in mine)


def _line(one: Finding) -> str:
    return _text(f"{one.line}:{one.col or 1}: {one.rule}: {one.message}" if one.line else f"{one.rule}: {one.message}")


def _text(text: str) -> str:
    """Return text without what XML 1.0 cannot hold: `show` leaves two non-characters as they are."""
    return show(text).replace("\ufffe", "\\u{FFFE}").replace("\uffff", "\\u{FFFF}")
