"""How communities serve the organisation and decide for themselves: goals and what serves them, the sponsor's budget,
spending and reports, members' proposals and votes.

Stands above the stations of the line: a goal, a payment and a report point at topics, gatherings and articles.
"""
