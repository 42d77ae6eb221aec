"""Spanish by its own rules: syllables, stress, metre, rhyme, agreement and verbs, all from the spelling.

Sources: Real Academia Española, *Ortografía de la lengua española* (2010), chapters on diphthong, hiatus and
the written accent; Tomás Navarro Tomás, *Métrica española*, for synalepha and the count of verse ends.
"""
