"""Live chat: channels of communities and direct messages, their messages, and read state.

A *channel* belongs to a community (public or private); a *talk* is a direct message, a channel of two or a few people.
A message has a *number*, its position in the channel, and *changed*, the position of its last change among all changes
of the channel. Both are counted under the channel's row lock, so they have no gaps and follow the commit order: a
client that knows the last change it saw knows exactly what it misses.
"""
