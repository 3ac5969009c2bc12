"""The configuration of a run: defaults, the nearest file, the command line; checked as a whole.

The nearest `clean.toml`, or `pyproject.toml` with `[tool.clean]`, above SRC counts; nothing is merged
from folders above it. Unknown keys are errors with `file:line` and a suggestion, all of them at once.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

import orjson
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pathspec import GitIgnoreSpec
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from cleaner.context import Budget, Settings
from cleaner.errors import CleanerError, Errors, UsageError
from cleaner.languages import ALIASES
from cleaner.overlap import OverlapSettings
from cleaner.packs import DEFAULT_PACKS
from cleaner.show import show
from cleaner.toml import Places, suggestion

MIB = 1 << 20
_FROZEN = ConfigDict(extra="forbid", frozen=True)


class BudgetKeys(BaseModel):
    """How much rules may take before a person has to look."""

    model_config = _FROZEN

    match_chars: int = Field(default=300, ge=1, description="longest single cut unless the rule says more")
    soft: float = Field(default=0.25, ge=0, le=1, description="share of prose Han removed: applied, flagged")
    hard: float = Field(default=0.60, ge=0, le=1, description="not applied: copied unchanged, quarantined, exit 3")
    prose_han: int = Field(default=60, ge=1, description="a cut with this many Han characters ...")
    prose_stops: int = Field(
        default=2, ge=1, description="... and this many of 。！？； needs removes_prose in its rule"
    )


class DedupKeys(BaseModel):
    """What is looked for in several documents. It is reported; only `mode = "drop"` drops near-duplicate documents."""

    model_config = _FROZEN

    mode: Literal["report", "drop", "off"] = Field(
        default="report", description="report copies, also drop all but one of near-duplicate documents, or do not look"
    )
    keep: Literal["first", "newest", "longest"] = Field(
        default="first", description="of near-duplicate documents: by path, by lifted date, or by length"
    )
    threshold: float = Field(default=0.7, gt=0, le=1, description="Jaccard of documents")
    containment: float = Field(default=0.8, gt=0, le=1, description="or this share of the shorter document")
    min_chars: int = Field(default=20, ge=16, description="shortest passage, in key characters")
    fold_script: bool = Field(default=True, description="match across Simplified and Traditional")
    against: str | None = Field(default=None, description="a folder that new articles are held against; only read")


class ConfigKeys(BaseModel):
    """The keys of clean.toml, or of [tool.clean] in pyproject.toml."""

    model_config = _FROZEN

    src: str | None = Field(default=None, description="the folder of seeds")
    out: str | None = Field(default=None, description="the folder for the results")
    packs: list[str] = Field(default=list(DEFAULT_PACKS), description="names of shipped packs, or paths")
    select: list[str] = Field(default=[], description="only rules whose id begins with one of these")
    ignore: list[str] = Field(default=[], description="rules whose id begins with one of these do nothing")
    exclude: list[str] = Field(default=[], description="gitignore syntax; always obeyed, also for named files")
    per_file_ignores: dict[str, list[str]] = Field(default={}, description="gitignore pattern = rule prefixes")
    script: Literal["own", "off", "hans", "hant", "tw", "hk"] = Field(
        default="own", description="repair towards the document's own script, not at all, or convert whole documents"
    )
    meta: Literal["lift", "keep", "drop"] = Field(default="lift", description="byline and date lines")
    timezone: str = Field(
        default="+08:00",
        pattern=r"^(?:[+-](?:0\d|1[0-4]):[0-5]\d)?$",
        description="of lifted times that state none; '' leaves them without",
    )
    spam_words: Literal["mask", "keep", "delete", "drop-sentence", "map", "evidence"] = Field(
        default="mask", description="betting keyword inside a sentence"
    )
    spam_map: dict[str, str] = Field(default={}, description="keyword = word, for spam_words = 'map'")
    placeholder: str = Field(default="〓", min_length=1, max_length=8, pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028\u2029]+$")
    edge_lines: int = Field(default=40, ge=1, description="longest head and tail of a text, in lines")
    decisions: str = Field(default="rules/decisions.jsonl", description="what reviewers decided; '' takes none")
    protect: list[str] | str = Field(default=[], description="terms that no rule may change, or a file of them")
    encoding: str | None = Field(default=None, description="of all inputs; otherwise found out for each")
    max_file_size: int = Field(default=64 * MIB, ge=1, description="bytes; a larger file is quarantined")
    max_decompressed: int = Field(default=4 << 30, ge=1, description="bytes that one compressed file may give")
    in_format: Literal["auto", "txt", "md", "html", "jsonl", "parquet", "warc"] = Field(
        default="auto", description="of all inputs; otherwise by suffix"
    )
    text_field: str = Field(default="text", min_length=1, description="field or column of a row that is its text")
    id_field: str = Field(default="id", min_length=1, description="field or column of a row that is its id")
    out_format: Literal["mirror", "jsonl", "parquet"] = Field(
        default="mirror", description="each input under its own name, or one corpus in shards"
    )
    shard_size: int = Field(default=256 * MIB, ge=1, description="bytes of rows of a shard of jsonl or parquet")
    part_size: int = Field(default=8 * MIB, ge=1, description="bytes of a corpus that are one task of a worker")
    jobs: int = Field(default=0, ge=0, description="processes; 0 is one for each core")
    engine: Literal["auto", "serial", "pool", "ray"] = Field(default="auto", description="who does the work")
    deadline: float = Field(
        default=120.0, gt=0, le=1e6, description="seconds for a document: of CPU, with workers of wall time"
    )
    allow_nul: bool = Field(default=False, description="take NUL as text")
    follow_symlinks: bool = Field(default=False, description="follow links that stay inside SRC")
    fail_on: list[Literal["pending", "overlap", "findings"]] = Field(default=[], description="gates: exit 1")
    report_lang: Literal["en", "zh-Hans", "zh-Hant"] = Field(
        default="en", description="language of the report in OUT (also zh-CN, zh-TW, zh-HK); records stay English"
    )
    required_version: str | None = Field(default=None, description='such as ">=0.1"; another release refuses to run')
    budget: BudgetKeys = BudgetKeys()
    dedup: DedupKeys = DedupKeys()

    @field_validator("report_lang", mode="before")
    @classmethod
    def _language(cls, value: object) -> object:
        return ALIASES.get(value, value) if isinstance(value, str) else value

    @field_validator("required_version")
    @classmethod
    def _specifier(cls, value: str | None) -> str | None:
        try:
            SpecifierSet(value or "")
        except InvalidSpecifier as err:
            raise ValueError(f"'required_version' is no version specifier: {value}; write it as \">=0.1\"") from err
        return value


# What bears on the bytes of OUT; the rest (places, limits, gates) does not stand in the digest.
_EFFECTIVE = (
    "packs", "select", "ignore", "exclude", "per_file_ignores", "script", "meta", "timezone", "spam_words", "spam_map",
    "placeholder", "edge_lines", "encoding", "allow_nul", "report_lang", "budget", "dedup",
)  # fmt: skip


@dataclass(frozen=True)
class Config:
    """A checked configuration. `file` is where it comes from and `root` the folder that its paths start from."""

    keys: ConfigKeys
    file: Path | None
    root: Path
    protect: tuple[str, ...]
    bulk: bool = True  # more than a few texts are to come
    only: frozenset[str] | None = None  # names of the files of SRC that are looked at, None for all

    def __getstate__(self) -> dict[str, object]:
        """Leave out what is worked out when asked for: compiled patterns of pathspec may not pickle (re2)."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def settings(self) -> Settings:
        keys = self.keys
        return Settings(
            edge_lines=keys.edge_lines, placeholder=keys.placeholder, spam_words=keys.spam_words,
            spam_map=tuple(sorted(keys.spam_map.items())), script=keys.script, meta=keys.meta, protect=self.protect,
            prefilter=self.bulk,
            timezone=keys.timezone,
            budget=Budget(**keys.budget.model_dump()),
        )  # fmt: skip

    @property
    def overlaps(self) -> OverlapSettings:
        dedup = self.keys.dedup
        return OverlapSettings(
            threshold=dedup.threshold,
            containment=dedup.containment,
            min_chars=dedup.min_chars,
            fold_script=dedup.fold_script,
        )

    @property
    def decisions(self) -> Path | None:
        """The file of decisions, which need not be there; None if there are to be none."""
        return self.root / self.keys.decisions if self.keys.decisions else None

    @property
    def without_decisions(self) -> Config:
        """The same, without what reviewers decided: to mend that file, a tool must start while it is wrong."""
        return replace(self, keys=self.keys.model_copy(update={"decisions": ""}))

    @cached_property
    def digest(self) -> str:
        """SHA-256 in hex of everything here that bears on the bytes of OUT."""
        keys = self.keys.model_dump(include=set(_EFFECTIVE))
        keys["dedup"].pop("against")  # a path: what stands there is in the records
        return hashlib.sha256(orjson.dumps({**keys, "protect": self.protect}, option=orjson.OPT_SORT_KEYS)).hexdigest()

    @cached_property
    def _exclude(self) -> GitIgnoreSpec:
        return GitIgnoreSpec.from_lines(self.keys.exclude)

    @cached_property
    def _ignores(self) -> tuple[tuple[GitIgnoreSpec, tuple[str, ...]], ...]:
        return tuple(
            (GitIgnoreSpec.from_lines([glob]), tuple(rules)) for glob, rules in self.keys.per_file_ignores.items()
        )

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Every beginning of a rule id that this configuration names."""
        per_file = [prefix for rules in self.keys.per_file_ignores.values() for prefix in rules]
        return tuple(dict.fromkeys([*self.keys.select, *self.keys.ignore, *per_file]))

    def excluded(self, name: str, src: Path) -> bool:
        """Say whether a file of SRC is excluded; patterns are relative to the configuration, or to SRC."""
        return any(self._exclude.match_file(path) for path in self._paths(name, src))

    def ignored(self, name: str, src: Path) -> tuple[str, ...]:
        """Return the prefixes of the rules that do nothing in a file of SRC."""
        found = list(self.keys.ignore)
        for spec, rules in self._ignores:
            if any(spec.match_file(path) for path in self._paths(name, src)):
                found += rules
        return tuple(dict.fromkeys(found))

    def _paths(self, name: str, src: Path) -> tuple[str, ...]:
        folder = src if src.is_dir() else src.parent
        paths = [name]
        with suppress(ValueError):
            paths.append((folder.resolve() / name).relative_to(self.root.resolve()).as_posix())
        # where pathspec matches by re2, it fails at the surrogates that stand for bytes of a name that are no UTF-8
        return tuple(path.encode("utf-8", "replace").decode("utf-8") for path in paths)


def discover(start: Path, stop: Path | None = None) -> Path | None:
    """Return the nearest configuration file in `start` (a folder) or above it, up to the folder `stop`; or None."""
    for folder in (start, *start.resolve().parents):
        if (folder / "clean.toml").is_file():
            return folder / "clean.toml"
        project = folder / "pyproject.toml"
        if project.is_file() and "clean" in _toml(project).get("tool", {}):
            return project
        if folder == stop:
            break
    return None


def load(file: Path | None, given: Mapping[str, Any], places: Sequence[str] = ()) -> Config:
    """Read a configuration file and put what the command line gives over it.

    `given` has the keys of `ConfigKeys` (nested for budget and dedup); `places` are `KEY=VALUE` of --set.
    Raises `Errors` with all that is wrong, and UsageError if another release is required.
    """
    raw = _toml(file) if file else {}
    in_project = file is not None and file.name == "pyproject.toml"
    table = raw.get("tool", {}).get("clean", {}) if in_project else raw
    try:
        ConfigKeys.model_validate(table)
    except ValidationError as err:
        where = Places(file.read_bytes().decode("utf-8")) if file else Places("")
        raise Errors(tuple(_errors(err, str(file), where, "tool.clean" if in_project else ""))) from err
    merged = _merged(_merged(table, _set(places)), given)
    try:
        keys = ConfigKeys.model_validate(merged)
    except ValidationError as err:
        raise Errors(tuple(_errors(err, "command line", None, ""))) from err
    if keys.spam_words == "map" and not keys.spam_map:
        what = "spam_words is 'map', and there is no spam_map"
        raise UsageError("E202", show(str(file or "command line")), what, "nothing was written", "give --spam-map FILE")
    if key := next((name for name, value in keys.model_dump().items() if _has_nul(value)), ""):
        what = f"'{key}' holds a NUL character"
        how = "no path and no text needs one: take it out"
        raise UsageError("E202", show(str(file or "command line")), what, "nothing was written", how)
    _require(keys.required_version, str(file))
    if keys.script not in ("own", "off") and (pack := f"script-{keys.script}") not in keys.packs:
        keys = keys.model_copy(update={"packs": [*keys.packs, pack]})
    root = file.parent if file else Path()
    for glob in (*keys.exclude, *keys.per_file_ignores):
        try:
            GitIgnoreSpec.from_lines([glob])
        except Exception as err:  # of pathspec, and of `re` behind it
            what = f"'{show(glob)}' is no pattern of files"
            how = "write it as in .gitignore, such as drafts/ or *.bak"
            raise UsageError("E202", show(str(file or "command line")), what, "nothing was written", how) from err
    return Config(keys, file, root, _protected(keys.protect, root))


def _has_nul(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_nul, (*value, *value.values())))
    if isinstance(value, (list, tuple)):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        what = f"not TOML: {show(str(err))}"
        raise UsageError("E202", show(str(file)), what, "nothing was written", "mend the file") from err
    except RecursionError as err:
        what = "nested too deeply"
        raise UsageError("E202", show(str(file)), what, "nothing was written", "use fewer brackets") from err
    except OSError as err:
        raise UsageError(
            "E202", show(str(file)), f"cannot be read ({err.strerror})", "nothing was written", "check the path"
        ) from err


def _merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    both = dict(low)
    for key, value in high.items():
        both[key] = _merged(both.get(key, {}), value) if isinstance(value, Mapping) else value
    return both


def _set(pairs: Sequence[str]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for pair in pairs:
        key, sign, value = pair.partition("=")
        try:
            one = tomllib.loads(f"{key}={value}" if sign else "=")
        except tomllib.TOMLDecodeError:
            try:
                one = tomllib.loads(f"{key}={orjson.dumps(value).decode()}")
            except tomllib.TOMLDecodeError as err:
                raise UsageError(
                    "E202",
                    f"--set {show(pair)}",
                    "not KEY=VALUE",
                    "nothing was written",
                    "write it as --set edge_lines=20",
                ) from err
        merged = _merged(merged, one)
    return merged


def _errors(err: ValidationError, file: str, places: Places | None, table: str) -> list[CleanerError]:
    found: list[CleanerError] = []
    for one in err.errors():
        path = [
            str(part)
            for part in one["loc"]
            if isinstance(part, str) and not part.startswith(("list[", "str", "literal"))
        ]
        key = ".".join(path)
        where = show(file)
        if places is not None:
            inner = ".".join([table, *path[:-1]]).strip(".")
            line = places.key(path[-1], inner) if places.key(path[-1], inner) > 1 else places.key(path[0], table)
            where += f":{line}"
        if one["type"] == "extra_forbidden":
            keys = {"budget": BudgetKeys.model_fields, "dedup": DedupKeys.model_fields}
            legal = keys.get(path[0], ConfigKeys.model_fields) if len(path) > 1 else ConfigKeys.model_fields
            what, how = f"there is no setting '{show(key)}'", suggestion(path[-1], legal)
        elif one["type"] == "value_error":
            what, _, how = show(str(one["ctx"]["error"])).partition("; ")
        else:
            message = one["msg"][0].lower() + one["msg"][1:]
            what, how = f"'{show(key)}' is not right: {show(message)}", "see `clean config schema`"
        error = UsageError("E202", where, what, "nothing was written", how)
        if str(error) not in map(str, found):
            found.append(error)
    return found


def _require(wanted: str | None, file: str) -> None:
    have = version("seedclean")
    if wanted and not SpecifierSet(wanted).contains(have, prereleases=True):
        raise UsageError(
            "E202", show(file), f"this repository asks for seedclean {wanted}, this is {have}", "nothing was written",
            f"install one with: pip install 'seedclean{wanted}'",
        )  # fmt: skip


def _protected(protect: Sequence[str] | str, root: Path) -> tuple[str, ...]:
    """Return the terms of a list, or of a file with one a line (`#` begins a comment line)."""
    if not isinstance(protect, str):
        return tuple(sorted({term for term in protect if term.strip()}))
    path = root / protect
    try:
        lines = path.read_bytes().decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as err:
        raise UsageError(
            "E202", show(str(path)), "the list of protected terms cannot be read", "nothing was written",
            "`protect` is a list of terms, or the path of a UTF-8 file with one a line",
        ) from err  # fmt: skip
    return tuple(sorted({line.strip() for line in lines if line.strip() and not line.startswith("#")}))


def config_schema() -> dict[str, Any]:
    """Return the JSON Schema of clean.toml."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **ConfigKeys.model_json_schema()}
