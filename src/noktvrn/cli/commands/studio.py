"""`noktvrn studio`: list, show, check, resume, confirm, acknowledge, import."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, note, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.label.label import Label
    from noktvrn.label.studio_sessions import StudioSessions
    from noktvrn.model.finding import Report
    from noktvrn.model.studio import StudioEvent, StudioSession
    from noktvrn.providers.suno_session.sitting import News


@click.group()
def studio() -> None:
    """Songs you make yourself at an outside studio: the house prepares and imports, you press."""


@studio.command("list")
@with_output
def list_(out: Output) -> None:
    """Every session, newest first."""
    with the_label() as label:
        found = _sessions(label).every()
    out.many([one.as_data() for one in found], lambda: _show_all(found))


@studio.command()
@click.argument("session_id")
@with_output
def show(session_id: str, out: Output) -> None:
    """One session: its pack to paste, where it stands, its story."""
    with the_label() as label:
        session, story = _sessions(label).get(session_id)
    data = session.as_data() | {"story": [one.as_data() for one in story]}
    out.one(data, lambda: _show(session, story))


@studio.command()
@click.option("--wait", default=60.0, show_default=True, type=click.FloatRange(0, 3600), metavar="SECONDS")
@with_output
@click.pass_context
def check(context: click.Context, wait: float, out: Output) -> None:
    """Looks whether all that is filled in is on the studio's page. Nothing is filled in or pressed."""
    note("A window opens. Sign in and switch the page to Custom; it is looked at until all is found.")
    with the_label() as label:
        report = _sessions(label).check(actor=actor(), wait_s=wait)
    out.one(report.as_data(), lambda: _show_report(report))
    context.exit(0 if report.passed else FINDINGS)


@studio.command()
@click.argument("session_id")
@click.option("--again", is_flag=True, help="Fill in (or hand over) once more what was filled in before.")
@click.option("--wait", default=30.0, show_default=True, type=click.FloatRange(0, 1440), metavar="MINUTES")
@click.option(
    "--linger",
    default=30.0,
    show_default=True,
    type=click.FloatRange(0, 3600),
    metavar="SECONDS",
    help="How long the second of the two songs is waited for after the first.",
)
@with_output
def resume(session_id: str, again: bool, wait: float, linger: float, out: Output) -> None:
    """Goes on with a session: opens the studio, fills in, waits for you, takes the song home."""
    from noktvrn.providers.suno_session.sitting import Patience

    patience = Patience(person_s=wait * 60, linger_s=linger)
    with the_label() as label:
        done = _sessions(label).resume(session_id, _tell, actor=actor(), patience=patience, again=again)
        label.house.seal_audit()
    out.one(done.as_data(), lambda: _home(done))


@studio.command("import")
@click.argument("session_id", required=False)
@click.argument("file", required=False, type=click.Path(path_type=Path))
@with_output
def import_(session_id: str | None, file: Path | None, out: Output) -> None:
    """Imports FILE for a session; without any, looks into the inbox for all that wait."""
    if (session_id is None) is not (file is None):
        raise click.UsageError("Name a session and a file, or neither.")
    with the_label() as label:
        sessions = _sessions(label)
        if session_id is None or file is None:
            done: Sequence[StudioSession] = sessions.collect()
        else:
            done = (sessions.bring(session_id, file, actor=actor()),)
        label.house.seal_audit()
    out.many([one.as_data() for one in done], lambda: _all_home(done))


@studio.command()
@click.argument("session_id")
@click.option("--sentence", help="The sentence, typed beforehand.")
@with_output
def confirm(session_id: str, sentence: str | None, out: Output) -> None:
    """Confirms that you created the song; what a BAS application made is released by that only."""
    from noktvrn.label.studio_sessions import CONFIRMATION

    typed = sentence if sentence is not None else _typed(CONFIRMATION)
    with the_label() as label:
        done = _sessions(label).confirm(session_id, typed, actor=actor())
        label.house.seal_audit()
    out.one(done.as_data(), lambda: click.echo(f"{done.pack.title}: confirmed by {done.confirmed_by}."))


@studio.command()
@click.argument("terms", type=click.Choice(["site", "bas"]))
@click.option("--plan", type=click.Choice(["free", "paid"]), help="Your plan at the site (for `site`).")
@click.option("--sentence", help="The sentence, typed beforehand.")
@with_output
def acknowledge(terms: str, plan: str | None, sentence: str | None, out: Output) -> None:
    """Takes your typed word on the terms you work under, and keeps it with its date."""
    from noktvrn.label.studio_sessions import SENTENCES, TERMS_URL

    kind: Any = terms
    if terms == "site":
        note(f"The site's terms: {TERMS_URL}")
        plan = plan or click.prompt("Your plan there", type=click.Choice(["free", "paid"]), err=True)
    typed = sentence if sentence is not None else _typed(SENTENCES[kind])
    with the_label() as label:
        made = _sessions(label).acknowledge(kind, typed, plan=plan, actor=actor())  # type: ignore[arg-type]
        label.house.seal_audit()
    out.one(made.as_data(), lambda: click.echo(f"Kept: {made.actor}, {made.at:%Y-%m-%d}: {made.sentence}"))


def _sessions(label: Label) -> StudioSessions:
    from noktvrn.label.studio_sessions import StudioSessions

    return StudioSessions(label.office)


def _typed(sentence: str) -> str:
    note(f"Type this sentence if it is true:\n  {sentence}")
    return str(click.prompt("", prompt_suffix="> ", err=True))


def _tell(news: News) -> None:
    note(f"\n{news.text}" if news.event == "prefilled" else news.text)
    if news.hint:
        note(f"  {news.hint}")
    if news.picture is not None:
        note(f"  What the page shows: {news.picture}")


def _show_all(found: Sequence[StudioSession]) -> None:
    if not found:
        click.echo("No song was ordered at the studio yet.")
        return
    rows = [
        (one.id, one.pack.title, one.driver, _state(one), f"{one.opened_at:%Y-%m-%d %H:%M}") for one in found
    ]
    table(("session", "title", "driver", "state", "ordered (UTC)"), rows)


def _show(session: StudioSession, story: Sequence[StudioEvent]) -> None:
    from noktvrn.providers.suno_session.pack import as_text

    click.echo(as_text(session.pack))
    pairs(
        [
            ("session", session.id),
            ("run", session.run_id or "none"),
            ("driver", session.driver),
            ("state", _state(session)),
            ("plan", f"{session.plan}, terms acknowledged on {session.terms_on}"),
            ("songs", ", ".join(file.asset.name for file in session.files) or "none yet"),
            ("confirmed", session.confirmed_by or "no"),
        ]
    )
    click.echo()
    rows = [(f"{one.at:%Y-%m-%d %H:%M:%S}", one.event, _detail(one.detail)) for one in story]
    table(("at (UTC)", "event", "detail"), rows)


def _detail(detail: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value}" for name, value in detail.items() if value and not isinstance(value, dict)
    )


def _state(session: StudioSession) -> str:
    if session.trouble:
        return f"needs you ({session.trouble})"
    return session.step.value if session.step is not None else "asked for"


def _show_report(report: Report) -> None:
    for found in report.findings:
        click.echo(f"{found.severity.value:<8} {found.message}")
        if found.hint:
            click.echo(f"         {found.hint}")


def _home(session: StudioSession) -> None:
    click.echo(f"{session.pack.title}: {len(session.files)} song(s) in the vault.")
    if session.run_id:
        click.echo(f"  Then: noktvrn run resume {session.run_id}")
    if session.driver == "bas" and session.confirmed_at is None:
        click.echo(f"  Before it may be released: noktvrn studio confirm {session.id}")


def _all_home(done: Sequence[StudioSession]) -> None:
    for session in done:
        _home(session)
    if not done:
        click.echo("No song of a session that waits lies in the inbox.")
