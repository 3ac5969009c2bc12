"""Rule packs: read, check, say what is wrong and where, and find the shipped ones.

A pack is data: TOML with literals, word lists and patterns. It runs no code and names no path outside
its folder. Everything that is wrong with every pack of a run is said at once, each with `file:line`.
"""

from __future__ import annotations

import hashlib
import importlib
import pkgutil
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

import cleaner.kinds
from cleaner.context import Context, Proposal
from cleaner.errors import Errors, PackError
from cleaner.show import show
from cleaner.tables import Table
from cleaner.toml import Places, suggestion
from cleaner.vet import broad, compiles, vet

STAGES = ("characters", "annotations", "lines", "words", "script", "blank")  # the order of work in one document
GROUP = "cleaner.packs"  # of the entry points by which a package brings packs
DEFAULT_PACKS = ("zh-core", "zh-spam", "zh-lines", "zh-site")
Stage = Literal["characters", "annotations", "lines", "words", "script", "blank"]
MetaField = Literal["title", "source", "date", "author", "editor", "location"]


class Kind(Protocol):
    """What a rule does: yields sorted, disjoint proposals, and none on its own result."""

    stage: Any

    def __call__(self, context: Context) -> Iterable[Proposal]: ...


class RuleKeys(BaseModel):
    """The keys every rule may have, whatever its kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="stable for ever; the full id is pack/id")
    kind: str = Field(description="what the rule does")
    why: str = Field(min_length=1, description="one or two sentences for the reviewer")
    turns: list[tuple[str, str]] = Field(min_length=1, description="[before, after]: must hold exactly")
    keeps: list[str] = Field(min_length=1, description="texts that must not be touched: the tempting mistakes")
    todo: list[tuple[str, str]] = Field(default=[], description="known failures: run and shown, never fatal")
    level: Literal["fix", "ask"] = Field(default="fix", description="fix is applied, ask only proposed")
    review: bool = Field(default=False, description="applied, and listed as pending for a person")
    where: Literal["head", "body", "tail", "any"] = Field(default="any", description="position guard")
    within: int | None = Field(default=None, ge=1, description="replaces the setting edge_lines for this rule")
    stage: Stage | None = Field(default=None, description="when the rule runs; the kind has a default")
    max_chars: int = Field(default=300, ge=1, description="longest single match")
    removes_prose: bool = Field(default=False, description="lifts the prose guard")
    lift: dict[MetaField, str] = Field(default={}, description="metadata field = named group of the match")
    renamed_from: list[str] = Field(default=[], description="old full ids; decisions and ignores keep working")


_ONE_GROUP = ("ruby", "script")  # kinds


@dataclass(frozen=True)
class Rule:
    """One rule of a pack. `id` is the full id, `line` its line in the pack's file. Stateless, and it pickles."""

    id: str
    pack: str
    file: str
    line: int
    do: Kind
    stage: str
    keys: RuleKeys

    @property
    def why(self) -> str:
        return self.keys.why

    @property
    def one_group(self) -> bool:
        """Say whether all it does in a file is one decision, whatever the character: 353 readings are one leak."""
        return self.keys.kind in _ONE_GROUP

    def propose(self, context: Context) -> Iterator[Proposal]:
        """Yield what the rule would change in the text, sorted and disjoint, where its position guard allows."""
        if self.keys.where == "any":
            yield from self.do(context)
            return
        window = None  # most rules propose nothing in most texts, and then nobody needs to know where they may
        for proposal in self.do(context):
            window = window or self._window(context)
            if window[0] <= proposal.start and proposal.end <= window[1]:
                yield proposal

    def _window(self, context: Context) -> tuple[int, int]:
        head, tail = context.edges(self.keys.within)
        size = len(context.text)

        def start(i: int) -> int:
            return context.lines[i].start if i < len(context.lines) else size

        if self.keys.where == "head":
            return 0, start(head)
        if self.keys.where == "tail":
            return start(tail), size
        return start(head), start(tail)


@dataclass(frozen=True)
class Pack:
    """A checked pack. `digest` is the SHA-256 of its file and tables, in hex."""

    name: str
    version: str
    why: str
    license: str
    file: str
    digest: str
    rules: tuple[Rule, ...]


class PackKeys(BaseModel):
    """The keys of a pack's file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: Literal[1] = Field(alias="schema", description="format version")
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$", description="first half of every rule id")
    version: str = Field(min_length=1)
    why: str = ""
    license: str = ""
    rule: list[dict[str, Any]] = Field(min_length=1, description="in the order of work inside a stage")


@cache
def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds: the modules in cleaner/kinds that hold a class of their name."""
    found = (module.name for module in pkgutil.iter_modules(cleaner.kinds.__path__))
    return tuple(sorted(name for name in found if hasattr(_module(name), name.title())))


def kind(name: str) -> Any:
    """Return the class of a kind by its name in packs."""
    return getattr(_module(name), name.title())


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(kind(name))


def _module(name: str) -> Any:
    return importlib.import_module(f"cleaner.kinds.{name}")


def shipped() -> Path:
    """Return the folder of the shipped packs: in the wheel, or beside the package in a checkout."""
    here = Path(__file__).resolve().parent
    inside = here / "rules"
    return inside if inside.is_dir() else here.parent / "rules"


@cache
def installed() -> dict[str, Path]:
    """Return the packs that installed packages bring, by name: entry points of the group `cleaner.packs`.

    An entry names a folder of its distribution, which is found in the list of files that was installed. Nothing is
    imported: a data package runs no code. These packs are not trusted, see `cleaner/vet.py`.
    """
    found: dict[str, Path] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        folder = entry.value.replace(".", "/").replace(":", "/")
        wanted = {f"{folder}/pack.toml", f"{folder}/{entry.name}.toml", f"{folder}.toml"}
        for file in (entry.dist.files or ()) if entry.dist else ():
            if file.as_posix() in wanted and ".." not in file.parts:
                found.setdefault(entry.name, Path(str(file.locate())))
    return found


def is_trusted(file: Path) -> bool:
    """Say whether a pack is the user's own or shipped: not one that an installed package brings, under any path."""
    real = file.resolve()
    return real.is_relative_to(shipped()) or all(real != other.resolve() for other in installed().values())


def find(name: str, beside: Path | None = None) -> Path:
    """Return the file of a pack: a path, `rules/NAME.toml` beside the configuration, a shipped or an installed one.

    Raises PackError (E202) that names the packs there are.
    """
    if "/" in name or name.endswith(".toml"):
        path = Path(name) if beside is None else beside / name
        choices = [path / "pack.toml" if path.is_dir() else path]
    else:
        folders = ([beside / "rules"] if beside else []) + [shipped()]
        choices = [folder / f"{name}{end}" for folder in folders for end in (".toml", "/pack.toml")]
    for path in choices:
        if path.is_file():
            return path
    if name in installed():
        return installed()[name]
    names = sorted({*(path.stem for path in shipped().glob("*.toml")), *installed()})
    near = get_close_matches(name, names, 1)
    how = f"did you mean '{near[0]}'?" if near else f"the shipped packs are {', '.join(names)}"
    raise PackError("E202", show(name), "there is no such rule pack", "nothing was written", how)


def _shown(file: Path) -> str:
    """Return how a pack's file is named to people: a shipped one as rules/NAME, wherever the package lies."""
    folder = shipped()
    inside = file.resolve().is_relative_to(folder)
    return f"rules/{file.resolve().relative_to(folder).as_posix()}" if inside else file.as_posix()


def load(files: Iterable[Path]) -> tuple[Pack, ...]:
    """Read and check packs, in order. Raises `Errors` with everything that is wrong in all of them."""
    packs: list[Pack] = []
    errors: list[PackError] = []
    names: dict[str, str] = {}
    for file in files:
        reader = _Reader(file)
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


def in_order(packs: Sequence[Pack]) -> tuple[Rule, ...]:
    """Return all rules in the order of work: by stage, then by pack, then by place in the file."""
    rules = [rule for pack in packs for rule in pack.rules]
    return tuple(sorted(rules, key=lambda rule: STAGES.index(rule.stage)))


class _Reader:
    """Reads one pack and collects what is wrong with it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.shown = show(_shown(file))
        self.errors: list[PackError] = []
        self.places = Places("")
        self.tables: list[Table] = []
        self.trusted = is_trusted(file)

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
        for table in sorted({table.path for table in self.tables}):
            digest.update(table.name.encode() + b"\0" + table.read_bytes())
        return Pack(
            head.name, head.version, head.why, head.license, self.shown, digest.hexdigest(),
            tuple(rule for rule in rules if rule),
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
            do = _adapter(name).validate_python(own, context={"folder": self.file.parent})
        except ValidationError as err:
            self._say_all(who, name, index, err, legal, meant)
        if keys is None or do is None or len(self.errors) > before:
            return None
        self._lifts(who, index, keys, do)
        self._is_broad(who, name, index, keys, do)
        self.tables += [value for f in fields(made) if isinstance(value := getattr(do, f.name), Table)]
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

    def _is_broad(self, who: str, name: str, index: int, keys: RuleKeys, do: Any) -> None:
        """Say if a rule cuts much of good prose. The shipped packs are held to cutting none, by the tests."""
        if keys.level == "ask" or self.file.resolve().is_relative_to(shipped()):
            return
        share = broad(name, do, shipped() / "prose.txt")
        if share is not None:
            what = f"{who} would cut {share:.0%} of good prose, wherever it stands"
            how = 'let its pattern say what it is after, or propose only: level = "ask"'
            self.say(self.places.table("rule", index), what, how, "E201")

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


def pack_schema() -> dict[str, Any]:
    """Return the JSON Schema of a pack's file, for editors: each kind with its own keys."""
    schema = PackKeys.model_json_schema(by_alias=True)
    common = RuleKeys.model_json_schema()
    definitions = dict(schema.pop("$defs", {}))
    choices = []
    for name in kind_names():
        own = TypeAdapter(kind(name)).json_schema(ref_template="#/$defs/{model}")
        definitions |= own.pop("$defs", {})
        properties = {**common["properties"], **own.get("properties", {}), "kind": {"const": name}}
        required = sorted({*common["required"], *own.get("required", [])})
        choices.append(
            {
                "title": name,
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            }
        )
    schema["properties"]["rule"]["items"] = {"oneOf": choices}
    definitions |= common.get("$defs", {})
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "$defs": definitions}
