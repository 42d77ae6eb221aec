"""The desk on a phone: what waits is shown in a chat, and what people press and say there becomes verbs.

The same rules as at every other door: a verdict goes through the desk, bound to what was shown. What comes in
is believed only from people on the list, in chats on the list; buttons are secrets that count once.
"""
