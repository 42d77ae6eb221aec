"""The server as the desk asks it: a task is released, its result is queried, its file lies on the same
server.

Every answer is `{"data", "code", "error", ...}`; a refusal is HTTP, `{"detail": ...}`. A task the server does
not know (it was restarted) looks like one that waits: status 0 with an empty result (facts of 2026-11-21).
"""

from __future__ import annotations

from collections import Counter

from pydantic import SecretStr, ValidationError

from noktvrn.kernel.errors import LabelError
from noktvrn.outbound.address import asset_hosts
from noktvrn.outbound.badge import Badge
from noktvrn.outbound.calls import Caller, Reply
from noktvrn.outbound.failures import outcome_unknown
from noktvrn.outbound.jobs.nouns import JobOrder, Progress, Remote, Submitted
from noktvrn.outbound.jobs.service import Caps, Slip
from noktvrn.outbound.troubles import Trouble, quoted, trouble
from noktvrn.providers._kit import Health
from noktvrn.providers.acestep.answers import NAMED, Made, Released, opened, queried, songs_of, why
from noktvrn.settings import Settings

AUDIO = "/v1/audio"
MISSES, MISSES_UNSEEN = 3, 30
"""So often in a row an empty result is taken for a lost task: soon for one that was seen to wait or run, late
for one that this process has not seen yet."""
RUNNING, DONE, FAILED = 0, 1, 2


class SongService:
    """Takes orders of what /release_task is sent."""

    purpose = "compose"

    def __init__(self, settings: Settings) -> None:
        self._base = (settings.acestep_url or "").rstrip("/")
        self._caller = caller(settings)
        self._known: set[str] = set()
        self._misses: Counter[str] = Counter()
        self.caps = Caps(
            first_look_s=2.0,
            longest_look_s=10.0,
            deadline_s=3600.0,
            private_hosts=asset_hosts(self._base, settings.private_hosts),
            badge=Badge(self._base, bearer) if (bearer := _bearer(settings)) else None,
        )

    def submit(self, order: JobOrder, slip: Slip) -> Submitted:
        """Releases the task. Where nothing is paid, an order whose answer was lost may be sent again."""
        reply = self._sent("/release_task", order.request, free=order.free)
        wrapper = opened(reply, paid=not order.free)
        try:
            return Submitted(ref=Released.model_validate(wrapper.data).task_id)
        except ValidationError:
            pass
        raise trouble(
            Trouble.CONTRACT if order.free else Trouble.UNKNOWN, NAMED, wrapper.error or "no task id"
        )

    def look(self, ref: str) -> Progress:
        """How the task stands."""
        reply = self._sent("/query_result", {"task_id_list": [ref]}, free=True)
        found = queried(opened(reply, paid=False), ref)
        songs = songs_of(found)
        if found.status == DONE:
            return self._ready(songs)
        if found.status == FAILED:
            return Progress(state="failed", message=quoted(why(songs, found)))
        if not songs and not (found.progress_text or "").strip():
            return self._missed(ref)
        self._known.add(ref)
        self._misses.pop(ref, None)
        return Progress(state="running")

    def find(self, order: JobOrder) -> str | None:
        """Nobody can tell."""
        return None

    def cancel(self, ref: str) -> bool:
        """It cannot be called off."""
        return False

    def _sent(self, path: str, body: object, *, free: bool) -> Reply:
        """The answer to a call. One that is `free` leaves nothing unknown where its answer breaks off."""
        try:
            return self._caller.post(path, body)
        except LabelError as error:
            if not (free and outcome_unknown(error)):
                raise
        raise trouble(Trouble.TRANSIENT, NAMED, "it broke off its answer")

    def _ready(self, songs: tuple[Made, ...]) -> Progress:
        files = tuple(
            Remote(
                clip=f"song {place}",
                url=self._url(song.file),
                kind="audio",
                duration_s=(song.metas.duration if song.metas else None) or None,
            )
            for place, song in enumerate(songs, 1)
            if song.file
        )
        if not files:
            raise trouble(Trouble.CONTRACT, NAMED, "it is done, but names no file")
        return Progress(state="ready", files=files)

    def _url(self, file: str) -> str:
        """Where a song lies: under /v1/audio of the very server that was asked, and nowhere else."""
        path = file.removeprefix(self._base)
        if not path.startswith(AUDIO + "?") or "#" in path or "\\" in path:
            raise trouble(Trouble.CONTRACT, NAMED, "it names a file that is none of its own")
        return self._base + path

    def _missed(self, ref: str) -> Progress:
        self._misses[ref] += 1
        if self._misses[ref] < (MISSES if ref in self._known else MISSES_UNSEEN):
            return Progress(state="running")
        return Progress(state="lost", message="It knows no such task: it was restarted.")


def caller(settings: Settings) -> Caller:
    """Calls to the server, with the key of the settings where there is one."""
    bearer = _bearer(settings)
    return Caller(
        settings.acestep_url or "",
        named=NAMED,
        headers={"authorization": bearer} if bearer else {},
        private_hosts=settings.private_hosts,
    )


def _bearer(settings: Settings) -> SecretStr | None:
    key = settings.acestep_api_key
    return SecretStr(f"Bearer {key.get_secret_value()}") if key else None


def health(settings: Settings) -> Health:
    """Whether it answers, and with which model."""
    wrapper = opened(caller(settings).get("/v1/models"), paid=False)
    data = wrapper.data if isinstance(wrapper.data, dict) else {}
    models = data.get("models")
    names = [str(one.get("name") or one.get("id")) for one in models or () if isinstance(one, dict)]
    loaded = str(data.get("default_model") or "") or ", ".join(names)
    if not loaded:
        return Health(False, f"{NAMED} has no model loaded.")
    return Health(True, f"{NAMED} plays {quoted(loaded)}")
