"""`noktvrn`: the root of the command line, and the one place where errors become words and exit codes."""

from __future__ import annotations

import atexit
import gc
import json
import os
import sys

import click

from noktvrn import __version__
from noktvrn.cli.lazy import LazyGroup
from noktvrn.kernel.errors import Fault, Invalid, LabelError

_AT = "noktvrn.cli.commands."
TABLE = {
    "debut": (_AT + "debut", "debut", "A sentence becomes an artist with a validated release."),
    "artist": (_AT + "artist", "artist", "Artists: create, list, show, edit, import, export ..."),
    "run": (_AT + "run_again", "run", "Productions: start, list, show, watch, resume, retry, cancel ..."),
    "watch": (_AT + "watch", "watch", "Everything that happens in the label, as it happens."),
    "produce": (_AT + "run", "produce", "The same as `run start`; --estimate tells what it may cost."),
    "review": (_AT + "review", "review", "The desk: queue, show, takes, choose, approve, reject, undo ..."),
    "release": (_AT + "release", "release", "Sealed releases: list, show, check."),
    "open": (_AT + "open", "open_", "Hear and see a release in the browser."),
    "plan": (_AT + "plan", "plan", "Content calendars: make, show."),
    "figures": (_AT + "figures", "figures", "What listeners did: import, show."),
    "track": (_AT + "track", "track", "Sound files: analyse, export."),
    "artwork": (_AT + "own", "artwork", "Covers of your own: import."),
    "lyrics": (_AT + "own", "lyrics", "Words of your own: import, contributions."),
    "voice": (_AT + "voice", "voice", "People's voices: consent add, list, revoke."),
    "llm": (_AT + "llm", "llm", "Language models: models, doctor, usage, log, show, replay, explain."),
    "provider": (_AT + "provider", "provider", "Who can play which role: list, show, test, terms, new."),
    "studio": (_AT + "studio", "studio", "Songs you make at an outside studio: list, show, resume ..."),
    "ticket": (_AT + "money", "ticket", "Requests to outside services: list, show, settle, cancel."),
    "budget": (_AT + "money", "budget", "What may be spent outside: show, set, acknowledge."),
    "batch": (_AT + "batch", "batch", "The label by itself: once, loop, status."),
    "worker": (_AT + "worker", "worker", "Take work from the queues until stopped."),
    "stop": (_AT + "switch", "stop", "Stop the label: nothing paid or outward begins any more."),
    "start": (_AT + "switch", "start", "Let a stopped label go on."),
    "telegram": (_AT + "telegram", "telegram", "The desk on a phone: status, poll, webhook."),
    "console": (_AT + "console", "console", "The label on this terminal; also `noktvrn` alone."),
    "serve": (_AT + "serve", "serve", "The HTTP API."),
    "audit": (_AT + "audit", "audit", "The audit trail: verify."),
    "faults": (_AT + "faults", "faults", "What went wrong: list, show, ack."),
    "db": (_AT + "db", "db", "The books: migrate, check, backup, restore, sql, move."),
    "vault": (_AT + "vault", "vault", "The vault: usage, check, gc."),
    "init": (_AT + "house", "init", "Make the home and the ledger."),
    "doctor": (_AT + "house", "doctor", "Look at everything the label stands on."),
}

EPILOG = """\b
Examples:
  noktvrn debut --prompt "Quiet piano for snowy streets" --autopilot
  noktvrn review queue
  noktvrn open rel_0000000000000

Exit codes: 0 done, 1 finished with findings, 2 usage, 3 not found, 4 conflict or not ready,
5 the outside failed, 6 budget or quota, 7 not allowed, 8 timed out, 70 our fault, 130 interrupted.
"""


@click.group(
    cls=LazyGroup,
    table=TABLE,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="noktvrn")
def root() -> None:
    """A record label of AI music artists, run from the shell."""


def main(args: list[str] | None = None) -> None:
    """Runs the command line and exits with its documented code."""
    words = (sys.argv[1:] or _alone()) if args is None else args
    if args is None:
        # All that is alive goes with the process; a last look for cycles among it took a sixth of a command.
        atexit.register(gc.freeze)
    as_json = "--json" in words or "--jsonl" in words
    try:
        code = root.main(args=words, prog_name="noktvrn", standalone_mode=False)
        _leave(code if isinstance(code, int) else 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        _leave(0 if not words else 2)
    except click.ClickException as error:
        _tell(_usage(error), as_json=as_json)
        _leave(2)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted. What is done is kept; `noktvrn run list` shows runs to resume.", err=True)
        _leave(130)
    except BrokenPipeError:
        # The reader went away; there is nobody left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        _leave(0)
    except LabelError as error:
        _note(error)
        _tell(error, as_json=as_json)
        _leave(error.exit_code)
    except OSError as error:
        from noktvrn.production.perform import plain_os_error

        plain = plain_os_error(error)
        plain.__cause__ = error
        _note(plain)
        _trace(error)
        _tell(plain, as_json=as_json)
        _leave(plain.exit_code)
    except Exception as error:
        _note(error)
        _trace(error)
        _tell(_fault(error), as_json=as_json)
        _leave(70)


def _alone() -> list[str]:
    """What the bare command means: at a terminal the console, in a pipe the help."""
    return ["console"] if sys.stdin.isatty() and sys.stdout.isatty() else []


def _tell(error: LabelError, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(error.as_problem(), ensure_ascii=False), err=True)
        return
    click.echo(f"noktvrn: {error.message}", err=True)
    if error.hint:
        click.echo(f"  {error.hint}", err=True)


def _note(error: Exception) -> None:
    """Counts a fault of ours; where the settings or the label cannot be read there is nowhere to."""
    if isinstance(error, LabelError) and error.exit_code != 70:
        return
    try:
        from noktvrn.label.faults import note_from_shell
        from noktvrn.settings import Settings

        note_from_shell(Settings(), error)
    except Exception:
        _trace(error)


def _usage(error: click.ClickException) -> LabelError:
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context is not None else "noktvrn"
    message = " ".join(error.format_message().split())
    return Invalid(message, code="usage", hint=f"`{command} --help` shows the form.")


def _fault(error: Exception) -> LabelError:
    first_line = next(iter(str(error).splitlines()), "")
    return Fault(
        f"our fault: {type(error).__name__}: {first_line}",
        hint="Set NOKTVRN_TRACE=1 and run it again for the whole story.",
    )


def _trace(error: Exception) -> None:
    if os.environ.get("NOKTVRN_TRACE"):
        import traceback

        traceback.print_exception(error)


def _leave(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    if code == 130:
        # A render in another thread would hold the exit for minutes; the ledger needs no farewell.
        os._exit(code)
    sys.exit(code)
