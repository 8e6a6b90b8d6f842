"""People meet over a topic: a talk about one problem, lightning talks, an evening in a channel, or tea for two.

A gathering is planned (planning), gets its time (fixed), takes place and is ended by its host (held), or is cancelled.
Held, it owes thanks, one minute of feedback, and a deposit: the article that keeps what was said.

Words: gathering 活动, sharer 分享人, host 主持, offer 自荐, nomination 推荐, invitation 邀请, seat 席位,
waiting list 候补, check-in 签到, question 提问, pulse 跟得上／再慢点, deposit 沉淀, reminder 提醒.
"""
