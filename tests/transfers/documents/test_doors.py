"""Pages of document imports, and the command line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from zhiliu.console.importing import import_documents
from zhiliu.directory.models import Person
from zhiliu.knowledge.drafting import library_of
from zhiliu.knowledge.models import Article, Library
from zhiliu.notifications.models import Notification
from zhiliu.transfers.documents.models import DocumentFile, DocumentRun
from zhiliu.transfers.workflow import forget_files_of

from .conftest import article, packed

pytestmark = pytest.mark.django_db
Bring = Callable[..., DocumentRun]
PAGE = "/imports/"
FILES = {"a/一.md": "# 一\n\n见[二](二.md)和[三](三.md)。\n", "a/二.md": "# 二\n\n二。\n", "a/坏.docx": b"PK"}


def test_the_whole_way_by_pages_and_jobs(
    library: Library, admin: Person, browse: Any, run_jobs: Any, catch_up: Any
) -> None:
    client = browse(admin)
    assert "导入文档" in client.get(library.get_absolute_url()).content.decode()
    sent = {"file": SimpleUploadedFile("手册.zip", packed(FILES)), "library": "company", "folder": "旧", "_once": "t1"}
    answer = client.post(PAGE, sent)
    assert answer.status_code == 302
    url = answer.headers["Location"]
    assert "正在看文件" in client.get(url).content.decode()
    run_jobs()
    assert client.get(f"{url}progress/?state=looking").headers["HX-Refresh"] == "true"
    text = client.get(url).content.decode()
    assert "导入 2 篇文档" in text and "名字像 Word" not in text and "文件损坏，打不开" in text and "三.md" in text
    assert "二.md" in client.get(f"{url}?show=new").content.decode()
    report = b"".join(client.get(f"{url}report.csv")).decode()  # type: ignore[call-overload]
    assert (
        "a/坏.docx,,未收,文件损坏，打不开。," in report and "a/一.md,一,新增,这次导入里没有它指向的内容,三.md" in report
    )
    assert client.post(f"{url}start/").status_code == 302
    run_jobs()
    assert Article.objects.filter(state="published").count() == 2
    catch_up()
    assert Notification.objects.filter(person=admin, notice="transfers.documents_imported").count() == 1
    for path in (url, PAGE, "/inbox/", library.get_absolute_url(), article("a/一.md").get_absolute_url()):
        assert client.get(path).status_code == 200, path


def test_the_button_stands_where_somebody_may(library: Library, wang: Person, browse: Any) -> None:
    assert "/imports/" not in browse(wang).get(library.get_absolute_url()).content.decode()
    assert browse(wang).get(PAGE).status_code == 403


@pytest.mark.parametrize("path", ["", "report.csv", "progress/?state=x"])
def test_others_see_nothing_of_an_import(path: str, look_at: Bring, lin: Person, community: Any, browse: Any) -> None:
    run = look_at(FILES)
    assert browse(lin).get(f"{PAGE}{run.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["start", "pause", "removal"])
def test_others_change_nothing_of_an_import(path: str, look_at: Bring, lin: Person, browse: Any) -> None:
    run = look_at(FILES)
    assert browse(lin).post(f"{PAGE}{run.pk}/{path}/").status_code == 404
    assert DocumentRun.objects.get().state == "ready" and run.rows.filter(waiting=True).count() == 2


def test_a_wrong_file_is_told_at_the_field(library: Library, admin: Person, browse: Any) -> None:
    sent = {"file": SimpleUploadedFile("x.pdf", b"%PDF-1.7"), "library": "company"}
    answer = browse(admin).post(PAGE, sent)
    assert answer.status_code == 200 and "请选 ZIP、Markdown" in answer.content.decode()
    assert not DocumentRun.objects.exists()


def test_a_library_of_others_is_no_choice(community: Any, lin: Person, library: Library, browse: Any) -> None:
    library_of(community)
    sent = {"file": SimpleUploadedFile("a.md", b"# a\n\nb\n"), "library": "company"}
    assert browse(lin).post(PAGE, sent).status_code == 200
    assert not DocumentRun.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_imports_takes_the_same_questions_for_one_and_three(
    count: int, look_at: Bring, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    for _n in range(count):
        look_at(FILES)
    client = browse(admin)
    client.get(PAGE)
    with django_assert_max_num_queries(20):
        client.get(PAGE)


@pytest.mark.parametrize("count", [1, 3])
def test_the_files_take_the_same_questions_for_one_and_three(
    count: int, look_at: Bring, admin: Person, browse: Any, django_assert_max_num_queries: Any
) -> None:
    run = look_at({f"{n}.md": f"# {n}\n\n[x](none.md)\n" for n in range(count)})
    client = browse(admin)
    client.get(run.get_absolute_url())
    with django_assert_max_num_queries(20):
        client.get(run.get_absolute_url())


def test_the_command_line_takes_a_folder_and_only_on_demand_brings_it_in(
    library: Library, admin: Person, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, secret = tmp_path / "手册", tmp_path / "secret.md"
    folder.mkdir()
    secret.write_text("# 秘密\n\n不在文件夹里。\n")
    (folder / "一.md").write_text("# 一\n\n![x](../secret.md)[y](../../../etc/passwd)\n")
    (folder / "二.md").write_bytes("# 二\n\n二。\n".encode("gb18030"))
    (folder / "链.md").symlink_to(secret)
    wanted: dict[str, Any] = {"library": "company", "folder": "", "drafts": False}
    assert import_documents(str(folder), apply=False, **wanted) == 1
    said = capsys.readouterr().out
    assert "手册/链.md: refused: Symbolic links are skipped." in said
    assert "手册/一.md: Links outside the folder: ../../../etc/passwd" in said
    assert said.endswith("2 new, 0 changed, 0 unchanged, 0 left, 1 refused\n")
    assert not DocumentRun.objects.exists() and not Article.objects.exists()
    assert import_documents(str(folder), apply=True, **wanted) == 1
    assert article("手册/二.md").title == "二" and DocumentRun.objects.get().state == "done"
    assert not any("秘密" in text for text in Article.objects.values_list("draft_markdown", flat=True))
    assert import_documents(str(folder / "二.md"), apply=False, **{**wanted, "library": "nothing"}) == 2
    assert "There is no library nothing. There are: company" in capsys.readouterr().err
    assert import_documents(str(tmp_path / "none"), apply=True, **wanted) == 2


def test_files_are_forgotten_after_two_weeks_and_numbers_stay(look_at: Bring, admin: Person, browse: Any) -> None:
    run = look_at(FILES)
    forget_files_of(DocumentRun, timezone.now() + dt.timedelta(days=13))
    assert DocumentFile.objects.count() == 3
    forget_files_of(DocumentRun, timezone.now() + dt.timedelta(days=15))
    assert not DocumentFile.objects.exists() and DocumentRun.objects.get().counts()["refused"] == 1
    assert browse(admin).get(run.get_absolute_url()).status_code == 200


def test_what_cannot_be_read_is_told_on_the_page(look_at: Bring, admin: Person, browse: Any) -> None:
    run = look_at({"a.txt": "x"})
    assert "里面没有 Markdown 或 Word 文件" in browse(admin).get(run.get_absolute_url()).content.decode()


def test_throwing_an_import_at_work_away_is_refused_in_a_sentence(look_at: Bring, admin: Person, browse: Any) -> None:
    run = look_at(FILES)
    client = browse(admin)
    client.post(f"{PAGE}{run.pk}/start/")
    answer = client.post(f"{PAGE}{run.pk}/removal/", follow=True)
    assert "正在导入。先暂停" in answer.content.decode()
    assert DocumentRun.objects.get().state == "applying"
