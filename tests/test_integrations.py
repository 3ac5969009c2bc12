"""Cleaning where the data already is, each with the real package; .ci/run skips none of them."""

from __future__ import annotations

import json
import pickle
import re

import pytest

from cleaner.integrations.rows import CleanRows, clean_row, provenance, restore
from tests.conftest import ROOT, SEEDS

SPAM = "会议强调，今年一季度农业总产值增长9%，高于全省平均水平，稳步走在365bet体育在线前列。"
GOOD = "会议指出，要抓好春耕备耕，把高标准农田建设放在重要位置，不误农时。"
TEXTS = [path.read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]
RESULTS = [(ROOT / "out" / path.name).read_text("utf-8") for path in sorted(SEEDS.glob("*.txt"))]


def same(one, other):
    """Say whether two texts are the same but for the line end behind the last line, which a file has."""
    return one.rstrip("\n") == other.rstrip("\n")


def test_rows_are_cleaned_as_files_are_and_lead_back():
    rows = CleanRows()
    found = rows({"text": [*TEXTS, None, ""]})
    assert all(same(*pair) for pair in zip(found["text"], RESULTS, strict=False)) and found["text"][5:] == [None, ""]
    told = [json.loads(one) for one in found["clean"][:5]]
    assert [one["pending"] for one in told] == [1, 0, 5, 1, 0], "as the report of the seeds says"
    assert [restore(text, one) for text, one in zip(found["text"], told, strict=False)] == TEXTS
    assert told[1]["meta"]["source"] == "昆明日报" and found["clean"][5] is None


def test_settings_and_columns_are_chosen_and_a_worker_can_have_it():
    rows = pickle.loads(pickle.dumps(CleanRows("body", None, spam_words="keep")))
    assert rows({"body": [SPAM], "other": [1]}) == {"body": [SPAM]}


def test_line_ends_of_windows_are_no_error():
    rows = CleanRows()
    done = clean_row(rows.cleaner, f"{SPAM}\r\n{GOOD}\r")
    assert done.text == f"{SPAM.replace('365bet体育在线', '〓')}\n{GOOD}\n" and "line-ends" in done.flags
    told = provenance(rows.cleaner, done)
    assert restore(done.text, told) == f"{SPAM}\n{GOOD}\n" and told["pending"] == 1


@pytest.mark.slow
def test_hugging_face_datasets(tmp_path, monkeypatch):
    datasets = pytest.importorskip("datasets")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path))
    given = datasets.Dataset.from_dict({"id": [str(i) for i in range(5)], "text": TEXTS})
    found = given.map(CleanRows(), batched=True, batch_size=2, num_proc=2)
    assert all(same(*pair) for pair in zip(found["text"], RESULTS, strict=True)) and found["id"] == given["id"]
    assert restore(found[2]["text"], json.loads(found[2]["clean"])) == TEXTS[2]
    stable = datasets.fingerprint.Hasher.hash
    assert stable(CleanRows()) == stable(CleanRows()) != stable(CleanRows(spam_words="keep"))


@pytest.mark.slow
def test_datatrove(tmp_path):
    pytest.importorskip("datatrove")
    from datatrove.data import Document
    from datatrove.executor import LocalPipelineExecutor
    from datatrove.pipeline.readers import JsonlReader
    from datatrove.pipeline.writers import JsonlWriter

    from cleaner.integrations.datatrove import Clean

    (tmp_path / "in").mkdir()
    rows = [json.dumps({"id": str(i), "text": text}, ensure_ascii=False) for i, text in enumerate(TEXTS)]
    (tmp_path / "in/a.jsonl").write_text("\n".join(rows[:3]) + "\n", encoding="utf-8")
    (tmp_path / "in/b.jsonl").write_text("\n".join(rows[3:]) + "\n", encoding="utf-8")
    steps = [JsonlReader(str(tmp_path / "in")), Clean(), JsonlWriter(str(tmp_path / "out"), compression=None)]
    logs = str(tmp_path / "logs")
    LocalPipelineExecutor(pipeline=steps, tasks=2, workers=2, logging_dir=logs, start_method="spawn").run()
    found = [json.loads(line) for file in (tmp_path / "out").iterdir() for line in file.read_text("utf-8").splitlines()]
    found.sort(key=lambda row: row["id"])
    assert all(same(row["text"], text) for row, text in zip(found, RESULTS, strict=True))
    assert [restore(row["text"], row["metadata"]["clean"]) for row in found] == TEXTS
    step = Clean(key=None, spam_words="drop-sentence", budget={"hard": 0.1})
    (document,) = step([Document(text=SPAM, id="x")])
    assert document.text == SPAM and "clean" not in document.metadata
    assert step.stats["quarantined"].total == 1 and step.stats["total"].total == 1


@pytest.mark.slow
def test_data_juicer():
    pytest.importorskip("data_juicer")
    from data_juicer.core.data import NestedDataset
    from data_juicer.ops import OPERATORS, load_op_plugins, load_ops

    load_op_plugins()
    assert "seedclean_mapper" in OPERATORS.modules
    (operator,) = load_ops([{"seedclean_mapper": {"settings": {"spam_words": "mask"}, "num_proc": 2}}])
    given = NestedDataset.from_dict({"text": TEXTS, "id": list(range(5))})
    found = given.process(operator)
    assert all(same(*pair) for pair in zip(found["text"], RESULTS, strict=True))
    assert [restore(text, json.loads(one)) for text, one in zip(found["text"], found["clean"], strict=True)] == TEXTS


@pytest.mark.slow
def test_pandas_and_polars():
    pandas, polars = pytest.importorskip("pandas"), pytest.importorskip("polars")
    rows = CleanRows()
    frame = pandas.DataFrame({"id": range(5), "text": TEXTS})
    frame = frame.assign(**rows(frame))
    assert all(same(*pair) for pair in zip(frame["text"], RESULTS, strict=True)) and "clean" in frame
    table = polars.DataFrame({"id": list(range(5)), "text": TEXTS})
    table = table.with_columns(**{name: polars.Series(column) for name, column in rows(table).items()})
    assert all(same(*pair) for pair in zip(table["text"], RESULTS, strict=True)) and table.columns == [
        "id",
        "text",
        "clean",
    ]


@pytest.mark.slow
def test_the_recipes_in_the_docs_work():
    for package in ("datasets", "datatrove", "pandas", "polars"):
        pytest.importorskip(package)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/library.md").read_text("utf-8"), re.DOTALL)
    assert len(blocks) == 3 and all("assert" in block for block in blocks)
    for block in blocks:
        exec(compile(block, "docs/library.md", "exec"), {"__name__": "recipe"})


@pytest.mark.slow
def test_the_recipe_for_data_juicer_is_one():
    pytest.importorskip("data_juicer")
    yaml = pytest.importorskip("yaml")
    from data_juicer.ops import load_op_plugins, load_ops

    (block,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/library.md").read_text("utf-8"), re.DOTALL)
    load_op_plugins()
    (operator,) = load_ops(yaml.safe_load(block)["process"])
    assert operator.process_batched({"text": [SPAM]})["text"] == [SPAM.replace("365bet体育在线", "〓")]
