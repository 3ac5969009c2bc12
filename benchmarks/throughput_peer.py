"""datatrove's filters and MinHash, as one program for throughput.py: run it with a Python that has datatrove.

    python throughput_peer.py CORPUS.jsonl FOLDER --words jieba

Its own blocks in its own order, one process: read JSONL, C4QualityFilter, signatures, buckets, cluster, filter, write
JSONL. `--words jieba` is its tokenizer for Chinese (spaCy with jieba), `--words chars` takes each character for a
word: the cheapest that Chinese can have. C4's limits that are for English (words a line, sentences a page, how a line
ends) are off: they would drop every Chinese document.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any


def characters() -> Any:
    """Return a tokenizer that takes each character for a word."""
    from datatrove.utils.word_tokenizers import WordTokenizer

    class Characters(WordTokenizer):
        def word_tokenize(self, text: str) -> list[str]:
            return [char for char in text if not char.isspace()]

        def sent_tokenize(self, text: str) -> list[str]:
            return [text]

        def span_tokenize(self, text: str) -> list[tuple[int, int]]:
            return [(0, len(text))]

    return Characters()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--words", choices=("jieba", "chars"), default="jieba")
    given = parser.parse_args()

    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.dedup import (
        MinhashConfig,
        MinhashDedupBuckets,
        MinhashDedupCluster,
        MinhashDedupFilter,
        MinhashDedupSignature,
    )
    from datatrove.pipeline.filters import C4QualityFilter
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    config = MinhashConfig(n_grams=5, num_buckets=14, hashes_per_bucket=8)
    words = characters() if given.words == "chars" else "zho_Hani"
    base = str(given.folder)

    def cleaned() -> list[Any]:
        rules = C4QualityFilter(
            filter_no_terminal_punct=False, min_num_sentences=-1, min_words_per_line=-1, max_word_length=-1
        )
        return [JsonlReader(str(given.corpus.parent), glob_pattern=given.corpus.name), rules]

    steps: list[list[Any]] = [
        [*cleaned(), JsonlWriter(f"{base}/lines", compression=None)],
        [
            JsonlReader(f"{base}/lines"),
            MinhashDedupSignature(output_folder=f"{base}/signatures", config=config, language=words),
        ],
        [MinhashDedupBuckets(f"{base}/signatures", f"{base}/buckets", config=config)],
        [MinhashDedupCluster(f"{base}/buckets", f"{base}/removed", config=config)],
        [
            JsonlReader(f"{base}/lines"),
            MinhashDedupFilter(f"{base}/removed"),
            JsonlWriter(f"{base}/out", compression=None),
        ],
    ]
    for number, step in enumerate(steps):
        tasks = config.num_buckets if number == 2 else 1
        start = time.process_time()
        LocalPipelineExecutor(step, tasks=tasks, workers=1, logging_dir=f"{base}/log{number}").run()
        print(f"step {number}: {time.process_time() - start:.2f} s of CPU", flush=True)
    print(sum(len(path.read_bytes().splitlines()) for path in Path(base, "out").glob("*.jsonl")), "documents kept")


if __name__ == "__main__":
    main()
