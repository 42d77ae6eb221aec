"""The craft of film. In come sound files, arrays of colour and masks of type; out go encoded films.

Pictures are computed straight as YUV 4:2:0 planes and written through a pipe to one external ffmpeg
process. Every function is pure or works on the files it is given: no artist, no database, no settings,
no network, no wall clock but the watchdog of a running encoder, and never a shell.
"""
