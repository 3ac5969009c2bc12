# ruff: noqa: E501 (a table of sentences)
"""The catalogue of codes: what each means, what was done, how to go on. docs/errors.md is made from it.

A code never changes its meaning and is never used again for another one. E1xx are about inputs, E2xx about rules and
settings, E3xx about writing, E4xx about checks of our own.
This module imports nothing of ours.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """An entry: `meaning` (what happened), `done` (what became of the file), `how` (to go on), `exit` (0: a note)."""

    meaning: str
    done: str
    how: str
    exit: int


_KEPT = "copied unchanged to OUT and quarantined; the others are done"
_LEFT = "left out by name; the others are done"
_NONE = "nothing was written"
_OURS = "This is a bug of ours: report it, with the log if one is named."
_AGAIN = "Run the same command again when nothing writes to the folder."

CODES: dict[str, Code] = {
    "E101": Code(
        "The input is a pipe, a socket, a folder or a device, not a regular file. It is not opened for reading, since "
        "a pipe would make the run wait for ever.", _LEFT, "Exclude it, or put a file in its place.", 3,
    ),
    "E102": Code(
        "The input is a symbolic link. What it leads to may lie outside of SRC.", "not followed; the record says so",
        "Give `--follow-symlinks` if links that stay inside SRC are to be read, or put the file in its place.", 0,
    ),
    "E103": Code(
        "The name cannot be written everywhere, or leads out of OUT: `..`, `\\`, a drive, a name reserved on Windows, a "
        "dot or space at the end, more than 255 bytes, the report's own folder; or a link in OUT stands in its way.",
        _LEFT, "Rename the input, exclude it, or remove the link in OUT.", 3,
    ),
    "E104": Code(
        "Two inputs have one name in OUT on some systems: equal but for case or Unicode normal form, or `a.html` beside "
        "`a.txt`.", "each of them is left out by name; the others are done", "Rename or exclude all but one.", 3,
    ),
    "E105": Code(
        "SRC or OUT makes no sense: missing, empty, the same place, SRC inside OUT, OUT a file, no report to go back by.",
        _NONE, "Name another folder.", 2,
    ),
    "E106": Code("A format or an engine needs a package that is not installed.", _NONE, "Install the named extra.", 2),
    "E107": Code("The rows of a container have no field of the name that was given.", _NONE, "Name another field.", 2),
    "E110": Code(
        "There is a NUL character in the text: binary data, or UTF-16 without its mark.", _KEPT,
        "Convert or exclude the file, or give `--allow-nul` if NUL is meant.", 3,
    ),
    "E111": Code(
        "The bytes are in no encoding that can be read without doubt. Where two encodings are plausible none is chosen: "
        "a wrong guess is damage that nobody sees.", _KEPT, "Name it with `--encoding`, convert or exclude the file.", 3,
    ),
    "E112": Code(
        "Decoding or extraction would put U+FFFD into the main text of a page.", _KEPT,
        "Mend the bytes of the page, name its encoding with `--encoding`, or exclude it.", 3,
    ),
    "E113": Code(
        "A page is over a limit (size, depth, attributes of a tag, length of a paragraph), or its main text cannot be "
        "found, or the parser lost text.", _KEPT,
        "Save the page again without what makes it so, give its text as .txt, or exclude it.", 3,
    ),
    "E114": Code("A row or a record of a container is damaged or has no text.", _KEPT, "Fetch it again, or exclude it.", 3),
    "E120": Code(
        "A file, or a record of a container, is larger than the limit; found by its size, before anything is read.",
        _KEPT, "Raise `--max-file-size`, split the file or exclude it.", 3,
    ),
    "E121": Code(
        "Compressed data grows beyond the limits (200 for each byte read, 64 MiB a record, 4 GiB a member).", _KEPT,
        "Unpack it yourself if you trust it, or exclude it.", 3,
    ),
    "E130": Code(
        "A worker died twice on this document (a crash in a library, or out of memory).", _KEPT,
        "Exclude the document, and please report it.", 3,
    ),
    "E131": Code("The file changed or went away while it was read.", "left alone; the others are done", _AGAIN, 3),
    "E132": Code(
        "The deadline for one document passed (10 s for a page, the setting `deadline` for a text); its worker was killed, "
        "if it had one.", _KEPT,
        "Save a page again without what makes it so, leave the slow rule out, raise `deadline`, or exclude the document.", 3,
    ),
    "E201": Code(
        "A rule is too broad: it matches the empty text, or much of good prose.", _NONE,
        "Make the pattern say what it is after; the numbers in the message say what it matched.", 2,
    ),
    "E202": Code(
        "A pack, a configuration or an option is wrong: not TOML, an unknown key, a wrong type, a name that is not "
        "there. The message has file and line, and all mistakes are said at once.", _NONE,
        "Mend the line; the message says what is legal.", 2,
    ),
    "E203": Code(
        "A pattern of an installed pack is refused: packs that are not yours may use only patterns that take time in "
        "proportion to the text, of bounded size. Or a rule of your own was not done with two pages of good prose after 5 s.",
        _NONE,
        "Tell the pack's author; or read the pack, copy it beside your configuration, and so take it as your own. A rule of "
        "your own: take the loop out that stands inside of a loop.", 2,
    ),
    "E204": Code(
        "A pack names a file outside of its folder, or something else that is not data.", _NONE,
        "Put the table beside the pack.", 2,
    ),
    "E205": Code(
        "A decision cannot be read, or two contradict each other; or OUT and its report do not lead back to the seed.",
        "the line, or the file, is left out", "Mend the named line; or get OUT back as its report was made.", 2,
    ),
    "E206": Code(
        "The files of a pack are not those that `rules.lock` holds: the package was upgraded, or somebody changed the pack "
        "after it was locked. Or the lock cannot be read.", _NONE,
        "Install the pack anew; or read what changed, and lock it with `clean rules lock NAME`.", 2,
    ),
    "E210": Code(
        "A rule ran out of time on a text: `deadline`, 120 s of CPU time for all rules on one document. It is never taken for "
        "`no match`, which would depend on the machine.", _KEPT,
        "Mend the rule, or take it out of its pack (`--ignore` still lets it look); report it if it is a shipped one.", 3,
    ),
    "E220": Code(
        "The rules would cut more of the document's prose than the hard budget (60 %).", _KEPT,
        "Look with `clean explain --set budget.hard=1 FILE`; leave the rule out, or raise `--max-removed`.", 3,
    ),
    "E221": Code(
        "A cut of 60 Han characters with two sentence ends, by a rule that does not say `removes_prose`.",
        "this cut is not made but listed as proposed", "Decide it in the report.", 0,
    ),
    "E222": Code(
        "A match longer than its rule's `max_chars` (300).", "this cut is not made but listed as proposed",
        "Decide it in the report, or mend the rule.", 0,
    ),
    "E301": Code(
        "OUT cannot be written: the disk is full or fails.", "every file in OUT is whole, old or new",
        "Free some space or mend the disk, and run the same command again.", 4,
    ),
    "E302": Code(
        "A file or folder may not be read or written.", "every file in OUT is whole, old or new",
        "Change its permissions, and run the same command again.", 4,
    ),
    "E303": Code(
        "Another run holds OUT; process and host are named.", _NONE, "Wait until it has ended, or add `--wait`.", 4
    ),
    "E304": Code(
        "Standard output cannot be written (a full disk).", "what was printed is not complete, OUT is",
        "Free some space and run the same command again.", 4,
    ),
    "E306": Code(
        "Workers cannot be started, or die before they come to a document.", "every file in OUT is whole, old or new",
        "Give fewer `--jobs`, or more memory or processes (ulimit).", 4,
    ),
    "E401": Code(
        "The rules found no end in four passes: two of them undo each other.", _KEPT,
        "Leave the named rule out with `--ignore`, and report it.", 3,
    ),
    "E402": Code(
        "Our own check failed: the list of edits does not lead back to the source.",
        "copied unchanged to OUT; the others are done", _OURS, 70,
    ),
    "E490": Code(
        "Any other bug.", "every file in OUT is whole, old or new; if it came with one document, that one is copied unchanged "
        "and quarantined, and the others are done", _OURS, 70,
    ),
}  # fmt: skip


def page() -> str:
    """Return docs/errors.md."""
    rows = [_HEAD]
    for code, entry in CODES.items():
        left = f"exit {entry.exit}" if entry.exit else "a note, no exit code of its own"
        rows.append(
            f"## {code}\n{entry.meaning}\n\n- **Done:** {entry.done} ({left}).\n- **How to go on:** {entry.how}\n"
        )
    return "\n".join(rows)


_HEAD = """\
# Errors

Made from `cleaner/codes.py` by `python benchmarks/errors_page.py`; `clean explain E111` prints an entry.

An error is one line: where, what happened, what was done with the file, how to go on, and its code. Exit codes: **0** done,
or in step. **1** findings. **2** usage, configuration or packs: nothing was written. **3** done, but some inputs were
quarantined. **4** cannot read or write. **70** a bug of ours. **130**, **143** interrupted (SIGINT, SIGTERM): safe to run
again. Of several the first in this order counts: 130, 143, 70, 4, 2, 3, 1, 0.

Quarantined means: the original bytes stand unchanged at the same place in OUT, and code and reason are in the report.
"""
