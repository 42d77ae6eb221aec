"""The stages, one short function each. None names a provider."""

from __future__ import annotations

from noktvrn.model.run import StageName
from noktvrn.production.scene import Stage
from noktvrn.production.stages import records
from noktvrn.production.stages.brief import brief
from noktvrn.production.stages.critic import critic
from noktvrn.production.stages.deliver import deliver
from noktvrn.production.stages.films import teaser, video
from noktvrn.production.stages.own import cover_or_paint, plan_or_read, take_or_record
from noktvrn.production.stages.preview import preview
from noktvrn.production.stages.records import either
from noktvrn.production.stages.seal import seal
from noktvrn.production.stages.title import words_or_title
from noktvrn.production.stages.validate import validate

STAGES: dict[StageName, Stage] = {
    StageName.BRIEF: brief,
    StageName.PLAN: either(plan_or_read, records.arc),
    StageName.LYRICS: either(words_or_title, records.words),
    StageName.TRACK: take_or_record,
    StageName.CRITIC: either(critic, records.critic),
    StageName.COVER: cover_or_paint,
    StageName.VIDEO: video,
    StageName.TEASER: teaser,
    StageName.VALIDATE: validate,
    StageName.PREVIEW: preview,
    StageName.SEAL: seal,
    StageName.DELIVER: deliver,
}
