"""An operator of data-juicer (https://github.com/datajuicer/data-juicer): `seedclean_mapper` in a recipe.

Our distribution names it as an entry point of the group `data_juicer.ops`, so it is there wherever both are installed.
"""

from __future__ import annotations

from typing import Any

import orjson
from data_juicer.ops.base_op import OPERATORS, Mapper

from cleaner.api import Cleaner
from cleaner.integrations.rows import clean_row, provenance

NAME = "seedclean_mapper"


@OPERATORS.register_module(NAME)
class SeedcleanMapper(Mapper):  # type: ignore[misc]
    """Clean the text of every sample, first of all Chinese ones; no sample is dropped.

    The field `into` of a sample says as JSON what was done (`rows.provenance`); "" for none. `settings` are the keys of
    clean.toml.
    """

    _batched_op = True

    def __init__(self, settings: dict[str, Any] | None = None, into: str = "clean", *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.into = into
        self.cleaner = Cleaner(**(settings or {}))

    def process_batched(self, samples: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Clean the texts of a batch in place, as every mapper of data-juicer does."""
        done = [clean_row(self.cleaner, text, f"sample {i}") for i, text in enumerate(samples[self.text_key])]
        samples[self.text_key] = [one.text for one in done]
        if self.into:
            samples[self.into] = [orjson.dumps(provenance(self.cleaner, one)).decode() for one in done]
        return samples
