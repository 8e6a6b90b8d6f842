"""Comments and votes on any object: needs, topics, articles and gatherings share one model.

Words: comment 评论, vote 票.
"""
