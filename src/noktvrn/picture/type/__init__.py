"""Type: the bundled faces, how a text is spelt in them, set in lines and placed on a picture.

What comes in: words as they stand in the metadata. What goes out: lines with exact ink boxes, coverage
masks, and notes that say where a spelling had to change. Never an empty box for a missing glyph, never a
system font.
"""
