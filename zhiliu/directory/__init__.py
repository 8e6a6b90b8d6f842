"""People and organisation: who works here, where they belong, what they know, and when they work.

Words: person 同事, department 部门, position 岗位, location 地点, skill 技能, endorsement 认可, guest 客人 (an external
person who sees, and is seen by, their communities only), working calendar 工作日历.
"""
