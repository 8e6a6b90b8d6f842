"""Needs: voiced, supported, merged, and turned into topics small enough for one hour.

Words: need 需求, support 同问, topic 主题.
"""
