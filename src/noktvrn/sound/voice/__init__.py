"""Voices: a formant voice of our own, and pitch work on spoken words.

In: syllables on notes, in seconds. Out: dry mono samples at 44.1 kHz. `character` says whose voice it is,
`intonation` draws the pitch, `formant` sings vowels, `psola` and `chant` set a program's speech to notes. It
knows no lyrics, no language and no program: whoever calls it brings vowels or speech.
"""
