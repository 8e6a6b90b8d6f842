"""Two imports of people: the first roster, long done, and a new one that waits with lines needing somebody."""

from __future__ import annotations

import datetime as dt
import io

from zhiliu.transfers.importing import advance, choose_columns, receive_file
from zhiliu.transfers.models import ImportRun

from .stage import Stage

LINES = """工号,姓名,部门,岗位,上级工号,入职日期,邮箱,手机
L3001,骆平,售后,服务工程师,L1001,{soon},luoping@lingdong.example,
L3002,单雨,售后,服务工程师,L1001,{soon},danyu@lingdong.example,
L3003,仇一鸣,售后,服务工程师,林晓岚,{soon},qiuyiming@lingdong.example,
L3004,,售后,服务工程师,L1001,{soon},,
L3005,曾可,销售,客户经理,L9417,{soon},zengke@lingdong.example,
L3006,石长根,售后,服务工程师,L1001,下月初,,
L3007,柏青,销售,客户经理,L1001,{soon},lin@lingdong.example,
L3008,秦川,销售,客户经理,L1001,{soon},qinchuan@lingdong.example,
L3009,花蕊,售后,服务工程师,L1001,{soon},huarui@lingdong.example,
L3010,区志,售后,服务工程师,L1001,{soon},ouzhi@lingdong.example,
L3002,单雨,销售,客户经理,L1001,{soon},,
"""


def build(stage: Stage) -> None:
    """Make both."""
    admin, at = stage.people["admin"], stage.clock.at(-185, "10:00")
    ImportRun.objects.create(
        kind="people",
        name="岭东花名册.xlsx",
        format="xlsx",
        state=ImportRun.State.DONE,
        full=True,
        tally={"new": len(stage.others), "changed": 3, "skipped": 2},
        by=admin,
        at=at,
        phase_at=at,
        finished_at=at + dt.timedelta(minutes=1),
    )
    day = stage.clock.today + dt.timedelta(days=6)
    content = io.BytesIO(LINES.format(soon=f"{day.year}/{day.month}/{day.day}").encode("gb18030"))
    run = receive_file(content, name="下周入职.csv", by=admin, work=False)
    advance(run)
    choose_columns(run, run.columns, full=False, by=admin, work=False)
    advance(run)
    ImportRun.objects.filter(pk=run.pk).update(at=stage.clock.at(0, "09:10"))
