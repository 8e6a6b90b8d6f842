"""Small surveys: scale, choice, text and scored questions; named or anonymous.

A survey belongs to an object of a higher layer (kind and id), which shows its form and results. In an anonymous survey
nothing links a person to their answers: :class:`~.models.Answered` stores who, :class:`~.models.Response` what, and
neither stores when. Their keys are random, so that the order of rows reveals nothing either.

Words: survey 问卷, question 题目, response 答卷, answer 回答.
"""
