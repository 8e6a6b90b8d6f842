"""People meet over a topic: a talk about one problem, or two people over tea.

Words: gathering 活动, sharer 分享人, host 主持, seat 席位, check-in 签到, deposit 沉淀.
"""
