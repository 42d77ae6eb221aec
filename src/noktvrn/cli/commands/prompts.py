"""`noktvrn llm prompts`: list, show, try, propose, status, promote, rollback."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from noktvrn.cli.house import actor, the_label
from noktvrn.cli.output import FINDINGS, Output, pairs, table, with_output

if TYPE_CHECKING:
    from noktvrn.llm.prompt import Prompt
    from noktvrn.llm.trials.evidence import Verdict
    from noktvrn.llm.trials.look import Look


@click.group()
def prompts() -> None:
    """What models are asked, in which words, and which words do better."""


@prompts.command("list")
@with_output
def list_(out: Output) -> None:
    """Every prompt with its champion and what is on trial."""
    with the_label() as label:
        data = [_line(task, look, label.prompts.untried(task)) for task, look in label.prompts.every()]
    rows = [(one["task"], one["champion"], _names(one["on_trial"]), _names(one["untried"])) for one in data]
    out.many(data, lambda: table(("task", "in use", "on trial", "untried"), rows))


@prompts.command()
@click.argument("task")
@click.argument("variant", required=False, default="")
@with_output
def show(task: str, variant: str, out: Output) -> None:
    """The words of a prompt, or of a variant of it."""
    with the_label() as label:
        found = label.prompts.show(task, variant)
    out.one(found.as_data() | {"ref": found.ref}, lambda: _show(found))


@prompts.command("try")
@click.argument("task")
@click.argument("variant")
@click.option(
    "--share", type=click.FloatRange(0, 0.5), help="Share of the calls it is given; 0.1 unless told."
)
@with_output
def try_(task: str, variant: str, share: float | None, out: Output) -> None:
    """Puts a variant of NOKTVRN_HOME/prompts/TASK on trial in live traffic."""
    with the_label() as label:
        look = label.prompts.start(task, variant, share=share, actor=actor())
        label.house.seal_audit()
    out.one(_data(task, look), lambda: _status(task, look))


@prompts.command()
@click.argument("task")
@click.option("--calls", type=click.IntRange(4, 500), default=24, show_default=True, help="Works to write.")
@with_output
@click.pass_context
def propose(context: click.Context, task: str, calls: int, out: Output) -> None:
    """Lets models search for better words among past wishes, within the budgets; tries nothing."""
    with the_label() as label:
        found = label.prompts.propose(task, calls=calls, actor=actor())
        label.house.seal_audit()
    if found is None:
        out.one({"task": task, "variant": None}, lambda: click.echo("No better words were found."))
        context.exit(FINDINGS)
    variant, what = found
    data = {"task": task, "variant": variant, "score": what.score, "before": what.before, "calls": what.calls}
    out.one(
        data,
        lambda: click.echo(
            f"{variant} scores {what.score:.3f} where {what.before:.3f} was scored before.\n"
            f"  noktvrn llm prompts try {task} {variant}"
        ),
    )


@prompts.command()
@click.argument("task")
@with_output
def status(task: str, out: Output) -> None:
    """Where a prompt stands: champion, candidates with their evidence, every move."""
    with the_label() as label:
        look = label.prompts.status(task)
    out.one(_data(task, look), lambda: _status(task, look))


@prompts.command()
@click.argument("task")
@click.argument("variant")
@with_output
def promote(task: str, variant: str, out: Output) -> None:
    """Makes a candidate the champion; only with evidence that it is better."""
    with the_label() as label:
        verdict = label.prompts.promote(task, variant, actor=actor())
        label.house.seal_audit()
        look = label.prompts.status(task)
    people = f"{variant} is what {task} is asked in now. {verdict.why}"
    out.one(_data(task, look), lambda: click.echo(people))


@prompts.command()
@click.argument("task")
@with_output
def rollback(task: str, out: Output) -> None:
    """Ends the trials of a prompt; where none is on, brings back the champion before this one."""
    with the_label() as label:
        look = label.prompts.roll_back(task, actor=actor())
        label.house.seal_audit()
    out.one(_data(task, look), lambda: click.echo(f"{task} is asked in {look.standing.champion.ref} now."))


def _line(task: str, look: Look, untried: Sequence[str]) -> dict[str, Any]:
    champion = look.standing.champion.ref
    return {"task": task, "champion": champion, "on_trial": _tried(look), "untried": list(untried)}


def _names(names: Sequence[str]) -> str:
    return ", ".join(names) or "-"


def _tried(look: Look) -> list[str]:
    return [one.variant for one in look.standing.candidates]


def _data(task: str, look: Look) -> dict[str, Any]:
    return {
        "task": task,
        "champion": look.standing.champion.ref,
        "share": look.standing.share,
        "candidates": [_verdict(one) for one in look.verdicts],
        "variants": [{"variant": one.variant, "state": one.state} for one in look.variants],
        "moves": [{**one._asdict(), "at": one.at.isoformat()} for one in look.moves],
    }


def _verdict(one: Verdict) -> dict[str, Any]:
    return {**one._asdict(), "decision": one.decision.value}


def _show(found: Prompt) -> None:
    click.echo(f"{found.ref}\n\n{found.system.strip()}\n\n{found.wish.strip()}\n")
    if found.manner:
        click.echo(f"manner of the embedded writer: {found.manner}\n")
    table(("criterion", "weight", "asked"), [(one.id, one.weight, one.ask) for one in found.rubric])


def _status(task: str, look: Look) -> None:
    tried = _tried(look)
    pairs(
        [
            ("prompt", task),
            ("in use", look.standing.champion.ref),
            ("on trial", f"{_names(tried)} ({look.standing.share:.0%} of the calls)" if tried else "nothing"),
        ]
    )
    for one in look.verdicts:
        click.echo(f"\n{one.candidate}: {one.decision.value}. {one.why}")
    if look.moves:
        click.echo()
        rows = [(f"{one.at:%Y-%m-%d %H:%M}", one.move, one.variant, one.data["by"]) for one in look.moves]
        table(("when (UTC)", "move", "variant", "by"), rows)
