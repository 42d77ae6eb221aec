"""The HTTP face: parse, ask the label, answer. Same verbs, same checks, same errors as the command line."""
