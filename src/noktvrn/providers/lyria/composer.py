"""Composer, played by Lyria."""

from __future__ import annotations

from noktvrn.film.ffmpeg import find_ffmpeg
from noktvrn.kernel.errors import Invalid
from noktvrn.model.provenance import Provenance, SourceType
from noktvrn.outbound.jobs.nouns import Charge, JobOrder, Quote
from noktvrn.providers._kit import Kit, in_words
from noktvrn.providers._kit.rights import rights_of
from noktvrn.providers.lyria.interactions import NAME, LyriaService
from noktvrn.providers.registry import price
from noktvrn.roles.composer import CompositionRequest, Recording, StemFile
from noktvrn.settings import Settings
from noktvrn.sound.recordings.outside import outside_song

VERSION = "1"
"""Rises with every change that makes the same request another order."""

CLIP = "lyria-3-clip"
"""Models whose names begin so make half a minute, whatever is asked for."""
LONGEST_INPUT = 20_000


class LyriaComposer:
    """Orders a song by its description: Lyria takes no seed, so another take is another song."""

    name = NAME

    def __init__(self, settings: Settings, kit: Kit) -> None:
        self._settings = settings
        self._kit = kit

    def compose(self, request: CompositionRequest) -> Recording:
        """The song as one mix, its time-line by ear.

        Raises:
            Invalid: it has more words than are sent.
            BudgetSpent, Outside: no room in a budget; the service refused, failed, or nobody knows.
        """
        order = self.order(request)
        delivery = self._kit.desk.done(order, LyriaService(self._settings))
        song = outside_song(
            delivery.files[0].path, request.folder, lambda: find_ffmpeg(self._settings.ffmpeg), request.plan
        )
        return Recording(
            stems=(StemFile(name="mix", path=song.path),),
            timeline=song.timeline,
            sung=in_words.has_words(request),
            provenance=Provenance(
                engine=NAME,
                engine_version=VERSION,
                licence_class="licensed",
                source_type=SourceType.TRAINED,
                model=order.request["model"],
                prompt=order.request["input"],
                lossy_source=song.lossy,
                rights=rights_of(self._kit, NAME),
                provider=NAME,
                ticket=delivery.ticket_id,
            ),
        )

    def order(self, request: CompositionRequest) -> JobOrder:
        """What is ordered, and the most it can cost. Raises Invalid as `compose` does."""
        told = price(NAME)
        model = self._settings.lyria_model
        cost = told["clip_micros"] if model.startswith(CLIP) else told["song_micros"]
        return JobOrder(
            provider=NAME,
            purpose="compose",
            errand=request.errand,
            request={"model": model, "input": described(request)},
            kind="audio",
            quote=Quote(charges=(Charge(amount=cost),), usual_s=told["usual_s"]),
        )


def described(request: CompositionRequest) -> str:
    """The whole song in words: how it sounds, how long it is, and section by section what is sung.

    Raises:
        Invalid: that is longer than what is sent.
    """
    parts = in_words.stretches(request)
    length = in_words.clock(sum(part.seconds for part in parts))
    head = [f"{', '.join(in_words.traits(request))}.", f"Length: about {length}."]
    if not any(part.lines for part in parts):
        head.append("Instrumental only, no vocals.")
    text = "\n".join([*head, "", *(_section(part) for part in parts)])
    if len(text) > LONGEST_INPUT:
        raise Invalid(
            f"Described in words the song has {len(text):,} characters; {LONGEST_INPUT:,} are sent at most.",
            code="song.too_many_words",
            hint="Shorten the lyrics, or cast another composer.",
        )
    return text


def _section(part: in_words.Stretch) -> str:
    feel = f"{part.bars} bar{'s' * (part.bars > 1)}, {in_words.force(part.energy)}"
    if not part.lines:
        return f"[{part.label}] (instrumental, {feel})\n"
    return "\n".join([f"[{part.label}] ({feel})", *part.lines, ""])
