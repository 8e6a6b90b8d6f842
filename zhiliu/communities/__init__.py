"""Communities of practice: their kinds, members, roles and rules.

Words: community 社区, kind 类型, membership 成员, role 角色, admission 加入方式, rulebook 公约, consent 同意,
announcement 公告, receipt 已读回执, phase 阶段.
"""
