"""The shots of a film, gathered from whoever is cast: libraries of footage first, cameras for the rest.

Without either nobody is asked and the film is drawn; who fails is passed over with a finding, and the film is
made of what there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from noktvrn.kernel.errors import Invalid, LabelError, NotReady, Outside
from noktvrn.kernel.seeds import derive_seed
from noktvrn.model.brief import Brief
from noktvrn.model.film import FilmKind
from noktvrn.model.finding import Finding, Severity
from noktvrn.model.run import StageName
from noktvrn.model.track import Track
from noktvrn.production.chain import STOPS, WAITS, Chain
from noktvrn.production.scene import Scene
from noktvrn.reference import load
from noktvrn.roles.camera import Camera, Shot, ShotRequest
from noktvrn.roles.stock_library import StockLibrary
from noktvrn.visuals.footage import Errands, bring
from noktvrn.visuals.selector import FootagePlan, Song, plan_footage
from noktvrn.visuals.teaser import choose_window

SHOT_S = 5.0
SIZES: dict[FilmKind, tuple[int, int]] = {"video": (1920, 1080), "teaser": (1080, 1920)}


@dataclass(frozen=True, slots=True)
class Gathered:
    """The shots there are, and who was passed over."""

    shots: tuple[Shot, ...] = ()
    findings: tuple[Finding, ...] = ()


def gather(scene: Scene, kind: FilmKind, take: Track) -> Gathered:
    """Footage for a film of this song.

    Raises:
        NotReady: the run waits for a person (`NOKTVRN_UNKNOWN=wait`).
    """
    libraries, cameras = scene.studio.cast.libraries(), scene.studio.cast.cameras()
    if not libraries and not cameras:
        return Gathered()
    plan = _plan(scene, kind, take)
    found = _from_libraries(scene, plan, libraries)
    if len(found.shots) >= plan.clips or not cameras:
        return found
    shot = _from_cameras(scene, plan, cameras)
    return Gathered((*found.shots, *shot.shots), (*found.findings, *shot.findings))


def _seed(scene: Scene) -> int:
    """What is ordered goes by the number it was bought under: a film cut anew takes the same shots."""
    return derive_seed(scene.brief.seed, scene.stage.value, scene.bought or scene.attempt)


def _plan(scene: Scene, kind: FilmKind, take: Track) -> FootagePlan:
    reference = load(scene.studio.settings)
    profile, brief = scene.artist.profile, scene.result(StageName.BRIEF, Brief)
    pace = reference.tempo_word(take.timeline.tempo_bpm)
    genre = reference.genres.get(profile.genre)
    song = Song(
        family=genre.family if genre else "",
        moods=tuple(dict.fromkeys(mood for mood in (brief.mood, *profile.moods) if mood)),
        pace=pace.query,
        pace_id=pace.id,
        timeline=take.timeline,
        look=profile.look,
    )
    length = take.timeline.duration_s
    if kind == "teaser":
        _, length = choose_window(take.timeline, take.figures.energy_curve, brief.teaser_s)
    return plan_footage(reference.footage, song, kind=kind, duration_s=length, seed=_seed(scene))


def _from_libraries(scene: Scene, plan: FootagePlan, libraries: tuple[StockLibrary, ...]) -> Gathered:
    """Every library in turn, until there is enough."""
    shots: list[Shot] = []
    findings: list[Finding] = []
    for library in libraries:
        chain = Chain(
            scene, "footage", (library,), rule="film.footage", did_not="bring footage", may_fail=(Invalid,)
        )
        errand = chain.errand().model_copy(update={"kept": False})  # a licence that costs nothing
        errands = Errands(errand, scene.folder, _seed(scene))
        search = partial(bring, plan=plan, clips=plan.clips - len(shots), errands=errands)
        try:
            brought = chain.played(search)[0]
            shots += brought.shots
            findings += [_missed(error) for error in brought.missed]
        except (Outside, NotReady, Invalid) as error:
            _unless_it_stops(error)
        findings += chain.findings
        if len(shots) >= plan.clips:
            break
    return Gathered(tuple(shots), tuple(findings))


def _missed(error: Outside) -> Finding:
    return Finding(rule="film.footage", severity=Severity.WARNING, message=error.message, hint=error.hint)


def _from_cameras(scene: Scene, plan: FootagePlan, cameras: tuple[Camera, ...]) -> Gathered:
    """One shot for each description; after a failure of all cameras no further one is asked for."""
    chain = Chain(scene, "shots", cameras, rule="film.camera", did_not="shoot")
    shots: list[Shot] = []
    for number, words in enumerate(plan.descriptions, start=1):
        request = _request(scene, plan, chain, words, number)
        try:
            shots.append(chain.played(lambda camera, wanted=request: camera.shoot(wanted))[0])  # type: ignore[misc]
        except (Outside, NotReady) as error:
            _unless_it_stops(error)
            break
    return Gathered(tuple(shots), chain.findings)


def _request(scene: Scene, plan: FootagePlan, chain: Chain[Camera], words: str, number: int) -> ShotRequest:
    width, height = SIZES[plan.kind]
    return ShotRequest(
        prompt=words,
        look=scene.artist.profile.look,
        duration_s=SHOT_S,
        width=width,
        height=height,
        seed=derive_seed(_seed(scene), "shot", number),
        errand=chain.errand(number, len(plan.descriptions)),
        folder=scene.folder,
    )


def _unless_it_stops(error: LabelError) -> None:
    """A run that is to wait for a person waits; anything else only costs the film its shots."""
    if error.code in {*STOPS, WAITS}:
        raise error
