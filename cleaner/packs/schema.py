"""The JSON Schema of a pack's file."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from cleaner.packs.kinds import kind, kind_names
from cleaner.packs.values import PackKeys, RuleKeys


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
