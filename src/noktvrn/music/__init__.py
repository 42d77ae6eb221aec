"""The music room: from a recording of any engine to a mastered, measured and examined take.

In: a `Recording` (stems of any Composer), the artist's sound, the song plan. Out: a master and its stems
as FLAC with everything measured (`producer`), and the house's own findings (`critic`). It must never let
a take pass unexamined, change a composition, or know which engine played: all go through one chain.
"""
