"""The language models: a request for words comes in, checked words go out.

Whatever happens outside (no key, no answer, nonsense), the caller gets a valid answer: the embedded writer's,
which is handed in, with a record of why. It must never let a model touch what makes an artist itself (genre,
tempo, sound, look, identity), send a paid request twice, or treat outside text as an instruction.
"""
