"""The sample company: believable people, needs, gatherings and articles, dated relative to today."""
