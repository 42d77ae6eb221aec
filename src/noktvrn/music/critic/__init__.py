"""The critic: the house's own checks on every track of every engine. They cannot be switched off.

Limits are those of the label's delivery table and of the style's own targets: an ERROR never passes, a
WARNING wants a look. Songs composed here are judged by their score; what the analyser hears is then only a
cross-check and never blocks alone. `docs/critic.md` lists every rule.
"""

from noktvrn.music.critic.case import Case
from noktvrn.music.critic.examination import RULES, examine, examine_file
from noktvrn.music.critic.levels import LIMITS, Limit, mono_loss_db
from noktvrn.music.critic.obedience import same_tempo
from noktvrn.music.critic.summary import summary
from noktvrn.music.critic.targets import targets_of

__all__ = [
    "LIMITS",
    "RULES",
    "Case",
    "Limit",
    "examine",
    "examine_file",
    "mono_loss_db",
    "same_tempo",
    "summary",
    "targets_of",
]
