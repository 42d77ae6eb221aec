"""The stages, one short function each. None names a provider."""

from __future__ import annotations

from noktvrn.model.run import StageName
from noktvrn.production.scene import Stage
from noktvrn.production.stages.brief import brief
from noktvrn.production.stages.cover import cover
from noktvrn.production.stages.critic import critic
from noktvrn.production.stages.deliver import deliver
from noktvrn.production.stages.films import teaser, video
from noktvrn.production.stages.lyrics import lyrics
from noktvrn.production.stages.preview import preview
from noktvrn.production.stages.seal import seal
from noktvrn.production.stages.song_plan import song_plan
from noktvrn.production.stages.track import track
from noktvrn.production.stages.validate import validate

STAGES: dict[StageName, Stage] = {
    StageName.BRIEF: brief,
    StageName.PLAN: song_plan,
    StageName.LYRICS: lyrics,
    StageName.TRACK: track,
    StageName.CRITIC: critic,
    StageName.COVER: cover,
    StageName.VIDEO: video,
    StageName.TEASER: teaser,
    StageName.VALIDATE: validate,
    StageName.PREVIEW: preview,
    StageName.SEAL: seal,
    StageName.DELIVER: deliver,
}
