"""The visuals room: it orders pictures from an illustrator and checks what comes back.

What comes in: a look, words, a song's energy. What goes out: paintings and reports. It must never let a
picture through unchecked, and never paints anything itself but missing words.
"""
