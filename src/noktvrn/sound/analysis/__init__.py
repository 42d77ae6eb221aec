"""Analysis: what meters and listeners say of any recording. Reads samples, changes none."""
