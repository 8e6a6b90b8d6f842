"""What is looked at before or after it is published, and what comes of it.

Detectors hold back or flag, they never punish; people decide. Whoever is concerned is told, by words they can read, and
may appeal to somebody else.

Words: report 举报, hold 待审, flag 留意, decision 处理, sanction 处分, appeal 申诉, detector 识别项, verdict 判断对错.
"""
