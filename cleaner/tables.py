"""A table that a rule names: tab-separated lines, `#` comments, read when first needed.

The path is checked when the pack is loaded, the rows are read when a rule first asks for them: a run
in which no rule of a table fires never pays for it. A table pickles as its path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner.show import show

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema


@dataclass(frozen=True)
class Table:
    """Rows of a UTF-8 TSV file. Blank lines and lines that begin with `#` are no rows."""

    path: Path

    @cached_property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        lines = self.path.read_bytes().decode("utf-8").split("\n")
        return tuple(tuple(line.split("\t")) for line in lines if line and not line.startswith("#"))

    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Return the first two columns. Raises ValueError that names a row without them."""
        for row in self.rows:
            if len(row) < 2 or not row[0]:
                raise ValueError(
                    f"table '{self.path.name}' has a row without two columns: {row[0]!r}; part them by a tab"
                )
        return tuple((row[0], row[1]) for row in self.rows)

    def __getstate__(self) -> Path:
        return self.path

    def __setstate__(self, path: Path) -> None:
        object.__setattr__(self, "path", path)

    @classmethod
    def inside(cls, name: object, folder: Path) -> Table:
        """Return the table `name` of a pack in `folder`. Raises ValueError if it is not a file in there."""
        if not isinstance(name, str):
            raise ValueError(f'a table is named by a text, such as "tables/words.tsv", not by {name!r}')
        path = folder / name
        if len(name.encode("utf-8", "surrogatepass")) > 255:  # the system would refuse it with an error of its own
            raise ValueError("the name of a table has more than 255 bytes")
        if Path(name).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
            raise ValueError(f"table '{show(name)}' lies outside the folder of its pack")
        if not path.is_file():
            raise ValueError(f"there is no table '{show(name)}' beside the pack")
        return cls(path)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        from pydantic_core import core_schema

        def load(value: object, info: core_schema.ValidationInfo) -> Table:
            folder = (info.context or {}).get("folder")
            return value if isinstance(value, cls) else cls.inside(value, folder or Path())

        return core_schema.with_info_plain_validator_function(load, json_schema_input_schema=core_schema.str_schema())
