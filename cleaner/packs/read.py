"""Reads a pack and says what is wrong with it and where; everything that is wrong with every pack of a run, at once."""

from __future__ import annotations

import hashlib
import tomllib
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import fields
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cleaner.clock import OutOfTime, limited
from cleaner.context import Context, Settings
from cleaner.errors import Errors, PackError
from cleaner.packs.kinds import adapter, kind, kind_names
from cleaner.packs.places import brought, is_trusted, shipped, shown
from cleaner.packs.values import Pack, PackKeys, Rule, RuleKeys
from cleaner.show import show
from cleaner.tables import Table
from cleaner.toml import Places, suggestion
from cleaner.vet import broad, compiles, vet

TRIAL = 5.0  # seconds of CPU time for a rule on the good prose that it must not cut; shipped ones take milliseconds


def load(files: Iterable[Path], *, foreign: bool = False) -> tuple[Pack, ...]:
    """Read and check packs, in order; with `foreign`, each as one that an installed package brings.

    Raises `Errors` with everything that is wrong in all of them.
    """
    packs: list[Pack] = []
    errors: list[PackError] = []
    names: dict[str, str] = {}
    for file in files:
        reader = _Reader(file, foreign)
        pack = reader.pack()
        errors += reader.errors
        if pack is not None:
            if pack.name in names:
                errors.append(
                    reader.error(1, f"pack '{pack.name}' is there already, from {names[pack.name]}", "name it once")
                )
            names[pack.name] = pack.file
            packs.append(pack)
    if errors:
        raise Errors(tuple(errors))
    return tuple(packs)


class _Reader:
    """Reads one pack and collects what is wrong with it."""

    def __init__(self, file: Path, foreign: bool) -> None:
        self.file = file
        self.shown = show(shown(file))
        self.errors: list[PackError] = []
        self.places = Places("")
        self.tables: list[Table] = []
        self.trusted = not foreign and is_trusted(file)

    def error(self, line: int, what: str, how: str, code: str = "E202") -> PackError:
        return PackError(code, f"{self.shown}:{line}", what, "nothing was written", how)

    def say(self, line: int, what: str, how: str, code: str = "E202") -> None:
        error = self.error(line, what, how, code)
        if str(error) not in map(str, self.errors):
            self.errors.append(error)

    def pack(self) -> Pack | None:
        try:
            raw = self.file.read_bytes()
            text = raw.decode("utf-8")
            keys = tomllib.loads(text)
        except OSError as err:
            self.say(1, f"cannot be read ({err.strerror})", "check the path and its permissions")
            return None
        except UnicodeDecodeError as err:
            self.say(raw[: err.start].count(b"\n") + 1, "not UTF-8", "save the pack as UTF-8")
            return None
        except RecursionError:
            self.say(1, "nested too deeply", "write it with fewer brackets")
            return None
        except tomllib.TOMLDecodeError as err:
            line = _line_of(str(err), text)
            self.say(line, f"not TOML: {err}", "mend the line and run again")
            return None
        self.places = Places(text)
        head = self._head(keys)
        name = head.name if head else str(keys.get("name", "?"))
        own = brought(self.file)
        if own is not None and own.name != name:
            how = f'its author has to write name = "{show(own.name)}", or name the entry point otherwise'
            line = self.places.key("name")
            self.say(line, f"package {show(own.package)} brings it as '{show(own.name)}', it is '{show(name)}'", how)
        rows = keys.get("rule", [])
        if not (self.trusted or self._vetted(rows)):
            return None
        rules = (
            [self._rule(name, i, row) for i, row in enumerate(rows) if isinstance(row, dict)]
            if isinstance(rows, list)
            else []
        )
        self._unique([rule for rule in rules if rule])
        if head is None or self.errors:
            return None
        digest = hashlib.sha256(raw)
        tables = tuple(sorted({table.path for table in self.tables}))
        for table in tables:
            digest.update(table.name.encode() + b"\0" + table.read_bytes())
        return Pack(
            head.name, head.version, head.why, head.license, self.shown, digest.hexdigest(),
            tuple(rule for rule in rules if rule), self.file, tables,
        )  # fmt: skip

    def _head(self, keys: dict[str, Any]) -> PackKeys | None:
        try:
            return PackKeys.model_validate(keys)
        except ValidationError as err:
            for one in err.errors():
                if one["loc"][:1] == ("rule",) and len(one["loc"]) > 1:
                    self.say(self.places.table("rule", int(one["loc"][1])), "a rule is a table", "write [[rule]]")
                    continue
                key = str(one["loc"][0])
                line = self.places.key(key)
                self.say(
                    line,
                    _what("the pack", key, one),
                    _how(key, one, [f.alias or n for n, f in PackKeys.model_fields.items()]),
                )
            return None

    def _rule(self, pack: str, index: int, row: dict[str, Any]) -> Rule | None:
        line = self.places.table("rule", index)
        who = f"rule '{show(str(row['id']))}'" if "id" in row else f"rule number {index + 1}"
        name = row.get("kind")
        names = kind_names()
        if name not in names:
            at = self.places.key("kind", "rule", index)
            if name is None:
                self.say(line, f"{who} has no 'kind'", f"add one of {', '.join(names)}")
            else:
                self.say(at, f"{who}: there is no kind '{show(str(name))}'", suggestion(str(name), names))
            return None
        made = kind(name)
        mine = {f.name for f in fields(made) if f.init}
        common = {key: value for key, value in row.items() if key not in mine}
        own = {key: value for key, value in row.items() if key in mine}
        legal = [*RuleKeys.model_fields, *sorted(mine)]
        keys = do = None
        meant = {near for key in row if key not in legal for near in get_close_matches(key, legal, 1)}
        before = len(self.errors)
        try:
            keys = RuleKeys.model_validate(common)
        except ValidationError as err:
            self._say_all(who, name, index, err, legal, meant)
        try:
            do = adapter(name).validate_python(own, context={"folder": self.file.parent})
        except ValidationError as err:
            self._say_all(who, name, index, err, legal, meant)
        if keys is None or do is None or len(self.errors) > before:
            return None
        self._lifts(who, index, keys, do)
        tables = [value for f in fields(made) if isinstance(value := getattr(do, f.name), Table)]
        self.tables += tables
        fit = [self._is_text(who, index, table) for table in tables]  # of each, so that all is said at once
        if all(fit):
            self._works(who, name, index, keys, do)
        return Rule(f"{pack}/{keys.id}", pack, self.shown, line, do, keys.stage or made.stage, keys)

    def _say_all(
        self, who: str, kind_name: str, index: int, err: ValidationError, legal: list[str], meant: set[str]
    ) -> None:
        for one in err.errors():
            key = str(one["loc"][0]) if one["loc"] else ""
            if one["type"] == "missing" and key in meant:
                continue  # a wrong key was named already, with this one as what was meant
            if one["type"] == "value_error":  # our own words, from a kind or a table
                text = str(one["ctx"]["error"])
                quoted = key or (text.split("'")[1] if "'" in text else "")
                line = self.places.key(quoted, "rule", index)
                what, _, how = text.partition("; ")
                code = "E201" if "matches nothing at all" in text else "E204" if "lies outside" in text else "E202"
                self.say(line, f"{who}: {what}", how or "mend it and run again", code)
                continue
            line = self.places.key(key, "rule", index)
            if key in ("turns", "keeps") and one["type"] in ("missing", "too_short"):
                self.say(line, f"{who} has no example", 'add turns = [["before", "after"]] and keeps = ["..."]')
                continue
            what = (
                f"{who}: kind '{kind_name}' takes no '{show(key)}'"
                if one["type"] == "extra_forbidden"
                else _what(who, key, one)
            )
            self.say(line, what, _how(key, one, legal))

    def _vetted(self, rows: Any) -> bool:
        """Say what the rules of a pack of others may not hold; nothing of it has been compiled yet."""
        tables = [(i, row) for i, row in enumerate(rows) if isinstance(row, dict)] if isinstance(rows, list) else []
        for i, row in tables:
            for key, what, how in vet(row):
                self.say(
                    self.places.key(key, "rule", i), f"rule '{show(str(row.get('id', i + 1)))}': {what}", how, "E203"
                )
        if not self.errors and not compiles([row for _, row in tables]):
            self.say(1, "its patterns take too long, or all memory, to compile", "split the pack", "E203")
        return not self.errors

    def _is_text(self, who: str, index: int, table: Table) -> bool:
        raw = table.path.read_bytes()
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError as err:
            at = raw[: err.start].count(b"\n") + 1
            what = f"{who}: table '{show(table.path.name)}' is not UTF-8 in line {at}"
            self.say(self.places.table("rule", index), what, "save the table as UTF-8")
            return False
        return True

    def _works(self, who: str, name: str, index: int, keys: RuleKeys, do: Any) -> None:
        """Try a rule on its own examples and on good prose: its tables fit, it ends, it does not cut good prose.

        The shipped packs are held to all of this, and to cutting no good prose at all, by the tests.
        """
        if self.file.resolve().is_relative_to(shipped()):
            return
        line, share = self.places.table("rule", index), None
        try:
            with limited(TRIAL), warnings.catch_warnings():
                warnings.simplefilter("error", RuntimeWarning)  # weights that are no numbers
                for made in vars(type(do)).values():  # what a kind makes of its tables when it first needs it
                    if isinstance(made, cached_property):
                        getattr(do, str(made.attrname))
                for text in (*(before for before, _ in keys.turns), *keys.keeps):
                    list(do(Context(text, Settings())))
                if keys.level != "ask":
                    share = broad(name, do, shipped() / "prose.txt")
        except OutOfTime:
            what = f"{who} was not done with its examples and two pages of good prose after {TRIAL:g} s of CPU time"
            self.say(line, what, "mend its pattern: a loop inside of a loop can read one text in many ways", "E203")
        except Exception as err:  # of a kind at work: what it was given (a table, most likely) is not what it takes
            what = f"{who} cannot be used: its tables do not fit kind '{name}' ({show(str(err)) or type(err).__name__})"
            self.say(line, what, f"compare them with the tables of a shipped rule of kind '{name}'")
        if share is not None:
            what = f"{who} would cut {share:.0%} of good prose, wherever it stands"
            how = 'let its pattern say what it is after, or propose only: level = "ask"'
            self.say(line, what, how, "E201")

    def _lifts(self, who: str, index: int, keys: RuleKeys, do: Any) -> None:
        """Say which fields of `lift` name a group that the pattern does not have."""
        pattern = getattr(do, "_find", None)
        have = set(getattr(pattern, "groupindex", getattr(do, "lifts", ())))
        for field, group in keys.lift.items():
            if group not in have:
                line = self.places.key("lift", "rule", index)
                how = f"name the group: (?P<{show(group)}> ... )" if not have else suggestion(group, have)
                self.say(
                    line, f"{who}: 'lift' takes {field} from a group '{show(group)}' that 'find' does not have", how
                )

    def _unique(self, rules: list[Rule]) -> None:
        seen: dict[str, Rule] = {}
        for rule in rules:
            if rule.id in seen:
                self.say(
                    rule.line,
                    f"rule '{rule.keys.id}' is there already, at line {seen[rule.id].line}",
                    "give it a name of its own",
                )
            seen.setdefault(rule.id, rule)


def _what(who: str, key: str, one: Any) -> str:
    if one["type"] == "missing":
        return f"{who} has no '{show(key)}'"
    if one["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return f"{who} takes no '{show(key)}'"
    message = one["msg"][0].lower() + one["msg"][1:]
    return f"{who}: '{show(key)}' is not right: {show(message)}"


def _how(key: str, one: Any, legal: Sequence[str]) -> str:
    if one["type"] in ("extra_forbidden", "unexpected_keyword_argument"):
        return suggestion(key, legal)
    return f"add {key} = ..." if one["type"] == "missing" else "mend it and run again"


def _line_of(message: str, text: str) -> int:
    """Return the line that tomllib names in its message, or the last one."""
    _, found, rest = message.partition("at line ")
    number = rest.split(",")[0].split(")")[0]
    return int(number) if found and number.strip().isdigit() else text.count("\n") + 1
