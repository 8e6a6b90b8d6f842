"""Programs and channels.

An incoming hook (接收地址) lets a program write in a channel as a bot; an outgoing hook (推送地址) tells a program what
is said there, signed, and again until it was taken.
"""
