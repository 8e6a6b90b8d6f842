"""Review of content before or after publication, and its consequences.

Detectors hold posts or flag them, they never punish; people decide. The people concerned are notified with a reason
they can read, and may appeal to another person.

Words: report 举报, hold 待审, flag 留意, decision 处理, sanction 违规处理, appeal 申诉,
detector 识别项, verdict 判断对错.
"""
