"""`clean review`: the report in the browser, where each key writes a decision."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from cleaner.cli.options import Options, configured


@click.command()
@click.argument("out", metavar="[OUT]", required=False)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="This port, not a free one.")
@click.option("--open", "show_it", is_flag=True, help="Open the page in the default browser.")
@configured(policy=False)
def review(options: Options, out: str | None, port: int, show_it: bool) -> int:
    """Decide in the browser: the report of OUT, served on this machine alone.

    Each key writes rules/decisions.jsonl at once and shows what the next run makes of it; nothing else is written.
    """
    from cleaner.show import show_path

    try:
        from cleaner.review.desk import Desk
        from cleaner.review.serve import serve
    except ModuleNotFoundError as err:
        if (err.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise click.UsageError(
            f"the review page needs the package {err.name}, which is not installed; nothing was started; "
            "install it with: pip install 'seedclean[review]' (the static report in OUT decides without it)"
        ) from err
    config = options.config(None)
    folder = Path(out) if out else config.root / (config.keys.out or "out")
    desk = Desk(folder, config)
    printer, t = options.printer, options.printer.t
    if desk.stale:
        name = show_path(folder.as_posix())
        printer.note(t("{out} is of other packs or settings than those in force; run clean first", out=name))

    def started(address: str) -> None:
        run = desk.records.run
        files, places = t.plural(run.files, "article", "articles"), t.plural(run.pending, "place waits", "places wait")
        printer.say(t("{files}, {places}. Open this address (the key to it is in it):", files=files, places=places))
        printer.say(f"  {address}")
        printer.say(t("decisions go to {file}; end with Ctrl-C", file=show_path(desk.file.as_posix())))
        if show_it:
            click.launch(address)

    with contextlib.suppress(KeyboardInterrupt):  # the way to end it
        serve(desk, port, started)
    where = f"{show_path(str(config.keys.src))}/ {show_path(folder.as_posix())}/" if config.keys.src else "SRC OUT"
    printer.say(t("next: {what}", what=f"clean {where.replace('//', '/')}"))
    return 0
