"""The sample company: believable people, needs, sessions and articles, dated relative to today."""
