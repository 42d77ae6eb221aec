"""`noktvrn llm`: models, doctor, usage, log, show, replay, explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.commands.prompts import prompts
from noktvrn.cli.house import the_label
from noktvrn.cli.output import FINDINGS, Output, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.words import Story
    from noktvrn.llm.endpoints import Endpoint
    from noktvrn.storage.ledger.words import Call

SPANS = ("day", "task", "provider", "artist")
NO_MODEL = """No language model is configured: the embedded writer writes everything.
  Set OPENAI_API_KEY or another service's key, or NOKTVRN_LLM_URL and NOKTVRN_LLM_MODEL (.env.example)."""
UNSENT = ("over_budget", "skipped")
STATUSES = ("ok", "degraded", "refused", "over_budget", "failed", "cancelled")


@click.group()
def llm() -> None:
    """The language models: which there are, what they were asked, what it cost."""


llm.add_command(prompts)


@llm.command()
@with_output
def models(out: Output) -> None:
    """The models that may be asked, in the order of NOKTVRN_LLM."""
    with the_label() as label:
        found, resting, doubts = label.words.models(), label.words.resting(), label.words.doubts()
    rows = [_model(one, resting) for one in found]

    def people() -> None:
        if not rows:
            click.echo(NO_MODEL)
            return
        headings = ("model", "wire", "in USD/M", "out USD/M", "state")
        shown = [
            (r["model"], r["wire"], _usd(r["input_nano"]), _usd(r["output_nano"]), r["state"]) for r in rows
        ]
        table(headings, shown)

    out.many(rows, people)
    _warn(doubts)


@llm.command()
@click.option("--ask", is_flag=True, help="Send each one tiny question as well (costs next to nothing).")
@with_output
@click.pass_context
def doctor(context: click.Context, ask: bool, out: Output) -> None:
    """Looks whether every model could be asked."""
    with the_label() as label:
        found, doubts = label.words.doctor(ask=ask), label.words.doubts()

    def people() -> None:
        for one in found:
            click.echo(f"{one.provider}/{one.model}: {one.state}. {one.message} {one.hint}".rstrip())
            if one.models:
                click.echo(f"  It lists {', '.join(one.models)}.")
        if not found:
            click.echo(NO_MODEL)

    out.many([one.as_data() for one in found], people)
    _warn(doubts)
    context.exit(0 if all(one.state == "ready" for one in found) else FINDINGS)


@llm.command()
@click.option("--by", type=click.Choice(SPANS), default="day", show_default=True)
@click.option("--days", type=click.IntRange(1, 3660), default=30, show_default=True)
@with_output
def usage(by: Any, days: int, out: Output) -> None:
    """Calls, tokens and money."""
    with the_label() as label:
        found = label.words.usage(by, days=days)
    headings = (by, "calls", "answered", "tokens in", "tokens out", "USD", "of it unknown")
    rows = [
        (
            one.name,
            one.calls,
            one.answered,
            one.input_tokens,
            one.output_tokens,
            _money(one.micros),
            one.unknown,
        )
        for one in found
    ]
    out.many(
        [one._asdict() for one in found],
        lambda: table(headings, rows) if rows else click.echo("No model was asked."),
    )


@llm.command()
@click.option("--task", default="", help="Only this kind of writing.")
@click.option("--subject", default="", help="Only what was written for this run or artist.")
@click.option("--status", type=click.Choice(STATUSES), default=None, help="Only sessions that ended so.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@with_output
def log(task: str, subject: str, status: str | None, limit: int, out: Output) -> None:
    """Sessions, newest first."""
    with the_label() as label:
        found = label.words.log(task=task, subject=subject, status=status or "", limit=limit)
    rows = [
        (
            one.session_id,
            f"{one.opened_at:%Y-%m-%d %H:%M:%S}",
            one.task,
            one.status,
            f"{one.data['provider']}/{one.data['model']}".strip("/"),
            one.data["calls"],
            _money(one.data["cost_micros"]),
        )
        for one in found
    ]
    headings = ("session", "opened (UTC)", "task", "status", "by", "calls", "USD")
    out.many(
        [one._asdict() for one in found],
        lambda: table(headings, rows) if rows else click.echo("Nothing was written yet."),
    )


@llm.command()
@click.argument("session_id")
@with_output
def show(session_id: str, out: Output) -> None:
    """One session: its attempts, what they cost, what was said of the work."""
    with the_label() as label:
        story = label.words.show(session_id)

    def people() -> None:
        _tell(story)
        if any("text" in call.data for call in story.calls):
            click.echo(f"\n`noktvrn llm replay {session_id}` judges what was answered by today's rules.")

    out.one(story.as_data(), people)


@llm.command()
@click.argument("session_id")
@with_output
@click.pass_context
def replay(context: click.Context, session_id: str, out: Output) -> None:
    """Judges the stored answers of a session anew; nothing is sent."""
    with the_label() as label:
        story, found = label.words.show(session_id), label.words.replay(session_id)
    rows = [
        {"number": one.call.number, "outcome": one.call.outcome, "problems": list(one.problems)}
        for one in found
    ]

    def people() -> None:
        _tell(story)
        for one in found:
            today = "it fits" if not one.problems else "; ".join(one.problems)
            click.echo(f"Call {one.call.number} by today's rules: {today}")

    out.one({"session_id": session_id, "calls": rows}, people)
    context.exit(FINDINGS if any(one.problems for one in found) else 0)


@llm.command()
@click.argument("task")
@with_output
def explain(task: str, out: Output) -> None:
    """Whom this kind of writing would be given to now, and every number behind it."""
    with the_label() as label:
        choice = label.words.explain(task)

    def people() -> None:
        if not choice.order:
            click.echo(NO_MODEL)
            return
        for place, reason in enumerate(choice.why, start=1):
            click.echo(f"{place}. {reason}")
        click.echo(
            "The first is tried to learn more of it." if choice.explored else "The embedded writer is last."
        )

    rows = [reason._asdict() for reason in choice.why]
    out.one({"task": task, "order": list(choice.order), "explored": choice.explored, "why": rows}, people)


def _warn(doubts: tuple[str, ...]) -> None:
    for doubt in doubts:
        click.echo(f"Mind: {doubt}", err=True)


def _model(one: Endpoint, resting: frozenset[str]) -> dict[str, Any]:
    rates = one.rates
    return {
        "model": one.ref,
        "title": one.title,
        "wire": one.wire,
        "base_url": one.base_url,
        "structured": one.structured,
        "context_tokens": one.context_tokens,
        "longest_answer": one.longest_answer,
        "free": one.free,
        "input_nano": rates.input_nano if rates is not None else None,
        "output_nano": rates.output_nano if rates is not None else None,
        "prices": f"{rates.source} {rates.version}".strip() if rates is not None else "unknown",
        "quality": dict(one.quality),
        "state": "resting" if {one.name, one.ref} & resting else "open",
    }


def _tell(story: Story) -> None:
    session = story.session
    pairs(
        [
            ("session", session.session_id),
            ("task", session.task),
            ("status", session.status),
            ("written for", session.subject or "-"),
            ("by", f"{session.data['provider']}/{session.data['model']}".strip("/") or "-"),
            ("prompt", session.data["prompt"]),
            ("cache", session.data["cache"]),
            ("cost", f"{_money(session.data['cost_micros'])} USD"),
            *([("why", session.data["why"])] if session.data.get("why") else []),
        ]
    )
    for call in story.calls:
        ended = f"{call.outcome.replace('_', ' ')}{_reason(call)}{_used(call)}"
        click.echo(f"  {call.number}. {call.provider}/{call.model} {ended}")
    for review in story.reviews:
        score = review.data.get("score")
        click.echo(
            f"  review {review.number}: {review.kind}" + (f" {score:.2f}" if score is not None else "")
        )


def _reason(call: Call) -> str:
    """The trouble in words, where there is a word for it."""
    from noktvrn.llm.notices import CATEGORIES

    word = CATEGORIES.get(call.data.get("code", ""))
    return f" ({word})" if word else ""


def _used(call: Call) -> str:
    """Time, tokens and money; nothing where no request left the house."""
    if call.outcome in UNSENT:
        return ": nothing was sent"
    used, held = call.data.get("usage") or {}, call.data.get("held", 0)
    tokens = f", {used.get('input_tokens', 0)} tokens in, {used.get('output_tokens', 0)} out" if used else ""
    cost = (
        f"{_money(call.cost)} USD" if call.cost is not None else f"cost unknown, {_money(held)} USD at most"
    )
    return f": {call.data.get('latency_ms', 0):.0f} ms{tokens}, {cost}"


def _usd(nano: int | None) -> str:
    """USD for a million tokens."""
    return "unknown" if nano is None else f"{nano / 1000:.2f}"


def _money(micros: int) -> str:
    return f"{micros / 1e6:.4f}"
