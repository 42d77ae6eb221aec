"""The craft of words: text comes in; syllables, rhymes, lines, titles and judgements about text go out.

Pure functions over strings and the readable files in `data/`. This room knows no artist, no database,
no settings and no network, and it must never copy a known lyric nor keep state between two calls.
"""
