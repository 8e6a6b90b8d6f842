"""Questions that are followed up until somebody's answer holds, and posts to talk about.

Words: question 提问, answer 回答, resolution 采纳, post 帖子.
"""
