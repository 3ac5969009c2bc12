"""Clean scraped articles, with proof of what was changed and why."""

__version__ = "0.1.0"
