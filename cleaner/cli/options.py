"""The options that commands share, and how they become a configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cleaner.cli import printer_of

if TYPE_CHECKING:
    from cleaner.cache import Cache
    from cleaner.config import Config
    from cleaner.errors import CleanerError
    from cleaner.pipeline import Book

F = TypeVar("F", bound=Callable[..., Any])


class _Jobs(click.ParamType[int]):
    """A number of processes, or "auto", which is 0."""

    name = "jobs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if value == "auto" or value == 0:
            return 0
        try:
            found = int(value)
        except ValueError:
            found = 0
        if found < 1:
            self.fail(f"{value!r} is neither a number of processes nor 'auto'", param, ctx)
        return found


_CONFIG = (
    click.option("--config", "config_file", metavar="FILE", help="This configuration file, not the nearest one."),
    click.option("--isolated", is_flag=True, help="No configuration file at all."),
    click.option("--set", "pairs", metavar="KEY=VALUE", multiple=True, help="Set any setting (repeat)."),
    click.option("--pack", "packs", metavar="NAME|PATH", multiple=True, help="Add a rule pack (repeat)."),
    click.option("--no-pack", "without", metavar="NAME", multiple=True, help="Leave a pack out (repeat)."),
    click.option("--select", metavar="PREFIX", multiple=True, help="Only rules whose id begins so (repeat)."),
    click.option("--ignore", metavar="PREFIX", multiple=True, help="Rules whose id begins so do nothing (repeat)."),
)
_POLICY = (
    click.option(
        "--script",
        type=click.Choice(["own", "off", "hans", "hant", "tw", "hk"]),
        help="Repair towards the document's own script (own), or not; or convert whole documents (hans, ...).",
    ),
    click.option(
        "--meta",
        type=click.Choice(["lift", "keep", "drop"]),
        help="Byline and date lines: into the record, left, gone.",
    ),
    click.option(
        "--spam-words",
        type=click.Choice(["mask", "keep", "delete", "drop-sentence", "map", "evidence"]),
        help="A betting keyword inside a sentence: mask it by 〓 (default), ... or put the word that a copy has there.",
    ),
    click.option("--spam-map", metavar="FILE", help="TOML of keyword = word, for --spam-words map."),
    click.option("--max-removed", type=click.FloatRange(0, 1), help="Most of a document's prose that may go (0.60)."),
    click.option("--encoding", metavar="NAME", help="Encoding of all inputs, instead of finding it out."),
    click.option(
        "--max-file-size", metavar="BYTES", type=click.IntRange(1), help="Larger files are quarantined (64 MiB)."
    ),
    click.option("--allow-nul", is_flag=True, default=None, help="Take NUL as text, not as a sign of a binary file."),
    click.option("--follow-symlinks", is_flag=True, default=None, help="Follow links that stay inside SRC."),
    click.option(
        "--dedup",
        type=click.Choice(["report", "drop", "off"]),
        help="Report copies (default), keep one of each near-duplicate document, or do not look.",
    ),
    click.option(
        "--keep", type=click.Choice(["first", "newest", "longest"]), help="Which copy stays: by path (default), ..."
    ),
    click.option(
        "--threshold", type=click.FloatRange(0, 1, min_open=True), help="Jaccard of near-duplicate documents (0.7)."
    ),
    click.option("--min-chars", type=click.IntRange(16), help="Shortest shared passage, in characters (20)."),
    click.option("--same-script", is_flag=True, default=None, help="Do not match across Simplified and Traditional."),
    click.option(
        "--against", metavar="CORPUS", help="Hold SRC against the articles of this folder, which is only read."
    ),
)
_DATA = (
    click.option(
        "--in-format", type=click.Choice(["auto", "txt", "md", "html", "jsonl", "parquet", "warc"]),
        help="Format of all inputs, instead of by suffix.",
    ),
    click.option("--text-field", metavar="NAME", help="Field or column of a row that is its text (text)."),
    click.option("--id-field", metavar="NAME", help="Field or column of a row that is its id (id)."),
    click.option(
        "--out-format", type=click.Choice(["mirror", "jsonl", "parquet"]),
        help="Each input under its own name (default), or one corpus in shards.",
    ),
    click.option(
        "--shard-size", metavar="BYTES", type=click.IntRange(1), help="Rows of a shard, in bytes (256 MiB)."
    ),
    click.option(
        "-j", "--jobs", metavar="N|auto", type=_Jobs(), help="Processes for a corpus or for pages (auto: all cores)."
    ),
    click.option(
        "--engine", type=click.Choice(["auto", "serial", "pool", "ray"]), help="Who does the work on a corpus."
    ),
    click.option("--ray-address", metavar="ADDRESS", help="Ray cluster to work on (or RAY_ADDRESS)."),
)  # fmt: skip
_CACHE = (
    click.option(
        "--cache-dir", metavar="FOLDER", help="Where results are kept for later runs (the user's cache folder)."
    ),
    click.option("--no-cache", is_flag=True, help="Work everything out, and keep nothing for later runs."),
)
_TALK = (
    click.option("-q", "--quiet", is_flag=True, help="Only errors."),
    click.option("-v", "--verbose", is_flag=True, help="Also what was skipped, and why."),
    click.option(
        "--color", type=click.Choice(["auto", "always", "never"]), default="auto", help="Colours in the terminal."
    ),
    click.option(
        "--progress", type=click.Choice(["auto", "always", "never"]), default="auto", help="Progress on stderr."
    ),
)


def configured(*, policy: bool = True, data: bool = False, corpus: bool = True) -> Callable[[F], F]:
    """Give a command the options of the configuration; it gets them as `options: Options`.

    Without `corpus` its `--against` is its own.
    """

    def decorate(function: F) -> F:
        @wraps(function)
        @click.pass_context
        def wrapped(ctx: click.Context, /, **given: Any) -> Any:
            options = Options(ctx, given)
            return ctx.invoke(function, options=options, **given)

        made: Any = wrapped
        for option in reversed(
            _CONFIG
            + ((*(_POLICY if corpus else _POLICY[:-1]), *_CACHE) if policy else ())
            + (_DATA if data else ())
            + _TALK
        ):
            made = option(made)
        return made  # type: ignore[no-any-return]

    return decorate


class Options:
    """What a command line says about the configuration; takes its own options out of `given`."""

    def __init__(self, ctx: click.Context, given: dict[str, Any]) -> None:
        self.printer = printer_of(ctx)
        self.printer.quiet = given.pop("quiet")
        self.printer.verbose = given.pop("verbose")
        self.printer.set_color(given.pop("color"))
        self.printer.progress = given.pop("progress")
        self._file = given.pop("config_file")
        self.stop: Path | None = None  # the folder above which no configuration is looked for
        self._isolated = given.pop("isolated")
        folder, self._no_cache = given.pop("cache_dir", None), given.pop("no_cache", False)
        self._cache_dir = Path(folder).absolute() if folder else None  # the working folder may become another
        self._pairs = given.pop("pairs")
        self._packs, self._without = given.pop("packs"), given.pop("without")
        self.ray_address: str | None = given.pop("ray_address", None)
        self._over = self._overrides(given)
        if self._isolated:
            self._over["decisions"] = ""

    @staticmethod
    def _overrides(given: dict[str, Any]) -> dict[str, Any]:
        over: dict[str, Any] = {}
        for key in ("select", "ignore"):
            if chosen := given.pop(key):
                over[key] = list(chosen)
        plain = ("script", "meta", "spam_words", "encoding", "max_file_size", "allow_nul", "follow_symlinks",
                 "in_format", "text_field", "id_field", "out_format", "shard_size", "jobs", "engine")  # fmt: skip
        nested = {"max_removed": ("budget", "hard"), "dedup": ("dedup", "mode"), "threshold": ("dedup", "threshold"),
                  "min_chars": ("dedup", "min_chars"), "keep": ("dedup", "keep")}  # fmt: skip
        for key in plain:
            if (value := given.pop(key, None)) is not None:
                over[key] = value
        for key, (table, name) in nested.items():
            if (value := given.pop(key, None)) is not None:
                over.setdefault(table, {})[name] = value
        if given.pop("same_script", None):
            over.setdefault("dedup", {})["fold_script"] = False
        if corpus := given.pop("against", None):
            over.setdefault("dedup", {})["against"] = str(Path(corpus).resolve())
        if file := given.pop("spam_map", None):
            over["spam_map"] = _spam_map(Path(file))
        return over

    @property
    def config_file(self) -> Path | None:
        """The configuration file that was named."""
        return Path(self._file) if self._file else None

    def config(self, src: Path | None) -> Config:
        """Return the configuration in force for SRC (or for the working folder)."""
        from cleaner import config

        file = None
        if self._file:
            file = Path(self._file)
        elif not self._isolated:
            start = (src if src is not None and src.is_dir() else src.parent if src is not None else Path()) or Path()
            file = config.discover(start, self.stop)
        loaded = config.load(file, self._over, self._pairs)
        if not self._packs and not self._without:
            return loaded
        here = [str(Path(name).resolve()) if "/" in name or name.endswith(".toml") else name for name in self._packs]
        packs = [name for name in [*loaded.keys.packs, *here] if name not in self._without]
        for name in set(self._without) - set(loaded.keys.packs):
            raise _no_pack(name, loaded.keys.packs)
        return config.load(file, {**self._over, "packs": packs}, self._pairs)

    def cache(self) -> Cache:
        """Return what earlier runs have kept; use it as a context manager."""
        from cleaner.cache import Cache, default_folder

        if self._no_cache:
            return Cache(None)
        return Cache(self._cache_dir or default_folder())

    def book(self, config: Config) -> Book:
        """Return the packs in force."""
        from cleaner.pipeline import Book

        return Book.of(config)


def _no_pack(name: str, packs: Sequence[str]) -> CleanerError:
    from cleaner.errors import UsageError
    from cleaner.show import show
    from cleaner.toml import suggestion

    return UsageError(
        "E202", f"--no-pack {show(name)}", "no such pack is in force", "nothing was written", suggestion(name, packs)
    )


def _spam_map(file: Path) -> dict[str, str]:
    import tomllib

    from cleaner.errors import UsageError
    from cleaner.show import show

    try:
        return {str(key): str(value) for key, value in tomllib.loads(file.read_bytes().decode("utf-8")).items()}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as err:
        raise UsageError(
            "E202", show(str(file)), f"no TOML file of keyword = word ({err})", "nothing was written",
            'write lines such as "365bet体育在线" = "全省"',
        ) from err  # fmt: skip


def places(config: Config, src: str | None, out: str | None) -> tuple[Path, Path | None]:
    """Return SRC and OUT, from the command line or from the configuration (whose paths start beside its file)."""
    keys = config.keys
    if src is None and keys.src is None:
        raise click.UsageError("SRC is missing; give it, as in `clean seeds/ out/`, or set src and out in clean.toml")
    found = Path(src) if src is not None else config.root / str(keys.src)
    if out is not None:
        return found, Path(out)
    return found, config.root / keys.out if src is None and keys.out is not None else None
