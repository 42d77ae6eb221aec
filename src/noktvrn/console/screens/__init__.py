"""The console's screens: one for each number key, and the questions they ask."""
