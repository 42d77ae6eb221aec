"""Evolution: an artist learns from how its own releases were received, and stays itself.

What comes in: an artist, performances and the style each release was made in. What goes out: `Evidence`, a
new profile inside the identity (or the old one), and a `Progression` that says why. It holds still unless
the figures speak; it never learns from flagged rows, never reads a missing figure as zero, never chases
volume, and never moves an axis out of the anchor's radius. No clock, no database, no randomness.
"""
