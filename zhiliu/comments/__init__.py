"""Comments and votes on anything: one shape for needs, topics, articles and gatherings.

Words: comment 评论, vote 票.
"""
