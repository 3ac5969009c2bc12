"""A corpus: rows of JSONL, Parquet and WARC files (and folders of articles beside them), cleaned part by part.

A folder of articles is read by a person: `pipeline` holds it in memory and shows everything. A corpus is not held
anywhere: it is cut into parts of a few megabytes, each part is a task of a runner, whatever comes of it is a file in
OUT/.clean-work, and OUT is assembled from these files at the end. A finished file is the checkpoint: an interrupted
run goes on from there.
"""
