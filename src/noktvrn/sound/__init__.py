"""The craft of sound: composing, synthesis, mixing, measuring and mastering, as pure functions.

What comes in: a song plan, a sound identity, arrays of samples, paths of sound files. What goes out: a
score, stems, exact time-lines, figures and files. It knows no artist, no database, no settings and no
network, and it draws every random number from a seed it was given.
"""
