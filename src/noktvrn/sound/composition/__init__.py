"""Composing: a plan and an identity become a score. Nothing sounds here; times are beats, pitches MIDI."""
