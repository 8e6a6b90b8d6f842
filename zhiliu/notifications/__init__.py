"""Notifications: one inbox row per person and object, mail by preference, a daily digest.

Words: notice 通知, inbox 收件箱, preference 通知设置, digest 每日汇总.
"""
