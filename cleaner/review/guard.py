"""Who may ask: the checks that stand before every answer, and the headers on every answer.

A page of another site can send requests to loopback, and can point a name of its own at it (DNS rebinding); a page of
another port on this machine is a "same site". None of them may read a report or write a decision.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from cleaner.reports.html_page import policy_hashes

HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
LARGEST = 1 << 20  # bytes of a body


def host_is_ours(host: str) -> bool:
    """Say whether a Host header names this machine by one of its own names, with or without a port."""
    name, colon, port = host.rpartition(":") if not host.endswith("]") else (host, "", "")
    if not colon:
        return host.lower() in HOSTS
    return name.lower() in HOSTS and port.isascii() and port.isdigit()


def is_from_our_page(headers: Mapping[str, str]) -> bool:
    """Say whether a POST was sent by a page of ours (Fetch Metadata; in an older browser by its Origin)."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return headers.get("origin") == f"http://{headers.get('host', '')}"


def has_token(headers: Mapping[str, str], token: str) -> bool:
    """Say whether a request carries the token of this run; takes the same time for any wrong one."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and hmac.compare_digest(given.encode(), token.encode())


def answer_headers() -> dict[str, str]:
    """Return the headers of every answer: nothing is loaded, framed, kept or told to another site."""
    styles, scripts = (" ".join(f"'{one}'" for one in some) for some in policy_hashes())
    policy = (
        f"default-src 'none'; style-src {styles}; script-src {scripts}; connect-src 'self'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
        "Cache-Control": "no-store", "X-Frame-Options": "DENY",
    }  # fmt: skip
