"""The style guide: every component of the design system in every state, and some sample pages.

It needs no database and no sign-in: its sample company (岭东冷链) is defined in this file.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from zhiliu.kit.text.chinese_text import toned
from zhiliu.kit.web.commands import commands_of, fitting_commands
from zhiliu.kit.web.page_frame import NavItem
from zhiliu.lineage.timeline import NAMES

PAGES = ("parts", "home", "community", "topic", "article", "signin", "error", "talk", "form")


@dataclass
class Someone:
    """A person of the sample company."""

    pk: int
    name: str
    kind: str = "employee"
    department: str = ""

    def get_absolute_url(self) -> str:
        return "#"

    @property
    def pinyin(self) -> str:
        return toned(self.name)


@dataclass
class SamplePlace:
    """A community of the sample company."""

    name: str
    kind: str
    mark: str
    url: str = "?page=community"
    current: bool = False
    new: bool = False
    count: int = 0
    calls: int = 0
    channels: list[Any] = field(default_factory=list)


LIN = Someone(1, "林晓岚", department="学习发展部")
HE = Someone(2, "王一帆", department="华东大区")
ZHOU = Someone(3, "徐小满", department="华东大区")
CHEN = Someone(4, "邹琳", department="市场部")
LUO = Someone(7, "宁静远", department="制冷组")
FANG = Someone(13, "麦俊", department="安装部")
LIANG = Someone(5, "江书意", department="现场服务组")
WU = Someone(8, "洪宇", department="西南大区")
ZHENG = Someone(10, "柯亦飞", department="电控组")
GUEST = Someone(9, "赵敏", "guest", "合作安装队")
BOT = Someone(12, "小助手", "bot")
ANN = Someone(11, "Ann Lee", department="Sales")
PEOPLE = [LIN, HE, ZHOU, CHEN, LUO, FANG, LIANG, WU]


class SampleForm(forms.Form):
    """One field of each type."""

    title = forms.CharField(label="活动名称", help_text="说清楚给谁听，20 字以内", initial="门封条为什么总漏")
    mail = forms.EmailField(label="邮箱", initial="xuxiaoman@lingdong")
    why = forms.CharField(label="为什么想讲", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    kind = forms.ChoiceField(label="形式", choices=[("talk", "一题一讲"), ("round", "圆桌"), ("tea", "茶聊")])
    day = forms.DateTimeField(
        label="时间", widget=forms.DateTimeInput(attrs={"type": "datetime-local"}), required=False
    )
    speaker = forms.ChoiceField(
        label="分享人",
        choices=[("", ""), ("2", "王一帆")],
        widget=forms.Select(attrs={"data-combobox": "?people=1", "data-placeholder": "姓名或拼音"}),
    )
    guests = forms.MultipleChoiceField(
        label="邀请",
        choices=[("3", "徐小满"), ("8", "洪宇")],
        initial=["3", "8"],
        required=False,
        widget=forms.SelectMultiple(attrs={"data-combobox": "?people=1", "data-placeholder": "姓名或拼音"}),
    )
    remind = forms.BooleanField(label="开场前 1 小时提醒", initial=True, required=False)
    quiet = forms.BooleanField(
        label="安静时段 20:00 – 8:00",
        initial=True,
        required=False,
        widget=forms.CheckboxInput(attrs={"data-switch": "1"}),
    )
    seen_by = forms.ChoiceField(
        label="谁能看",
        choices=[("all", "公开给全员"), ("members", "只给社区成员")],
        initial="all",
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="附件", required=False)


def gallery(request: HttpRequest) -> HttpResponse:
    """Show the style guide, or with ``?page=home`` a sample page; ``?theme=dark`` forces a theme.

    Raises:
        Http404: no such sample page, or neither debug nor demo mode.
    """
    if not (settings.DEBUG or settings.DEMO):
        raise Http404("the gallery is for those who build")
    if "people" in request.GET:
        return _people_found(request.GET.get("q", ""))
    if "commands" in request.GET:
        return render(request, "kit/palette.html", sample_palette(request, request.GET.get("q", "").strip()))
    page = request.GET.get("page", "parts")
    if page not in PAGES:
        raise Http404
    template = "style_guide/gallery.html" if page == "parts" else f"style_guide/samples/{page}.html"
    return render(request, template, sample_context(request))


def sample_context(request: HttpRequest) -> dict[str, Any]:
    """Return everything the style guide and its sample pages show."""
    bad = SampleForm({"mail": "xuxiaoman@lingdong", "title": "门封条为什么总漏", "kind": "talk", "seen_by": "all"})
    bad.add_error(None, "这个时间二号会议室已经有人用了，换一个时间或换一间")
    now = timezone.localtime()
    return {
        "shell": sample_shell(request),
        "tones": ["ok", "warn", "bad", "info", "accent", "plain"],
        "kinds": ["professional", "interest", "help", "best", "learning", "knowledge"],
        "swatches": SWATCHES,
        "people": PEOPLE,
        "lin": LIN, "he": HE, "zhou": ZHOU, "chen": CHEN, "luo": LUO, "fang": FANG, "liang": LIANG, "wu": WU,
        "zheng": ZHENG,
        "guest": GUEST, "bot": BOT, "ann": ANN,
        "sales": COMMUNITIES()[0],
        "communities": COMMUNITIES(),
        "line": line("deposit"),
        "line_topic": line("topic"),
        "line_late": line("late"),
        "line_hidden": line("hidden"),
        "glyphs": [line_at(n) for n in range(6)],
        "tracks": TRACKS(),
        "form": SampleForm(),
        "bad_form": bad,
        "now": now,
        "times": sample_times(now),
        "soon": now + timedelta(minutes=42),
        "later": now + timedelta(days=5),
        "days": sample_week(),
        "commands": sample_palette(request, "zh")["commands"],
    }  # fmt: skip


def sample_palette(request: HttpRequest, text: str) -> dict[str, Any]:
    """Return what the command palette offers."""
    frame = SimpleNamespace(**sample_shell(request))
    return {"text": text, "commands": fitting_commands(commands_of(frame), text), "search_url": "?page=home"}


SWATCHES = [
    "paper", "surface", "sunken", "raised", "line", "line2", "field", "ink", "ink2", "ink3", "accent", "accent-hover",
    "accent-soft", "ok", "warn", "bad", "info", "mark",
]  # fmt: skip


def COMMUNITIES() -> list[SamplePlace]:
    """Return the communities of the sample company."""
    channels = [
        {"name": "日常", "url": "?page=talk", "icon": "hash"},
        {"name": "提问", "url": "?page=talk", "icon": "hash", "new": True, "count": 4},
        {"name": "夜班交接", "url": "?page=talk", "icon": "hash"},
        {"name": "合同样本", "url": "?page=talk", "icon": "lock"},
    ]
    return [
        SamplePlace("大项目报价", "professional", "价", new=True, channels=channels),
        SamplePlace("现场求助台", "help", "求", calls=1),
        SamplePlace("安装交付做法", "best", "装"),
        SamplePlace("新人同行", "learning", "新"),
        SamplePlace("羽毛球局", "interest", "羽"),
        SamplePlace("知识整理", "knowledge", "录"),
    ]


def sample_shell(request: HttpRequest) -> dict[str, Any]:
    """Return the page frame of the sample pages."""
    page = request.GET.get("page", "parts")
    theme = request.GET.get("theme", "system")
    item = NavItem
    return {
        "organisation": "岭东冷链",
        "person": LIN,
        "home_url": "?page=home",
        "nav": [
            item("today", "sun", _("Today"), "?page=home", page == "home", 3),
            item("inbox", "inbox", _("Inbox"), "#", False, 0, 2),
            item("knowledge", "book", _("Library"), "?page=article", page == "article"),
            item("gatherings", "calendar", _("Gatherings"), "?page=form", page == "form"),
            item("boards", "kanban", _("Boards"), "?page=parts", page == "parts"),
            item("people", "users", _("Colleagues"), "#"),
        ],
        "foot_nav": [item("insight", "activity", _("Insight"), "#"), item("manage", "settings", _("Manage"), "#")],
        "communities": [_current(place, page) for place in COMMUNITIES()],
        "communities_url": "#",
        "people": [
            {"person": ZHOU, "url": "#", "new": True, "count": 1, "here": True},
            {"person": CHEN, "url": "#", "here": False},
        ],
        "people_url": "#",
        "unread": 2,
        "inbox_url": "#",
        "search_url": "?page=home",
        "palette_url": "?commands=1",
        "start_menu": [
            item("need", "message-circle-question-mark", _("Ask a question or share a need"), "#"),
            item("article", "pencil", _("Write down what worked"), "#"),
            item("gathering", "calendar-plus", _("Plan a gathering"), "?page=form"),
        ],
        "me_menu": [
            item("me", "user", _("My page"), "#"),
            item("settings", "settings-2", _("Settings"), "#"),
            item("out", "log-out", _("Sign out"), "#", post=True),
        ],
        "phone_nav": [
            item("today", "sun", _("Today"), "?page=home", page == "home"),
            item("talk", "message-square", _("Chat"), "?page=community", page in ("community", "talk"), calls=1),
            item("plus", "plus", _("New"), "?page=form", plus=True, sheet="start-sheet"),
            item("library", "book", _("Library"), "?page=article", page == "article"),
            item("me", "user", _("Me"), "#"),
        ],
        "theme": theme,
        "theme_url": "#",
        "language_url": "#",
    }


def _current(place: SamplePlace, page: str) -> SamplePlace:
    place.current = page in ("community", "topic") and place.mark == "价"
    return place


def station(name: str, state: str, text: str = "", url: str = "#", count_sources: int = 0) -> SimpleNamespace:
    """Return one station of a line."""
    return SimpleNamespace(name=name, state=state, text=text, url=url, count_sources=count_sources)


STORIES: dict[str, list[tuple[str, str, int]]] = {
    "deposit": [("done", "7 人提出", 3), ("done", "先看缝再调机组", 0), ("done", "10月13日", 0), ("here", "本文", 0),
                ("done", "12 次，4 个部门", 0), ("todo", "还差 8 次应用", 0)],
    "topic": [("done", "5 人提出", 3), ("here", "缺分享人", 0), ("todo", "约 12月上旬", 0), ("todo", "提问单", 0),
              ("todo", "–", 0), ("todo", "–", 0)],
    "late": [("done", "9 人提出", 4), ("done", "18 票定题", 0), ("done", "11月3日", 0), ("late", "草稿晚了 3 天", 0),
             ("todo", "–", 0), ("todo", "–", 0)],
    "hidden": [("done", "2 人提出", 2), ("hidden", "", 0), ("done", "10月13日", 0), ("here", "本文", 0),
               ("todo", "–", 0), ("todo", "–", 0)],
}  # fmt: skip


def line(story: str) -> SimpleNamespace:
    """Return a line with the stations of one of STORIES."""
    states = zip(map(str, NAMES), STORIES[story], strict=True)
    return SimpleNamespace(
        stations=[station(name, state, text, "#", n) for name, (state, text, n) in states], sentence=""
    )


def line_at(reached: int, *, late: bool = False) -> SimpleNamespace:
    """Return a line that has reached a number of stations."""
    states = ["done"] * reached + ["late" if late else "here"] + ["todo"] * (5 - reached)
    return SimpleNamespace(stations=[station(n, s) for n, s in zip(map(str, NAMES), states, strict=True)])


def TRACKS() -> list[dict[str, Any]]:
    """Return topics for the track table."""
    return [
        {
            "title": "库门结霜，先看缝再调机组",
            "meta": ["7 人提出", "10月13日 王一帆讲", "被用 12 次"],
            "line": line_at(4),
        },
        {
            "title": "冷藏车厢门口温度高，先看哪儿",
            "late": "草稿晚了 3 天",
            "meta": ["沈乔在写"],
            "line": line_at(3, late=True),
        },
        {"title": "铜价涨了，报出去的价怎么重新谈", "meta": ["今天 15:00", "23 人报名"], "line": line_at(2)},
        {"title": "第一次跟夜班，带什么", "meta": ["11 票", "还缺分享人"], "line": line_at(1)},
        {"title": "报价单里的吊装费怎么算", "meta": ["4 人在问"], "line": line_at(0)},
    ]


def sample_times(now: datetime) -> list[datetime]:
    """Return times that are formatted differently."""
    minutes = [0, -26, 42, -5 * 60, -24 * 60, 24 * 60, -9 * 24 * 60, -500 * 24 * 60]
    return [now + timedelta(minutes=n) for n in minutes]


def sample_week() -> list[dict[str, Any]]:
    """Return the current week from Monday."""
    today = timezone.localdate()
    monday = today - timedelta(days=today.weekday())
    dots = [[], ["pro"], [], ["pro", "help"], ["best"], ["interest"], []]
    return [
        {
            "date": monday + timedelta(days=n),
            "dots": dots[n],
            "today": monday + timedelta(days=n) == today,
            "off": n > 4,
            "mark": "班" if n == 5 else "",
        }
        for n in range(7)
    ]


def _people_found(q: str) -> HttpResponse:
    """Return what the style guide's combobox finds."""
    from django.http import JsonResponse

    from zhiliu.kit.text.chinese_text import initials, readings

    q = q.lower().strip()

    def fits(person: Someone) -> bool:
        return q in person.name.lower() or any(
            text.startswith(q) for text in [*readings(person.name), *initials(person.name)]
        )

    someones = [someone for someone in [*PEOPLE, ZHENG] if not q or fits(someone)]
    rows = [
        {"value": someone.pk, "label": someone.name, "hint": someone.pinyin, "detail": someone.department}
        for someone in someones
    ]
    return JsonResponse(rows[:8], safe=False)
