"""Programs in channels.

Through an incoming hook (接收地址) a program posts in a channel as a bot. An outgoing hook (推送地址) sends messages of
a channel to a program, signed and with retries.
"""
