"""One file per noun. A route parses, asks the label and returns what it said."""
