"""`python -m cleaner` is `clean`. A command whose answer is known is answered here, before anything is imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from cleaner.known import answer

    said = answer(sys.argv[1:])
    if said is None:
        from cleaner.cli import main as run

        run()
    try:
        sys.stdout.buffer.write((said or "").encode("utf-8"))
        sys.stdout.flush()
    except BrokenPipeError:
        sys.stderr.close()
    except OSError as err:  # a full disk
        from cleaner.cli.printing import Printer

        Printer().full(err)
        sys.exit(4)


if __name__ == "__main__":
    main()
