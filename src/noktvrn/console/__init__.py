"""The console: the label on one screen of a terminal, by the same verbs as every other door."""
