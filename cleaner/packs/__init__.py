"""Rule packs: read, check, say what is wrong and where, and find the shipped and the installed ones.

A pack is data: TOML with literals, word lists and patterns. It runs no code and names no path outside
its folder. Everything that is wrong with every pack of a run is said at once, each with `file:line`.
"""

from cleaner.packs.kinds import kind, kind_names
from cleaner.packs.lock import LOCK, Lock, Locked, is_foreign, locked
from cleaner.packs.places import DEFAULT_PACKS, GROUP, Installed, brought, find, installed, is_trusted, shipped
from cleaner.packs.read import load
from cleaner.packs.schema import pack_schema
from cleaner.packs.values import STAGES, Kind, Pack, PackKeys, Rule, RuleKeys, Stage, in_order

__all__ = [
    "DEFAULT_PACKS",
    "GROUP",
    "LOCK",
    "STAGES",
    "Installed",
    "Kind",
    "Lock",
    "Locked",
    "Pack",
    "PackKeys",
    "Rule",
    "RuleKeys",
    "Stage",
    "brought",
    "find",
    "in_order",
    "installed",
    "is_foreign",
    "is_trusted",
    "kind",
    "kind_names",
    "load",
    "locked",
    "pack_schema",
    "shipped",
]
