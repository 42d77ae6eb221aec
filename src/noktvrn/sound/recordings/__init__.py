"""Sound files from elsewhere: decoded into the house's form, and read for what films and checks need.

What comes in: a file somebody else made. What goes out: 44.1 kHz stereo samples or files, whether they went
through a lossy codec, and a time-line by ear. It believes no name and no header that the samples deny.
"""
