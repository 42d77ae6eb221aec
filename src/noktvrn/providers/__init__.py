"""Providers play the label's roles. One folder each; a new one touches its folder and its tests only.

A folder holds `manifest.toml` (what it plays, needs, costs and under which terms), `__init__.py` with a
lazy `open(settings, kit)`, and one file per role. No provider imports another, and no room imports one.
"""
