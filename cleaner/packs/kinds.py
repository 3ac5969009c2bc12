"""The kinds of rules there are: modules of `cleaner.kinds`, found by their names."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any

from pydantic import TypeAdapter

import cleaner.kinds


@cache
def kind_names() -> tuple[str, ...]:
    """Return the names of all kinds: the modules in cleaner/kinds that hold a class of their name."""
    found = (module.name for module in pkgutil.iter_modules(cleaner.kinds.__path__))
    return tuple(sorted(name for name in found if hasattr(_module(name), name.title())))


def kind(name: str) -> Any:
    """Return the class of a kind by its name in packs."""
    return getattr(_module(name), name.title())


@cache
def adapter(name: str) -> TypeAdapter[Any]:
    """Return what checks the keys of a kind."""
    return TypeAdapter(kind(name))


def _module(name: str) -> Any:
    return importlib.import_module(f"cleaner.kinds.{name}")
