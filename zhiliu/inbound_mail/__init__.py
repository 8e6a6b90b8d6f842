"""Mail that comes in is read, its sender made sure of, and it becomes a reply or a message.

Words: inbound mail 来信, reply address 回信地址. What becomes of letters: ``kit.contracts.inbound_mail``.
"""
