"""Polls: one question, some options, a closing time.

Words: poll 投票, ballot 选票.
"""
