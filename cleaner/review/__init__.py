"""The local page where a person decides: the pages of a report, served on loopback, and one way to write.

`desk.py` knows what was decided and what becomes of it, `guard.py` who may ask, `app.py` what is answered, and
`serve.py` on which port. It needs the extra `review` (starlette, uvicorn); nothing else imports this package.
"""

from __future__ import annotations
