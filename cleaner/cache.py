"""What was worked out before: a store from keys to bytes in the user's cache folder, which may be lost at any time.

A key says everything that bears on its value (content, settings, packs, version), so that a value is never stale, only
unknown. One SQLite file holds all: it writes a batch whole or not at all, and several runs may use it at once. Each
value carries a digest of itself and its key: a damaged file may well give the value of another one. Whatever is wrong
with the file (cut off, of another program, of another version of ours, on a disk that is full or read-only), the answer
is "unknown" and the run works everything out: a cache never changes a result and never fails a run.

`Cache(None)` knows nothing and keeps nothing; that is what `--no-cache` gives.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

FILE = "cache-1.sqlite"
FORMAT = 0x5EED0002  # application_id of the file: another number is another program's, or another format of ours
LIMIT = 1 << 30  # bytes of values kept; beyond it those used longest ago go
WAIT = 5.0  # seconds to wait for another run that is writing
SUM = 16  # bytes of BLAKE2b before each value, keyed with its key
FAILED = (sqlite3.Error, UnicodeDecodeError)  # the second: a message of SQLite may quote a damaged file
MANY = 500  # keys asked for in one statement; old builds of SQLite take 999

_TABLE = """
CREATE TABLE IF NOT EXISTS entries (key BLOB PRIMARY KEY, used INTEGER NOT NULL, value BLOB);
CREATE TABLE IF NOT EXISTS turns (number INTEGER NOT NULL);
"""


def key_of(*parts: str | bytes) -> bytes:
    """Return the key (32 bytes) that stands for `parts`, in order; ("ab", "c") and ("a", "bc") differ."""
    digest = hashlib.blake2b(digest_size=32)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.digest()


def default_folder() -> Path | None:
    """Return the folder for caches of this user, by the habits of the platform (XDG_CACHE_HOME is obeyed).

    None for a user without a home, as in some containers: old platformdirs gives a relative path then, new one raises.
    """
    from platformdirs import user_cache_path

    with suppress(RuntimeError):
        found = user_cache_path("seedclean", appauthor=False)
        return found if found.is_absolute() else None
    return None


class Cache:
    """A store of one folder, or none. Values that were put are there for later runs once `close` was called.

    Use it as a context manager. The file is opened when it is first needed. Not for several threads; a worker process
    has one of its own.
    """

    def __init__(self, folder: Path | None, limit: int = LIMIT) -> None:
        self.folder = folder
        self.limit = limit
        self.trouble = ""  # what made the store unusable, in a few words
        self._new: dict[bytes, bytes] = {}
        self._used: set[bytes] = set()
        self._opened: sqlite3.Connection | None = None
        self._asked = folder is None

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @property
    def _db(self) -> sqlite3.Connection | None:
        if not self._asked and self.folder is not None:
            self._asked = True
            self._open(self.folder / FILE)
        return self._opened

    def get(self, key: bytes) -> bytes | None:
        """Return the value of `key`, None if it is not known."""
        return self.get_many([key]).get(key)

    def get_many(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return those of `keys` that are known, with their values."""
        wanted = list(dict.fromkeys(keys))
        found = {key: self._new[key] for key in wanted if key in self._new}
        db = self._db
        if db is None:
            return found
        asked = [key for key in wanted if key not in found]
        try:
            for at in range(0, len(asked), MANY):
                part = asked[at : at + MANY]
                marks = ",".join("?" * len(part))
                rows = db.execute(f"SELECT key, value FROM entries WHERE key IN ({marks})", part)
                for key, raw in rows:
                    if (value := _checked(key, raw)) is not None:
                        found[key] = value
                        self._used.add(key)
        except FAILED as err:
            self._give_up(err)
        return found

    def put(self, key: bytes, value: bytes) -> None:
        """Keep `value` under `key`."""
        if self.folder is not None:
            self._new[key] = value

    def put_many(self, values: Mapping[bytes, bytes]) -> None:
        if self.folder is not None:
            self._new.update(values)

    def flush(self) -> None:
        """Write what was put, whole or not at all."""
        if not (self._new or self._used) or (opened := self._db) is None:
            return
        try:
            with opened as db:
                db.execute("BEGIN IMMEDIATE")
                turn = _next(db)
                rows = ((key, turn, _sum(key, value) + value) for key, value in self._new.items())
                db.executemany("INSERT OR REPLACE INTO entries VALUES (?, ?, ?)", rows)
                used = ((turn, key) for key in self._used)
                db.executemany("UPDATE entries SET used = ? WHERE key = ?", used)
                self._evict(db)
            self._new, self._used = {}, set()
        except FAILED as err:
            self._give_up(err)

    def close(self) -> None:
        """Write what was put and let go of the file."""
        self.flush()
        self._let_go()

    def _let_go(self) -> None:
        self._asked = True
        if self._opened is not None:
            with suppress(sqlite3.Error):
                self._opened.close()
            self._opened = None

    def _evict(self, db: sqlite3.Connection) -> None:
        """Delete what was used longest ago until the rest is within the limit."""
        (size,) = db.execute("SELECT coalesce(sum(length(value)), 0) FROM entries").fetchone()
        if size <= self.limit:
            return
        doomed, excess = [], size - self.limit * 3 // 4  # with room for the next runs, so that not each one evicts
        for key, one in db.execute("SELECT key, coalesce(length(value), 0) FROM entries ORDER BY used, key"):
            if excess <= 0:
                break
            doomed.append((key,))
            excess -= one
        db.executemany("DELETE FROM entries WHERE key = ?", doomed)

    def _open(self, path: Path) -> None:
        """Open the file; one that is damaged, or not ours, is made anew."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            for _ in range(2):
                try:
                    self._opened = _connected(path)
                    return
                except sqlite3.OperationalError:
                    raise  # locked, read-only, full: no reason to delete anything
                except FAILED:
                    _delete(path)
        except (*FAILED, OSError) as err:
            self._give_up(err)

    def _give_up(self, err: Exception) -> None:
        """Go on without a store; a file that turns out to be damaged is deleted, so that the next run has one."""
        self.trouble = str(err)
        self._let_go()
        damaged = isinstance(err, sqlite3.DatabaseError | UnicodeDecodeError)
        if damaged and not isinstance(err, sqlite3.OperationalError) and self.folder is not None:
            with suppress(OSError):
                _delete(self.folder / FILE)


def _delete(path: Path) -> None:
    """Delete a store, and what SQLite has put beside it: for the next file it would be damage."""
    for end in ("", "-journal", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def _next(db: sqlite3.Connection) -> int:
    """Return the number of this turn. Raises sqlite3.DatabaseError if the last one is no number."""
    (last,) = db.execute("SELECT coalesce(max(number), 0) FROM turns").fetchone()
    if not isinstance(last, int) or not 0 <= last < 1 << 62:
        raise sqlite3.DatabaseError("damaged")
    db.execute("DELETE FROM turns")
    db.execute("INSERT INTO turns VALUES (?)", (last + 1,))
    return last + 1


def _connected(path: Path) -> sqlite3.Connection:
    """Return a connection to a file of our format. Raises sqlite3.DatabaseError if it is anything else."""
    if not path.exists():
        with suppress(FileExistsError), closing(os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))):
            pass
    db = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    try:
        (format_,) = db.execute("PRAGMA application_id").fetchone()
        (tables,) = db.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if format_ != FORMAT:
            if tables:
                raise sqlite3.DatabaseError("not a cache of this version")
            db.executescript(f"BEGIN IMMEDIATE; PRAGMA application_id = {FORMAT}; {_TABLE} COMMIT;")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("SELECT key, used, value FROM entries LIMIT 0")
    except sqlite3.OperationalError as err:
        db.close()
        if "no such" in str(err):
            raise sqlite3.DatabaseError(str(err)) from err
        raise
    except FAILED:
        db.close()
        raise
    return db


def _sum(key: bytes, value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=SUM, key=key).digest()


def _checked(key: object, raw: object) -> bytes | None:
    """Return the value of an entry, None if it is not what was put."""
    if not isinstance(raw, bytes) or not isinstance(key, bytes) or len(raw) < SUM:
        return None
    value = raw[SUM:]
    return value if _sum(key, value) == raw[:SUM] else None
