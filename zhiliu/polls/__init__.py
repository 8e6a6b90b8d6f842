"""Polls: one question, some options, a closing time.

Until it closes one may change one's mind. Of a secret poll nobody is shown who chose what, nor counts before the end.

A poll is put to a community, or belongs to a thing of a higher floor, whose app says who puts it and who votes
(``owners.py``).

Words: poll 投票, option 选项, ballot 选票.
"""
