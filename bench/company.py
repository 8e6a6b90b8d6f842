"""The sample company with a real handbook, and the address of a full page of each kind. ``python -m bench.company``

Made once and kept in ``var/bench``; it is made again when the sample company or a migration changes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .data import session_of

ROOT = Path(__file__).resolve().parent.parent
HANDBOOK = ROOT.parent / "shared" / "data" / "handbook-zh.zip"
# What decides how the company looks.
_SOURCES = ("zhiliu/demo/**/*", "zhiliu/**/migrations/*.py", "bench/company.py")


@dataclass(frozen=True)
class Company:
    """A folder of data, and who asks for what there."""

    data: Path
    sessions: dict[str, str]
    pages: dict[str, str]

    def session_for(self, path: str) -> str:
        """Return the session of who opens a page: administrators open theirs, a manager all others."""
        return self.sessions["admin" if path.startswith("/administration/") else "lin"]

    @property
    def env(self) -> dict[str, str]:
        """Return the environment of a process that serves it."""
        return {**_environment(self.data), "ZHILIU_LOG_LEVEL": "ERROR"}

    def queries(self) -> dict[str, int]:
        """Return how many queries each page makes when it was opened before."""
        told = subprocess.run([sys.executable, "-m", "bench.queries"], env=self.env, check=True, capture_output=True)
        counted: dict[str, int] = json.loads(told.stdout.splitlines()[-1])
        return counted


def sample_company() -> Company:
    """Return the company, made if need be."""
    data = ROOT / "var" / "bench" / f"company-{_digest()}"
    if not (data / "made").exists():
        _make(data)
    answer = _told(data)
    return Company(data, answer["sessions"], answer["pages"])


def large_company() -> Company:
    """Return the company with what :mod:`bench.large` adds, made if need be; its pages are those of the small one."""
    small = sample_company()
    data = small.data.with_name(f"{small.data.name}-large")
    if not (data / "filled").exists():
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(small.data, data)
        subprocess.run([sys.executable, "-m", "bench.large"], env=_environment(data), check=True)
        (data / "filled").touch()
    return Company(data, _told(data)["sessions"], small.pages)


def _digest() -> str:
    digest = hashlib.sha256()
    for pattern in _SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _told(data: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.company"]
    told = subprocess.run(command, env=_environment(data), check=True, capture_output=True)
    answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])
    return answer


def _environment(data: Path) -> dict[str, str]:
    return {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings", "ZHILIU_DATA_DIR": str(data), "ZHILIU_DEMO": "1"}


def _make(data: Path) -> None:
    for outdated in data.parent.glob("company-*"):
        shutil.rmtree(outdated)
    data.mkdir(parents=True)
    env = _environment(data)
    subprocess.run([sys.executable, "-m", "zhiliu.demo.fill"], env=env, check=True)
    if HANDBOOK.exists():
        command = [sys.executable, "-m", "zhiliu.console.command", "import", str(HANDBOOK), "--library", "service-help"]
        subprocess.run([*command, "--apply"], env=env, check=True, stdout=subprocess.DEVNULL)
    (data / "made").touch()


def pages() -> dict[str, str]:
    """Return an address by the name of its page; of each kind of thing, the one with most in it."""
    from django.db.models import Count
    from django.urls import reverse

    from zhiliu.communities.models import Community
    from zhiliu.conversations.models import Channel, Message
    from zhiliu.directory.models import Person
    from zhiliu.discussions.models import Question
    from zhiliu.gatherings.models import Gathering
    from zhiliu.knowledge.models import Article
    from zhiliu.needs.models import Need, Topic

    managed = Community.objects.filter(memberships__person__handle="lin", memberships__role="manager")
    community = managed.order_by("-member_count", "pk")[0]
    channels = Channel.objects.annotate(n=Count("messages")).order_by("-n")
    channel, talk = channels.filter(community__isnull=False)[0], channels.filter(community=None)[0]
    thread = Message.objects.order_by("-reply_count", "pk")[0]
    article = Article.objects.exclude(published_at=None).order_by("-use_count", "pk")[0]
    question = Question.objects.annotate(n=Count("answers")).order_by("-n", "pk")[0]
    gathering = Gathering.objects.filter(community=community, starts_at__isnull=False).order_by("-starts_at")[0]
    need, topic = Need.objects.order_by("-support_count", "pk")[0], Topic.objects.order_by("-vote_count", "pk")[0]
    slug = community.slug

    def at(name: str, *values: Any) -> str:
        return reverse(name, args=values)

    return {
        "Today": at("home"),
        "inbox": at("notifications:inbox"),
        "notification settings": at("notifications:preferences"),
        "search": f"{at('search:search')}?q={quote('制冷')}",
        "search of a sentence": f"{at('search:search')}?q={quote('出差怎么报销')}",
        "colleagues": at("directory:people"),
        "search of colleagues": f"{at('directory:people')}?q={quote('王')}",
        "profile": Person.objects.get(handle="wang").get_absolute_url(),
        "communities": at("communities:list"),
        "home of a community": at("communities:home", slug),
        "members": at("communities:members", slug),
        "settings of a community": at("communities:settings", slug),
        "needs": at("needs:list", slug),
        "need": need.get_absolute_url(),
        "topics": at("needs:topics", slug),
        "topic": topic.get_absolute_url(),
        "gatherings": at("gatherings:list"),
        "gatherings of a community": at("gatherings:community", slug),
        "gathering": gathering.get_absolute_url(),
        "room": at("gatherings:room", gathering.pk),
        "knowledge": at("knowledge:home"),
        "library": at("knowledge:library", "key-accounts"),
        "library of 1,215 pages": at("knowledge:library", "service-help"),
        "article": article.get_absolute_url(),
        "history of an article": at("knowledge:history", article.pk),
        "editor": at("knowledge:edit", article.pk),
        "questions": at("discussions:list", slug),
        "question": question.get_absolute_url(),
        "posts": at("discussions:posts", slug),
        "talk": at("conversations:home"),
        "channel": channel.get_absolute_url(),
        "direct talk": talk.get_absolute_url(),
        "thread": at("conversations:thread", thread.channel_id, thread.pk),
        "goals": at("governance:goals"),
        "moderation": at("moderation:everywhere"),
        "manager’s week": at("week"),
        "administration": "/administration/",
        "administration of people": "/administration/people/",
        "audit": at("audit:entries"),
    }


def session_by(handle: str) -> str:
    """Return the key of a new session of one of the company."""
    from zhiliu.directory.models import Person

    return session_of(Person.objects.get(handle=handle))


def main() -> None:
    """Print the sessions of a manager and an administrator, and the addresses."""
    import django

    django.setup()
    print(json.dumps({"sessions": {who: session_by(who) for who in ("lin", "admin")}, "pages": pages()}))


if __name__ == "__main__":
    main()
