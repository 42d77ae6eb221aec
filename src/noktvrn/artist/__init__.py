"""The artist's room: a sentence or a file comes in; an artist at version 1 with its creation report goes out.

The builder asks the role Writer, mends what needs no writer, lets the validator judge and the review score
every draft, and asks again. Files are read, completed and edited here too. It must never store anything,
never paint, and never let an artist pass that hides being virtual, borrows a living artist's name, or stands
outside its own identity.
"""
