"""Files of sound and scores: FLAC, WAV, ID3 tags and MIDI, with limits on everything read."""
