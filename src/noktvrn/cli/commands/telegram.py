"""`noktvrn telegram`: the desk on a phone."""

from __future__ import annotations

import signal
import threading

import click

from noktvrn.cli.house import the_label
from noktvrn.cli.output import Output, note, pairs, with_output


@click.group()
def telegram() -> None:
    """The desk on a phone (docs/telegram.md). A worker listens and shows by itself."""


@telegram.command()
@with_output
def status(out: Output) -> None:
    """Asks the bot how it stands: where updates go, who may decide, what came in during two days."""
    with the_label() as label:
        state = label.phone.state()
    heard = ", ".join(f"{number} {kind}" for kind, number in sorted(state.heard.items()))
    rows: list[tuple[str, object]] = [
        ("bot", state.bot),
        ("webhook", state.webhook or "none: updates are fetched"),
        ("waiting", state.waiting_there),
        ("chats", ", ".join(map(str, state.chats))),
        ("people", ", ".join(map(str, state.people)) or "nobody: set TELEGRAM_ALLOWED_USERS"),
        ("heard", heard or "nothing yet"),
    ]
    out.one(state.as_data(), lambda: pairs(rows))


@telegram.command()
def poll() -> None:
    """Listens and shows until stopped, without taking any work."""
    from noktvrn.label import chores

    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    with the_label() as label:
        state = label.phone.state()  # what is not set or not right is told at once
        with chores.keeping(label, chores.phone_chores(label)):
            note(f"{state.bot} listens. Ctrl-C stops.")
            stop.wait()


@telegram.group()
def webhook() -> None:
    """Updates come to the API (`noktvrn serve`) instead of being fetched."""


@webhook.command("set")
@with_output
def set_(out: Output) -> None:
    """Lets Telegram bring updates to PUBLIC_BASE_URL, with TELEGRAM_WEBHOOK_SECRET."""
    with the_label() as label:
        url = label.phone.set_webhook()
    out.one({"webhook": url}, lambda: click.echo(f"Updates go to {url}."))


@webhook.command()
@with_output
def delete(out: Output) -> None:
    """Takes the webhook away: updates are fetched again."""
    with the_label() as label:
        label.phone.delete_webhook()
    out.one({"webhook": ""}, lambda: click.echo("Updates are fetched."))
