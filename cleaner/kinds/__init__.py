"""What a rule can do: one file per kind, found by its name.

A kind is a frozen dataclass. Its fields *are* its TOML keys, so they are also its schema and its
error messages; `__post_init__` raises ValueError for what types cannot say. Calling it with a
`Context` yields sorted, disjoint `Proposal`s; it never proposes to replace nothing by nothing, and
on its own result it proposes nothing. A class variable `stage` says when it runs by default.
"""
