"""Build imports of people and of documents.

The first roster is done; a new one waits, with lines that need someone and two names that are typos. A folder of
documents was imported into a community's library, and waits there again with some changes and some refused files.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Mapping
from typing import IO

from zhiliu.directory.models import Person
from zhiliu.kit.contracts.documents import receiver
from zhiliu.knowledge.drafting import library_of
from zhiliu.knowledge.models import Article, Library, Publication, Revision
from zhiliu.transfers.documents import document_import
from zhiliu.transfers.documents.models import DocumentRun
from zhiliu.transfers.importing import advance, choose_columns, receive_file
from zhiliu.transfers.models import ImportRun

from .stage import Stage

LINES = """工号,姓名,部门,岗位,上级工号,入职日期,邮箱,手机
L3001,骆平,售后服务部,售后工程师,L1001,{soon},luoping@lingdong.example,
L3002,单雨,售后服务部,售后工程师,L1001,{soon},danyu@lingdong.example,
L3003,仇一鸣,售后服务部,售后工程师,林晓岚,{soon},qiuyiming@lingdong.example,
L3004,,售后服务部,售后工程师,L1001,{soon},,
L3005,曾可,华东大区,客户经理,L9417,{soon},zengke@lingdong.example,
L3006,石长根,售后服务部,售后工程师,L1001,下月初,,
L3007,柏青,华东大区,客户经理,L1001,{soon},lin@lingdong.example,
L3008,秦川,华东大区,客户经里,L1001,{soon},qinchuan@lingdong.example,
L3009,花蕊,售后服务不,售后工程师,L1001,{soon},huarui@lingdong.example,
L3010,区志,售后服务部,售后工程师,L1001,{soon},ouzhi@lingdong.example,
L3002,单雨,华东大区,客户经理,L1001,{soon},,
"""


CARD = """---
title: 上门带什么
summary: 出门前对一遍，少跑一趟
---

## 必带

- 检漏仪、压力表、[密封条样品](密封条.md#怎么选)
- 备用保险丝

## 看情况

| 机型 | 再带 |
| --- | --- |
| 冷库 | 热像仪 |
| 冰柜 | 小号表阀 |

![工具箱](图/工具箱.png)
"""
SEAL = (
    "# 密封条怎么换\n\n## 怎么选\n\n量门框内侧，四边都量，取最大的。\n\n## 怎么装\n\n从上边中间往两头压，四角不剪断。\n"
)
SOUND = (
    "# 听声音判断压缩机\n\n先听启动那两秒：闷响多半缺氟，尖响先查[底座](底座.md)，漏冷先[量门框](密封条.md#怎么量)。\n"
)
KEPT = {"上门手册/上门带什么.md": CARD, "上门手册/密封条.md": SEAL}
FIRST = {**KEPT, "上门手册/值班怎么排.md": "# 值班怎么排\n\n两人一组，一周一换；换班提前一天在频道里说。\n"}
AGAIN: dict[str, str | bytes] = {
    **KEPT,
    "上门手册/密封条.md": SEAL.replace("取最大的", "取最大的，再加两毫米"),
    "上门手册/听声音.md": SOUND,
    "上门手册/旧报价单.docx": b"\xd0\xcf\x11\xe0" + bytes(600),
    "上门手册/截断的.docx": b"PK\x03\x04" + bytes(60),
}


def build(stage: Stage) -> None:
    """Build all imports."""
    _people(stage)
    lin, library = stage.people["lin"], library_of(stage.communities["newcomers"])
    for files, days, applies in ((FIRST, -30, True), (AGAIN, -1, False)):
        at = stage.clock.at(days, "17:20")
        bring_documents(stage, packed(files), name="上门手册.zip", library=library, by=lin, at=at, applies=applies)


def packed(files: Mapping[str, str | bytes]) -> io.BytesIO:
    """Return documents as a ZIP archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    out.seek(0)
    return out


def bring_documents(
    stage: Stage, content: IO[bytes], *, name: str, library: Library, by: Person, at: dt.datetime, applies: bool
) -> DocumentRun:
    """Import documents, backdated.

    Args:
        applies: whether the import was applied; otherwise it was only previewed.
    """
    place = receiver.provider.place(library.pk)
    assert place is not None
    with stage.moment(at):
        run = document_import.bring(content, name=name, place=place, by=by, work=False)
        document_import.advance(run)
        if applies:
            document_import.start(run, by=by, work=False)
            run.refresh_from_db()
            document_import.advance(run)
    DocumentRun.objects.filter(pk=run.pk).update(at=at, phase_at=at, finished_at=at if applies else None)
    if applies:
        articles = Article.objects.filter(library=library, imported_page__source__in=run.rows.values("source"))
        Revision.objects.filter(article__in=articles).update(at=at)
        Publication.objects.filter(revision__article__in=articles).update(at=at)
        articles.update(at=at, changed_at=at, published_at=at)
    return run


def _people(stage: Stage) -> None:
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
