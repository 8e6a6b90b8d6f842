"""Inbound mail: parses it, verifies the sender, and turns it into a reply or a message.

Words: inbound mail 来信, reply address 回信地址. What mails become: ``kit.contracts.inbound_mail``.
"""
