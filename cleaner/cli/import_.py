"""What `clean decisions import` reads: whole decisions, or requests that name an id of the report."""

from __future__ import annotations

import sys
from pathlib import Path

from cleaner.decide import Request
from cleaner.decisions import Decision, parse
from cleaner.errors import Errors, UsageError
from cleaner.show import show


def read_import(file: str) -> tuple[list[Decision], list[Request]]:
    """Return the decisions and the requests of a file of JSON lines. Raises `Errors` (E205) with all wrong lines."""
    import orjson
    from pydantic import TypeAdapter, ValidationError

    shown = "standard input" if file == "-" else show(file)
    try:
        raw = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as err:
        raise UsageError(
            "E205", shown, f"cannot be read ({err.strerror})", "nothing was written", "check the path"
        ) from err
    adapter = TypeAdapter(Request)
    asked: list[Request] = []
    rest: list[bytes] = []
    errors = []
    for number, line in enumerate(raw.split(b"\n"), 1):
        kept = line
        try:
            row = orjson.loads(line) if line.strip() else None
            if isinstance(row, dict) and "quote" not in row:
                asked.append(adapter.validate_python(row))
                kept = b""
        except ValidationError as err:
            first = err.errors()[0]
            place = ".".join(map(str, first["loc"]))
            errors.append(
                UsageError(
                    "E205", f"{shown}:{number}", show(f"is no decision ({place}: {first['msg']})"),
                    "nothing was written", "take the line out",
                )
            )  # fmt: skip
            kept = b""
        except orjson.JSONDecodeError:
            pass  # `parse` says what is wrong with it
        rest.append(kept)
    if errors:
        raise Errors(tuple(errors))
    return list(parse(b"\n".join(rest), shown)), asked
