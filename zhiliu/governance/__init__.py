"""How communities serve the organisation and decide for themselves: goals, budget, spending, reports, proposals, votes.

This layer is above the stations of the line: a goal, a payment and a report refer to topics, gatherings and articles.
"""
