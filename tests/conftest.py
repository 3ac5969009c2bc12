"""Shared fixtures: the repository's own folders, the shipped packs, one run over the five seeds."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from cleaner.config import Config, load
from cleaner.pipeline import Book, Result, run

# what is started in the background of a shell ignores Ctrl-C, and so would every command that a test starts
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).resolve().parent.parent
SEEDS = ROOT / "seeds"

# Seconds by default, minutes in CI: HYPOTHESIS_PROFILE=ci. Always the same examples, so that a failure is a failure.
_NO_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile(
    "default", max_examples=100, deadline=None, derandomize=True, suppress_health_check=_NO_CHECKS
)
settings.register_profile("ci", max_examples=1000, deadline=None, derandomize=True, suppress_health_check=_NO_CHECKS)
settings.register_profile(
    "long", max_examples=20_000, deadline=None, derandomize=True, suppress_health_check=_NO_CHECKS
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory):
    """Keep what tests work out apart from what the user's own runs have kept."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("CLEAN_LANG", "en")  # whatever locale the tests are run in
        yield


@pytest.fixture(scope="session")
def config() -> Config:
    return load(None, {})


@pytest.fixture(scope="session")
def book(config: Config) -> Book:
    return Book.of(config)


@pytest.fixture(scope="session")
def result(config: Config, book: Book) -> Result:
    """What a run makes of the five seeds."""
    return run(SEEDS, None, config, book)
