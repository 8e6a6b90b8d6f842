"""Notifications on devices by web push: to browsers people turned it on in, encrypted for each of them.

Standards: RFC 8030 (push services), RFC 8291 (encryption), RFC 8292 (VAPID, how a server identifies itself).
"""
