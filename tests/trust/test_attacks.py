"""Attacks that a guard stops. Each test was seen to fail with its guard taken away (docs/trust.md says how)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.corpora import texts
from tests.test_cli import PROSE, clean, seeds, shell, tree

__all__ = ["seeds"]

CONVERT = "from cleaner.script.convert import _converter; print(_converter('s2t').convert('中国'))"


def python(code: str, cwd, **env: str) -> subprocess.CompletedProcess[str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("OPENCC_")}  # set by our guard
    place = {**bare, "PYTHONPATH": str(ROOT), **env}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=cwd, env=place, capture_output=True, encoding="utf-8", timeout=300)


def opencc_config(folder, **segmentation: object) -> None:
    """Put a configuration of OpenCC there, under a name that OpenCC looks for in the working folder."""
    (folder / "words.txt").write_text("国\t骇\n", encoding="utf-8")
    words = {"type": "text", "file": str(folder / "words.txt")}
    kind = segmentation or {"type": "mmseg", "dict": words}
    config = {"name": "x", "segmentation": kind, "conversion_chain": [{"dict": words}]}
    (folder / "s2t.json").write_text(json.dumps(config), encoding="utf-8")


def test_a_configuration_of_opencc_in_the_working_folder_is_not_read(tmp_path):
    """A clone with a file s2t.json in it, and `clean --script hant`: it named the dictionary, or ran code."""
    opencc_config(tmp_path)
    assert python(CONVERT, tmp_path).stdout == "中國\n"


def test_a_folder_of_dictionaries_from_the_environment_is_not_read(tmp_path):
    opencc_config(tmp_path)
    found = python(CONVERT, ROOT, OPENCC_DATA_DIR=str(tmp_path), OPENCC_SEGMENTATION_PLUGIN_PATH=str(tmp_path))
    assert found.stdout == "中國\n"


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_opencc_loads_no_shared_object(tmp_path):
    """The plugin of a configuration is loaded and its constructor runs, whatever becomes of the configuration."""
    (tmp_path / "evil.c").write_text(
        f'#include <stdio.h>\n__attribute__((constructor)) void f(void) {{ fopen("{tmp_path}/ran", "w"); }}\n'
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", "evil.so", "evil.c"], cwd=tmp_path, check=True)
    opencc_config(tmp_path, type="jieba", __plugin_library=str(tmp_path / "evil.so"), dict_path="x")
    load = f"import opencc; opencc.OpenCC({str(tmp_path / 's2t.json')!r})"
    python(load, tmp_path)
    unguarded = (tmp_path / "ran").exists()
    (tmp_path / "ran").unlink(missing_ok=True)
    python(f"{CONVERT}; {load}", tmp_path)
    assert not (tmp_path / "ran").exists()
    assert unguarded, "OpenCC no longer does this: the attack is out of date"


@pytest.mark.parametrize("name", ["OPENCC_DISABLE_PLUGINS"])
def test_a_run_that_converts_has_plugins_off(tmp_path, name):
    assert python(f"{CONVERT}; import os; print(os.environ[{name!r}])", tmp_path).stdout.endswith("1\n")


# --- places ----------------------------------------------------------------------------------------------------------


def test_a_link_in_src_leads_to_no_secret(seeds):
    secret = seeds.parent / "secret.txt"
    secret.write_text("密码是一二三。\n", encoding="utf-8")
    (seeds / "b.txt").symlink_to(secret)
    (seeds / "c").symlink_to(seeds.parent)
    clean("seeds/", "out/", cwd=seeds.parent)
    clean("seeds/", "out2/", "--follow-symlinks", cwd=seeds.parent)
    for out in ("out", "out2"):
        assert not [n for n, raw in tree(seeds.parent / out).items() if "密码".encode() in raw]


def test_a_link_put_in_place_of_a_folder_in_out_is_not_followed(seeds):
    (seeds / "sub").mkdir()
    (seeds / "sub/b.txt").write_text(PROSE, encoding="utf-8")
    outside, out = seeds.parent / "outside", seeds.parent / "out"
    outside.mkdir()
    out.mkdir()
    (out / "sub").symlink_to(outside)
    done = clean("seeds/", "out/", cwd=seeds.parent)
    assert done.returncode == 3 and "[E103]" in done.stderr and not tree(outside)


@pytest.mark.parametrize("name", ["../x.txt", "/tmp/x.txt", "a/../../x.txt", "..", "a\\..\\x.txt", "C:x.txt"])
def test_no_name_leads_out_of_out(tmp_path, name):
    from cleaner.errors import InputError
    from cleaner.files import name_error, place

    refused = name_error(name, name) is not None
    try:
        target = place(tmp_path / "out", name)
    except InputError as err:
        assert err.code == "E103"
    else:
        assert target.is_relative_to(tmp_path / "out")
    assert refused


# --- what is shown ---------------------------------------------------------------------------------------------------

CONTROLS = "\x1b]0;owned\x07\x1b[2J\r\x9b31m\u202e\u2066\u200b\ufeff\U000e0041\x00\x08"
UNSAFE = frozenset(char for char in CONTROLS if not (char.isascii() and char.isprintable()))
PAYLOADS = [
    "<script>alert(1)</script>", "</script><script>x", '"><img src=x onerror=alert(1)>', "<svg/onload=alert(1)>",
    "javascript:alert(1)", "<a href='javascript:x'>y</a>", "<style>*{display:none}</style>", "<base href=//evil>",
    "<iframe srcdoc='<script>x</script>'>", "{{7*7}}", "{% raw %}", "<!--", "-->", "<![CDATA[", "&lt;script&gt;",
    "![x](http://evil/x.png)", "[x](http://evil)", "@someone #1", "http://evil.example/x", "<form action=//evil>",
]  # fmt: skip


@pytest.mark.parametrize("place", ["path", "title", "body"])
def test_no_payload_becomes_markup_or_drives_a_terminal(tmp_path, place):
    """Every payload in a path, a title and a body, with control characters around it; the report is parsed back."""
    src = tmp_path / "s"
    src.mkdir()
    for i, payload in enumerate(PAYLOADS):
        hostile = CONTROLS.replace("\x00", "") + payload
        name = f"{i}{hostile.replace('/', '∕')}.txt" if place == "path" else f"{i}.txt"
        title = hostile if place == "title" else "标题"
        body = PROSE + (f"分享到:{payload}\n领(lǐng)导{CONTROLS[:-2]}{payload}\n" if place == "body" else "")
        (src / name).write_text(f"{title}\n\n{body}分享到:\n", encoding="utf-8")
    done = clean("s/", "o/", "--verbose", cwd=tmp_path)
    shown = [done.stdout, done.stderr]
    for command in (
        ["diff", "s/"],
        ["diff", "--unified", "s/"],
        ["overlaps", "s/"],
        ["explain", f"s/{min(path.name for path in src.iterdir())}"],
        ["lint", "s/"],
    ):
        found = clean(*command, cwd=tmp_path)
        assert found.returncode in (0, 1), found.stderr
        shown += [found.stdout, found.stderr]
    for text in shown:
        assert not set(text) & UNSAFE, sorted(set(text) & UNSAFE)
    (tmp_path / "h").mkdir()
    (tmp_path / "h/a.txt").write_text(f"标题\n\n{PROSE}分享到:\n", encoding="utf-8")
    clean("h/", "p/", cwd=tmp_path)
    code = {text for page in parsed(tmp_path / "p") for text in page.xpath("//script/text() | //style/text()")}
    for page in parsed(tmp_path / "o"):
        assert set(page.xpath("//script/text() | //style/text()")) <= code
    _only_our_elements(tmp_path / "o/__report__")


def test_what_programs_are_given_on_stdout_drives_no_terminal(tmp_path):
    """JSON leaves C1 controls (0x9b begins a sequence), DEL and bidi characters as they are, and people look at it."""
    src = tmp_path / "s"
    src.mkdir()
    hostile = CONTROLS.replace("\x00", "")
    for i, text in enumerate(texts(8)):
        body = f"标题{i}\n\n{text}{PROSE}领(lǐng)导{hostile}在365bet体育在线\n"
        body += f"关注{hostile}公众号领取{hostile}福利\n分享到:\n"
        (src / f"{i}{hostile}.txt").write_text(body, encoding="utf-8")
    for command in (
        *(["s/", "o/", "--output-format", form] for form in ("json", "jsonl", "sarif", "gitlab", "github", "junit")),
        ["report", "o/", "--format", "csv"], ["report", "o/", "--format", "json"],
        ["lint", "s/", "--output-format", "json"], ["lint", "s/", "--output-format", "jsonl"],
        ["overlaps", "s/", "--output-format", "jsonl"], ["suggest", "s/", "--min-documents", "2"],
        ["stats", "o/", "--json"], ["diff", "o/", "--against", "o/", "--json"],
    ):  # fmt: skip
        found = clean(*command, cwd=tmp_path)
        assert found.returncode in (0, 1) and found.stdout, (command, found.stderr)
        assert not set(found.stdout + found.stderr) & UNSAFE, (command, sorted(set(found.stdout) & UNSAFE))


OURS = frozenset(
    re.findall(
        r"\w+",
        """html head meta title style body main header footer nav section article h1 h2 h3 h4 p ul ol li dl dt
        dd table thead tbody tfoot tr th td a span bdi b i em strong code pre del ins mark details summary
        div small time caption colgroup col label input button select option script template hr br abbr kbd
        sup sub link figure figcaption s u svg path fieldset legend form dialog aside blockquote q var
        output progress meter wbr ruby rt search rect textarea circle line g text desc""",
    )
)


def parsed(out):
    import lxml.html

    return [lxml.html.document_fromstring(page.read_text("utf-8")) for page in sorted(out.rglob("*.html"))]


def _only_our_elements(report) -> None:
    """Parse every page: no handler, no foreign address, no element beside the report's own, no code of an input."""
    import lxml.html
    from markdown_it import MarkdownIt

    pages = list(report.rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert not set(text) & UNSAFE, page
        assert "Content-Security-Policy" in text and "default-src 'none'" in text
        for element in lxml.html.document_fromstring(text).iter():
            if not isinstance(element.tag, str):
                continue
            assert element.tag in OURS, (page, element.tag)
            for name, value in element.attrib.items():
                assert not name.startswith("on") and "javascript:" not in value, (page, name, value)
                if name in ("href", "src", "action"):
                    assert not value.startswith(("http", "//", "javascript", "data")), (page, value)
    readme = (report / "README.md").read_text("utf-8")
    made = MarkdownIt("commonmark", {"html": True}).enable("table").render(readme)
    for element in lxml.html.document_fromstring(made).iter():
        assert element.tag in OURS - {"script", "style", "form", "input"}, element.tag
        for name, value in element.attrib.items():
            assert name != "href" or not value.startswith(("http", "//", "javascript", "data")), value


def test_a_bug_is_70_with_a_log_that_quotes_no_text(seeds, monkeypatch):
    from cleaner import pipeline

    def broken(*_args, **_options):
        raise ZeroDivisionError("密码是一二三")

    monkeypatch.setattr(pipeline, "run", broken)
    done = clean("seeds/", "out/", cwd=seeds.parent)
    assert done.returncode == 70 and "[E490]" in done.stderr and "Traceback" not in done.stderr
    log = done.stderr.split("report it with ")[1].split(" [E490]")[0]
    text = Path(log).read_text("utf-8")
    Path(log).unlink()
    assert "ZeroDivisionError" in text and "密码" not in text and str(seeds) not in text


def test_out_that_was_changed_by_hand_is_named_by_its_code(seeds):
    clean("seeds/", "out/", cwd=seeds.parent)
    (seeds.parent / "out/a.txt").write_text("别的\n", encoding="utf-8")
    done = clean("undo", "out/", "back/", cwd=seeds.parent)
    assert "[E205]" in done.stderr and done.returncode != 0


def test_explain_prints_the_entry_of_a_code():
    done = clean("explain", "e111")
    assert done.returncode == 0 and done.stdout.startswith("E111") and "--encoding" in done.stdout


def test_the_command_in_a_hostile_working_folder_imports_nothing_from_it(seeds):
    (seeds / "regex.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    (seeds / "opencc.py").write_text("raise SystemExit('imported')\n", encoding="utf-8")
    from tests.test_cli import ROOT as root

    script = root / ".venv/bin/clean"
    if script.exists():
        done = subprocess.run([script, ".", "../out"], cwd=seeds, capture_output=True, encoding="utf-8", timeout=300)
        assert done.returncode == 0, done.stderr
    assert shell("--version").returncode == 0
