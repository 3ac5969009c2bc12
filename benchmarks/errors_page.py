"""Make docs/errors.md from the catalogue of codes: `python benchmarks/errors_page.py`."""

from __future__ import annotations

from pathlib import Path

from cleaner.codes import page

if __name__ == "__main__":
    (Path(__file__).resolve().parent.parent / "docs/errors.md").write_text(page(), encoding="utf-8")
