"""Cleaning where the data already is: rows of data sets and frames, steps of other pipelines.

`rows.CleanRows` is for `datasets.map`, pandas and polars; `datatrove` has a step, `data_juicer` an operator. Each
keeps, beside the text, what was done to it (`rows.provenance`), so that `rows.restore` gives the source back. Nothing
here is imported by the tool itself, and each module needs its package only.
"""
