"""Work outside requests: a task queue in the database with retries and a reaper for dead workers, and periodic tasks.

Words: job 后台任务, heartbeat 心跳, slot 时段.
"""
