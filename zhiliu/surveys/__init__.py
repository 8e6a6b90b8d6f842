"""Small surveys: scale, choice, text and scored questions; named or without names.

A survey belongs to a thing of a higher floor (kind and id), which shows its form and results. Of an anonymous survey
nothing joins a person and what they answered: :class:`~.models.Answered` knows who, :class:`~.models.Response` knows
what, neither knows when, and their keys are random, so that the order of the rows tells nothing either.

Words: survey 问卷, question 题目, response 答卷, answer 回答.
"""
