"""Questions that stay open until an answer is accepted, and posts to discuss.

Words: question 提问, answer 回答, resolution 采纳, post 帖子.
"""
