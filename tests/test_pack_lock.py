"""Packs of others: installed, shown, taken, locked, changed behind our back (refused), locked anew, removed."""

from __future__ import annotations

import json
import os
import sys
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner import packs
from cleaner.cli.rules.config_file import ByHandError, with_packs
from cleaner.errors import Errors, PackError
from cleaner.packs import Lock, Locked
from tests.hook_repo import Repo, environment, new_repo
from tests.pack_site import RULE, TABLE, WORDS, install, pack
from tests.test_cli import PROSE, clean, tree

CONFIG = '# ours\nsrc = "seeds"  # read only\nout = "out"\n\n# how much may go\n[budget]\nsoft = 0.2\n'


@pytest.fixture
def site(tmp_path, monkeypatch):
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    packs.installed.cache_clear()
    yield folder
    packs.installed.cache_clear()
    assert "acme_rules" not in sys.modules


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    (folder / "seeds").mkdir(parents=True)
    (folder / "seeds/a.txt").write_text("标题\n\n" + PROSE + "广告位招租\n", encoding="utf-8")
    (folder / "clean.toml").write_text(CONFIG, encoding="utf-8")
    return folder


def test_a_pack_of_a_package_from_its_installation_to_its_removal(site, project):
    data = install(site, {"acme_rules/pack.toml": pack(rules=RULE + WORDS), "acme_rules/tables/words.tsv": TABLE})
    shows = clean("rules", "list", "--packs", cwd=project)
    assert "acme" in shows.stdout and "clean rules add acme" in shows.stdout and shows.returncode == 0

    added = clean("rules", "add", "acme", cwd=project)
    assert added.returncode == 0, added.stderr
    assert added.stdout.startswith("acme 1.0  CC0-1.0  package acme-rules 1.0  2 rules, 4 examples\n")
    config = (project / "clean.toml").read_text("utf-8")
    line = 'packs = ["zh-core", "zh-spam", "zh-lines", "zh-site", "acme"]\n'
    assert config == CONFIG.replace('out = "out"\n', f'out = "out"\n{line}')
    lock = (project / "rules.lock").read_text("utf-8")
    (entry,) = tomllib.loads(lock)["pack"]
    assert list(entry["sha256"]) == ["pack.toml", "tables/words.tsv"] and "://" not in lock
    assert (entry["version"], entry["license"], entry["package"]) == ("1.0", "CC0-1.0", "acme-rules 1.0")
    assert "  locked" in clean("rules", "list", "--packs", cwd=project).stdout

    assert clean(cwd=project).returncode == 0
    assert "招租" not in (project / "out/a.txt").read_text("utf-8")
    before = tree(project)
    (data / "tables/words.tsv").write_text(TABLE + "软体\t软件\n", encoding="utf-8")
    for args in ([], ["check"], ["rules", "list"], ["explain", "seeds/a.txt:4"]):
        refused = clean(*args, cwd=project)
        assert refused.returncode == 2 and refused.stderr.endswith("clean rules lock acme [E206]\n"), refused
        assert "rules.lock:5: pack 'acme' is not what was locked: tables/words.tsv has other bytes" in refused.stderr
        assert "it was changed after it was locked" in refused.stderr
    assert tree(project) == before
    listed = clean("rules", "list", "--packs", cwd=project)
    assert listed.returncode == 1 and "REFUSED: tables/words.tsv has other bytes" in listed.stdout

    (data / "tables/words.tsv").unlink()
    assert "tables/words.tsv is missing" in clean(cwd=project).stderr
    (data / "tables/words.tsv").write_text(TABLE, encoding="utf-8")
    (data / "pack.toml").write_text(pack(version="1.1", rules=RULE + WORDS), encoding="utf-8")
    assert "(locked: 1.0, package acme-rules 1.0; here: 1.1, package acme-rules 1.0)" in clean(cwd=project).stderr
    assert clean("rules", "lock", "--check", cwd=project).returncode == 1
    assert clean("rules", "lock", "acme", cwd=project).returncode == 0
    assert clean("rules", "lock", "--check", cwd=project).returncode == 0
    assert clean("check", cwd=project).returncode == 1, "the digest of the pack stands in the report"

    removed = clean("rules", "remove", "acme", cwd=project)
    assert removed.returncode == 0, removed.stderr
    assert (project / "clean.toml").read_text("utf-8") == CONFIG.replace(
        'out = "out"\n', 'out = "out"\n' + line.replace(', "acme"', "")
    )
    assert not (project / "rules.lock").exists()
    assert clean(cwd=project).returncode == 0 and "招租" in (project / "out/a.txt").read_text("utf-8")


def test_a_pack_that_went_away_can_be_removed_and_what_still_names_it_is_said(site, project):
    install(site, {"acme_rules/pack.toml": pack()})
    assert clean("rules", "add", "acme", cwd=project).returncode == 0
    with (project / "clean.toml").open("a", encoding="utf-8") as file:
        file.write('[per_file_ignores]\n"a.txt" = ["acme/ad"]\n')
    for path in sorted(site.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    packs.installed.cache_clear()
    assert "acme: there is no such rule pack" in clean(cwd=project).stderr
    removed = clean("rules", "remove", "acme", cwd=project)
    assert removed.returncode == 0 and "acme/ad: no rule of the packs in force" in removed.stderr
    assert not (project / "rules.lock").exists()


def test_a_pack_whose_examples_do_not_hold_is_not_taken(site, project):
    install(site, {"acme_rules/pack.toml": pack(rules=RULE.replace('招租\\n", ""]', '招租\\n", "x"]'))})
    before = tree(project)
    refused = clean("rules", "add", "acme", cwd=project)
    assert refused.returncode == 1 and "nothing was written" in refused.stderr
    assert tree(project) == before


def test_a_locked_pack_is_vetted_as_any_of_others(site, project):
    install(site, {"acme_rules/pack.toml": pack(rules=RULE.replace("广告位招租'''", "(a|aa)+广告位招租'''"))})
    refused = clean("rules", "add", "acme", cwd=project)
    assert refused.returncode == 2 and "[E203]" in refused.stderr


def test_a_pack_of_the_repository_is_locked_only_on_demand(project):
    (project / "rules").mkdir()
    (project / "rules/acme.toml").write_text(pack(), encoding="utf-8")
    assert clean("rules", "add", "rules/acme.toml", cwd=project).returncode == 0
    assert '"./rules/acme.toml"' in (project / "clean.toml").read_text("utf-8")
    assert not (project / "rules.lock").exists()
    assert "of this repository" in clean("rules", "list", "--packs", cwd=project).stdout
    assert clean("rules", "lock", "acme", cwd=project).returncode == 0
    assert 'path = "rules/acme.toml"' in (project / "rules.lock").read_text("utf-8")
    (project / "rules/acme.toml").write_text(pack(version="2"), encoding="utf-8")
    assert "[E206]" in clean(cwd=project).stderr
    assert clean("rules", "remove", "./rules/acme.toml", cwd=project).returncode == 0
    assert not (project / "rules.lock").exists()
    assert clean("rules", "add", "rules/acme.toml", cwd=project).returncode == 0
    assert clean("rules", "remove", "acme", cwd=project).returncode == 0, "by what the pack calls itself"
    assert "acme" not in (project / "clean.toml").read_text("utf-8")


def test_add_makes_a_configuration_where_there_is_none_and_takes_shipped_packs_without_a_lock(tmp_path):
    assert clean("rules", "add", "vocab-tw", cwd=tmp_path).returncode == 0
    assert set(tree(tmp_path)) == {"clean.toml"}
    again = clean("rules", "add", "vocab-tw", cwd=tmp_path)
    assert again.returncode == 0 and "in force already" in again.stdout


def test_the_folder_of_a_package_is_taken_for_what_was_meant(project):
    clean("rules", "new", "--package", "acme", cwd=project)
    refused = clean("rules", "add", "./seedclean-acme", cwd=project)
    assert refused.returncode == 2 and "did you mean seedclean-acme/seedclean_acme?" in refused.stderr
    top = project / "seedclean-acme"
    assert clean("rules", "new", "seedclean_acme", "--rule", "b", "--kind", "block", cwd=top).returncode == 0
    assert clean("rules", "test", "seedclean_acme", cwd=top).stdout == "2 rules, 6 examples, 0 do not hold\n"


def test_a_copy_of_a_locked_pack_is_ones_own_and_not_locked(site, project):
    data = install(site, {"acme_rules/pack.toml": pack(rules=WORDS), "acme_rules/tables/words.tsv": TABLE})
    assert clean("rules", "add", "acme", cwd=project).returncode == 0
    assert clean("rules", "copy", "acme", cwd=project).returncode == 0
    assert not (project / "rules.lock").exists()
    assert (project / "rules/tables/words.tsv").read_bytes() == (data / "tables/words.tsv").read_bytes()
    (project / "rules/acme.toml").write_text(pack(rules=WORDS, version="mine"), encoding="utf-8")
    (data / "pack.toml").write_text("not even a pack", encoding="utf-8")
    assert clean("rules", "list", cwd=project).returncode == 0


def test_doctor_names_a_pack_of_others_that_is_not_locked(site, project):
    install(site, {"acme_rules/pack.toml": pack()})
    config = (project / "clean.toml").read_text("utf-8")
    (project / "clean.toml").write_text('packs = ["zh-core", "acme"]\n' + config, encoding="utf-8")
    assert "type: clean rules lock acme" in clean("doctor", cwd=project).stderr
    assert "not locked; type: clean rules lock" in clean("rules", "list", "--packs", cwd=project).stdout
    assert clean("rules", "lock", cwd=project).returncode == 0
    assert "not locked" not in clean("doctor", cwd=project).stderr


def test_two_packages_that_bring_one_pack_are_refused(site, project):
    install(site, {"acme_rules/pack.toml": pack()})
    install(site, {"other/pack.toml": pack()}, package="zzz", entry="acme = other")
    packs.installed.cache_clear()
    with pytest.raises(PackError, match=r"2 installed packages bring this pack: acme-rules 1\.0, zzz 1\.0"):
        packs.find("acme")
    assert "REFUSED: brought twice" in clean("rules", "list", "--packs", cwd=project).stdout


def test_a_package_may_not_bring_a_pack_under_another_name(site):
    install(site, {"acme_rules/pack.toml": pack(name="zh-core")})
    with pytest.raises(Errors, match="package acme-rules brings it as 'acme', it is 'zh-core'"):
        packs.load([packs.find("acme")])


def test_a_package_is_known_by_its_own_name_too(site):
    install(site, {"acme_rules/pack.toml": pack()})
    with pytest.raises(PackError, match="the package of this name brings acme"):
        packs.find("Acme_Rules")


def test_a_package_that_is_installed_as_a_link_is_found_where_its_author_works(site, tmp_path):
    work = tmp_path / "my work"
    (work / "src/acme_rules").mkdir(parents=True)
    (work / "src/acme_rules/pack.toml").write_text(pack(), encoding="utf-8")
    link = json.dumps({"url": work.as_uri(), "dir_info": {"editable": True}})
    install(site, {}, link=link)
    assert packs.find("acme") == work / "src/acme_rules/pack.toml"
    assert not packs.is_trusted(packs.find("acme"))


EDITABLE = ', "dir_info": {"editable": true}}'
NOTES = {
    "cut off": "{",
    "a list": "[]",
    "a number": "1",
    "of the net": '{"url": "https://x/y"}',
    "no text": '{"url": 1' + EDITABLE,
    "too deep": "[" * 100_000,
    "NUL": '{"url": "file:///%00"' + EDITABLE,
    "everything": '{"url": "file:///"' + EDITABLE,
}


@pytest.mark.parametrize("link", NOTES.values(), ids=NOTES)
def test_a_broken_note_of_where_a_package_is_from_is_no_pack(site, link):
    install(site, {}, link=link)
    with pytest.raises(PackError):
        packs.find("acme")


# --- the lock file ---------------------------------------------------------------------------------------------------


@given(st.binary(max_size=80) | st.text("[]pack=\"sha256.toml\n 1schema'", max_size=60).map(str.encode))
def test_any_bytes_are_a_lock_or_refused(tmp_path_factory, raw):
    file = tmp_path_factory.mktemp("lock") / "rules.lock"
    file.write_bytes(raw)
    try:
        Lock.read(file)
    except PackError as err:
        assert err.code == "E206"


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x", "a\\..\\x"])
def test_a_lock_names_no_file_outside_of_a_pack(tmp_path, name):
    file = tmp_path / "rules.lock"
    one = f'schema = 1\n[[pack]]\nname = "a"\nversion = "1"\n[pack.sha256]\n{json.dumps(name)} = "x"\n'
    file.write_text(one, encoding="utf-8")
    with pytest.raises(PackError, match="is no file of a pack"):
        Lock.read(file)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,6}", fullmatch=True)
DIGESTS = st.dictionaries(TEXT.filter(lambda t: t and not set(t) & set("/\\.")), TEXT, min_size=1, max_size=3)
ENTRY = st.builds(Locked, name=NAMES, version=TEXT, license=TEXT, package=TEXT, path=TEXT, sha256=DIGESTS)


@given(st.lists(ENTRY, max_size=3, unique_by=lambda one: one.name))
def test_a_lock_is_read_as_it_was_written_and_in_one_order(tmp_path_factory, entries):
    file = tmp_path_factory.mktemp("lock") / "rules.lock"
    text = Lock(file, tuple(entries)).to_toml()
    assert text == Lock(file, tuple(reversed(entries))).to_toml()
    file.write_bytes(text.encode("utf-8"))
    again = Lock.read(file)
    assert again.packs == tuple(sorted(entries, key=lambda one: one.name))
    assert again.to_toml() == text


# --- the configuration -----------------------------------------------------------------------------------------------

SHAPES = {
    "plain": CONFIG,
    "empty": "",
    "project": '[project]\nname = "x"\n\n[tool.clean]\nsrc = "s"  # here\n\n[tool.clean.budget]\nsoft = 1\n[tool.x]\n',
    "only a table of ours": "[tool.clean.budget]\nsoft = 0.1  # c\n",
    "list": 'packs = ["zh-core"]  # only this\nsrc = "s"\n',
    "list of lines": 'packs = [\n  "zh-core", # the core\n  # more\n  "zh-site",\n]\n',
    "crlf": 'src = "s"\r\nout = "o"\r\n',
    "key of another table": '[budget]\nsoft = 0.1\n',
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
def test_a_pack_comes_into_a_configuration_and_nothing_else_in_it_changes(shape):
    text, project = SHAPES[shape], "tool" in SHAPES[shape]
    keys = tomllib.loads(text)
    mine = keys["tool"]["clean"] if project else keys
    have = mine.get("packs", ["zh-core", "zh-site"])
    after = with_packs(text, in_project=project, have=have, want=[*have, "acme"])
    told = tomllib.loads(after)
    (told["tool"]["clean"] if project else told).pop("packs")
    mine.pop("packs", None)
    assert told == keys
    kept = iter(after.split("\n"))
    assert all(line in kept for line in text.split("\n") if "#" in line and "packs" not in line), after
    assert after.count("\r\n") == (after.count("\n") if "\r" in text else 0)
    back = with_packs(after, in_project=project, have=[*have, "acme"], want=have)
    if "packs" in text:
        assert back == text


def test_a_configuration_that_cannot_be_changed_safely_is_left_to_its_owner():
    with pytest.raises(ByHandError, match=r'packs = \["b"\]'):
        with_packs('packs = ["a", "a", "b"]\n', in_project=False, have=["a", "b"], want=["b"])


# --- under a hook ----------------------------------------------------------------------------------------------------


def test_the_hook_reads_the_lock_of_the_index_and_sees_a_pack_that_changed_outside_of_it(tmp_path):
    site = tmp_path / "site"
    data = install(site, {"acme_rules/pack.toml": pack()})
    env = environment(tmp_path)
    env["PYTHONPATH"] += os.pathsep + str(site)
    repo: Repo = new_repo(tmp_path / "repo", env)
    assert repo.clean("rules", "add", "acme").code == 0
    assert repo.clean().code == 0
    repo.git("add", "-A")
    good = repo.clean("check", "--staged")
    assert good.code == 0 and repo.clean("check", "--staged") == good, good.said
    repo.write("rules.lock", "not a lock")
    assert repo.clean("check", "--staged").code == 0, "the lock on the disk is not the one that is committed"
    repo.git("checkout", "rules.lock")
    (data / "pack.toml").write_text(pack().replace("多年", "很久"), encoding="utf-8")
    refused = repo.clean("check", "--staged")
    assert refused.code == 2 and "[E206]" in refused.said
    repo.git("rm", "-q", "--cached", "rules.lock")
    assert "[E206]" not in repo.clean("check", "--staged").said


def test_the_shell_offers_packs_and_rules(site, project, monkeypatch):
    from click.shell_completion import ShellComplete

    from cleaner.cli import cli

    install(site, {"acme_rules/pack.toml": pack()})
    monkeypatch.chdir(project)
    assert clean("rules", "add", "acme", cwd=project).returncode == 0
    shell = ShellComplete(cli, {}, "clean", "_CLEAN_COMPLETE")

    def offered(*words: str) -> list[str]:
        return [item.value for item in shell.get_completions(list(words[:-1]), words[-1])]

    assert "acme" in offered("rules", "lock", "") and "zh-core" in offered("rules", "test", "zh-")
    assert offered("rules", "show", "acme/") == ["acme/ad"]
    assert [item.type for item in shell.get_completions(["rules", "keep"], "se")] == ["file"]
    (project / "rules.lock").write_text("no lock", encoding="utf-8")
    assert offered("rules", "show", "acme/") == []
