"""The artist's room: a sentence comes in; an artist at version 1 with its creation report goes out.

The builder asks the role Writer and lets the validator judge every draft; it mends nothing itself, it asks
again with another sub-seed. It must never store anything, never paint, and never let an artist pass that
hides being virtual, borrows a living artist's name, or stands outside its own identity.
"""
