"""Synthesis: one note or one stroke at a time becomes samples. No sample library, no song, no mix."""
