from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import packs
from cleaner.errors import CleanerError, Errors, PackError

HEAD = 'schema = 1\nname = "test"\nversion = "1"\n'
RULE = '[[rule]]\nid = "a"\nkind = "span"\nwhy = "Because."\nfind = "x"\nturns = [["x", ""]]\nkeeps = ["y"]\n'


def complaints(folder: Path, text: str) -> list[str]:
    file = folder / "test.toml"
    file.write_text(text, encoding="utf-8")
    try:
        packs.load([file])
    except Errors as err:
        return [str(error).replace(f"{file.as_posix()}:", "line ") for error in err.errors]
    return []


def test_three_mistakes_are_named_at_once_with_their_lines(tmp_path):
    text = HEAD + RULE.replace('find = "x"', 'fnd = "x"') + RULE.replace('"a"', '"b"').replace('"x"', '"x*"', 1)
    text += RULE.replace('"a"', '"c"').replace('keeps = ["y"]\n', "")
    assert complaints(tmp_path, text) == [
        "line 8: rule 'a': kind 'span' takes no 'fnd'; nothing was written; did you mean 'find'? [E202]",
        "line 15: rule 'b': 'find' also matches nothing at all; nothing was written; "
        "make it need at least one character [E201]",
        "line 18: rule 'c' has no example; nothing was written; "
        'add turns = [["before", "after"]] and keeps = ["..."] [E202]',
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("schema = 1\nname = \n", "line 2: not TOML", id="syntax"),
        pytest.param(HEAD.replace("1", "2", 1) + RULE, "line 1: the pack: 'schema' is not right", id="schema"),
        pytest.param(HEAD + RULE.replace("span", "spn"), "rule 'a': there is no kind 'spn'", id="kind"),
        pytest.param(HEAD + RULE + 'levle = "ask"\n', "did you mean 'level'?", id="key"),
        pytest.param(HEAD + RULE + 'level = "maybe"\n', "line 11: rule 'a': 'level' is not right", id="value"),
        pytest.param(HEAD + RULE + RULE, "rule 'a' is there already, at line 4", id="twice"),
        pytest.param(HEAD + RULE.replace('"x"', '"(x"', 1), "'find' is not a regular expression", id="regex"),
        pytest.param(HEAD, "line 1: the pack has no 'rule'", id="no rule"),
        pytest.param(HEAD + RULE + 'lift = { date = "day" }\n', "takes date from a group 'day'", id="lift"),
        pytest.param(
            HEAD + RULE.replace('"x"', '"' + "(" * 9000 + "x" + ")" * 9000 + '"', 1), "rule 'a': 'find'", id="deep"
        ),
        pytest.param("a = " + "[" * 9000, "line 1: ", id="deep toml"),
        pytest.param(HEAD + RULE.replace('find = "x"', 'find = "x"\nput = "\\\\2"'), "names a group", id="put"),
    ],
)
def test_a_wrong_pack_is_refused_with_the_place(tmp_path, text, expected):
    found = complaints(tmp_path, text)
    assert any(expected in line for line in found), found


@pytest.mark.parametrize("name", ["../secret.tsv", "/etc/passwd", "link.tsv"])
def test_a_table_outside_the_folder_of_the_pack_is_refused(tmp_path, name):
    (tmp_path / "secret.tsv").write_text("a\tb\n", encoding="utf-8")
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "link.tsv").symlink_to(tmp_path / "secret.tsv")
    rule = RULE.replace('kind = "span"', 'kind = "words"').replace('find = "x"', f'file = "{name}"')
    (found,) = complaints(folder, HEAD + rule)
    assert "lies outside the folder of its pack" in found
    assert "[E204]" in found


JSONISH = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
OWN = ["find", "put", "line", "proof", "sweep", "table", "file", "unless", "words", "brands", "mode", "tau"]
KEYS = st.sampled_from([*packs.RuleKeys.model_fields, *OWN])


@given(st.dictionaries(KEYS, JSONISH, max_size=6), st.sampled_from(packs.kind_names()))
def test_any_rule_is_loaded_or_refused_with_a_line(tmp_path_factory, values, kind):
    """P15: whatever stands in a pack, the loader gives a pack or errors of ours."""
    rule = {"id": "a", "why": "w", "turns": [["x", ""]], "keeps": ["y"], **values, "kind": kind}
    text = HEAD + "[[rule]]\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in rule.items())
    file = tmp_path_factory.mktemp("packs") / "p.toml"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        packs.load([file])
    except Errors as err:
        assert all(isinstance(error, PackError) for error in err.errors)
        assert all(error.where.removeprefix(f"{file.as_posix()}:").isdigit() for error in err.errors)


def _toml(value) -> str:
    import json

    if value is None:
        return '""'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {_toml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_loaded_or_refused(tmp_path_factory, raw):
    file = tmp_path_factory.mktemp("packs") / "p.toml"
    file.write_bytes(raw)
    with pytest.raises(Errors):
        packs.load([file])


def test_rules_pickle_and_work_afterwards(book):
    again = pickle.loads(pickle.dumps(book.rules))
    assert [rule.id for rule in again] == [rule.id for rule in book.rules]


def test_an_unknown_pack_is_named_with_what_there_is():
    with pytest.raises(CleanerError, match="did you mean 'zh-core'"):
        packs.find("zh-cor")


def test_a_pack_beside_the_configuration_comes_before_the_shipped_one(tmp_path):
    (tmp_path / "rules").mkdir()
    mine = tmp_path / "rules/zh-core.toml"
    mine.write_text(HEAD + RULE, encoding="utf-8")
    assert packs.find("zh-core", tmp_path) == mine
    assert packs.find("zh-spam", tmp_path).parent == packs.shipped()


def test_the_schema_takes_the_shipped_packs_and_refuses_a_wrong_key():
    import tomllib

    import jsonschema

    schema = packs.pack_schema()
    for file in sorted(packs.shipped().glob("*.toml")):
        jsonschema.validate(tomllib.loads(file.read_text("utf-8")), schema)
    wrong = tomllib.loads(HEAD + RULE.replace("find", "fnd"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, schema)


def test_tables_are_sorted_and_unique():
    for table in sorted((packs.shipped() / "tables").glob("*.tsv")):
        rows = [line for line in table.read_text("utf-8").split("\n") if line and not line.startswith("#")]
        assert rows == sorted(set(rows)), table.name
