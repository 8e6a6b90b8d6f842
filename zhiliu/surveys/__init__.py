"""Small surveys: scale, choice, text and scored questions; named or without names.

Words: survey 问卷, round 轮次, answer 回答.
"""
