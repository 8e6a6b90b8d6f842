"""Work that happens outside a request: a task queue in the database, retried, reaped when its worker dies, and a
table of periodic work.

Words: job 后台任务, heartbeat 心跳, slot 时段.
"""
