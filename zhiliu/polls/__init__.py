"""Polls: one question, some options, a closing time.

Until it closes, people can change their vote. A secret poll never shows who chose what, and no counts before the end. A
poll belongs to a community, or to an object of a higher layer, whose app decides who creates it and who votes
(``owners.py``).

Words: poll 投票, option 选项, ballot 选票.
"""
