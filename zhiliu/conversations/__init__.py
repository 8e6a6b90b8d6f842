"""Live chat: channels of communities and private talks, their messages, and who has read how far.

A *channel* belongs to a community (public or private); a *talk* is a channel of two or a few people. A message has a
*number*, its place in the channel, and *changed*, the place of its last change among all changes of the channel. Both
are counted under the channel's row lock, so they have no gaps and come in commit order: who knows the last change they
saw knows exactly what they miss.
"""
