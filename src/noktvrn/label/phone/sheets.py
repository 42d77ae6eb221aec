"""What a preview says in words, and how it ends. Plain text: nothing in a title can become markup."""

from __future__ import annotations

from noktvrn.model.release import ReleaseDraft
from noktvrn.model.run import Run, RunState
from noktvrn.model.verdict import ReviewItem, Verdict

ENDED = {
    RunState.EXPIRED: "Nobody decided in time.",
    RunState.CANCELLED: "The run was cancelled.",
    RunState.FAILED: "The run failed.",
    RunState.PRODUCING: "It is being made anew.",
    RunState.QUEUED: "It is being made anew.",
}


def headline(item: ReviewItem) -> str:
    """Whose, and what."""
    return f'{item.artist_name} - "{item.title}"'


def open_sheet(item: ReviewItem, draft: ReleaseDraft | None, notes: list[str]) -> str:
    """What a person reads before deciding."""
    lines = [headline(item), item.run_id]
    if draft is not None:
        minutes, seconds = divmod(round(draft.duration_s), 60)
        sung = "instrumental" if draft.instrumental else draft.language
        advisory = "explicit" if draft.advisory == "explicit" else "not explicit"
        lines.append(f"{draft.genre}, {minutes}:{seconds:02}, {sung}, {advisory}")
    lines.append(f"Waits until {item.expires_at:%Y-%m-%d %H:%M} UTC. Approval {item.approval_hash[:12]}")
    return "\n".join([*lines, *dict.fromkeys(notes)])


def closed_sheet(item: ReviewItem, run: Run, verdict: Verdict | None) -> str:
    """What stands there afterwards: who decided what."""
    if verdict is None:
        return f"{headline(item)}\n{item.run_id}\n{ENDED.get(run.state, f'The run is {run.state.value}.')}"
    said = f"\n{verdict.reason}" if verdict.reason and verdict.decision == "rejected" else ""
    how = f"{verdict.decision.capitalize()} by {verdict.by.removeprefix('person:')}"
    return f"{headline(item)}\n{item.run_id}\n{how}, {verdict.at:%Y-%m-%d %H:%M} UTC.{said}"


def replaced_sheet(artist_and_title: str, run_id: str) -> str:
    """What stands under a preview whose work has changed."""
    return f"{artist_and_title}\n{run_id}\nIt has changed; the new preview follows."
