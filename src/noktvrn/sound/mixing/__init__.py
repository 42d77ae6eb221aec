"""Mixing: the notes of a score are played, balanced and summed to stems, every level known beforehand."""
