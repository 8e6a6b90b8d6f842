"""Notices to people: one inbox row per person and thing, mail by preference, a daily digest.

Words: notice 通知, inbox 收件箱, preference 通知设置, digest 每日汇总.
"""
