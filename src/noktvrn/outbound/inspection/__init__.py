"""Looking at files from outside: what they are by their bytes, whether they are whole, what decoding shows.

Neither a name nor a media type is believed, and nothing is decoded before it was seen to be of a kind that is
taken. Everything here raises `Unfit`, in words that hold nothing of the file.
"""
