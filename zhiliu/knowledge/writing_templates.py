"""Writing templates: the parts of each, and questions that ask for actions instead of principles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from .models import Article

_HEADING = re.compile(r"^#{1,3}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


@dataclass(frozen=True)
class TemplatePart:
    """One part of a template.

    Args:
        heading: in the article. question: shown beside, about what to write there.
    """

    heading: Any
    question: Any

    def names(self) -> list[str]:
        """Return the heading in every interface language: the text has that of its author."""
        names = []
        for code, _name in settings.LANGUAGES:
            with override(code):
                names.append(str(self.heading))
        return list(dict.fromkeys(names))


@dataclass(frozen=True)
class WritingTemplate:
    """A template.

    Args:
        key: as stored. hint: when to choose it. parts: in reading order.
    """

    key: str
    hint: Any
    parts: tuple[TemplatePart, ...]

    @property
    def name(self) -> str | Promise:
        """Its name."""
        return Article.Template(self.key).label

    def text(self) -> str:
        """Return the Markdown an article of this template starts with, in the current language."""
        return "".join(f"## {part.heading}\n\n\n\n" for part in self.parts).rstrip("\n") + "\n" if self.parts else ""


_T = Article.Template
GUIDES: dict[str, WritingTemplate] = {
    _T.CASE: WritingTemplate(
        _T.CASE,
        _("Something happened, and others will meet it too."),
        (
            TemplatePart(
                pgettext_lazy("part of a case", "What the situation was"),
                _("When, where, who was there? Write what could be seen and heard."),
            ),
            TemplatePart(
                pgettext_lazy("part of a case", "What made it hard"),
                _("What did you try first that did not work? At which point did it stop?"),
            ),
            TemplatePart(
                pgettext_lazy("part of a case", "What we did"),
                _("Write steps, not principles: who does what, with which words. Could someone follow it?"),
            ),
            TemplatePart(
                pgettext_lazy("part of a case", "What came of it"),
                _("What was different afterwards, and by when? Give numbers where you have them."),
            ),
            TemplatePart(
                pgettext_lazy("part of a case", "When it does not work"),
                _("Where would you not do it again? What is the first sign?"),
            ),
        ),
    ),
    _T.SOP: WritingTemplate(
        _T.SOP,
        _("A way of working that everyone follows."),
        (
            TemplatePart(
                pgettext_lazy("part of an SOP", "When to use it"),
                _("What has just happened when someone opens this page?"),
            ),
            TemplatePart(
                pgettext_lazy("part of an SOP", "Who does it"),
                _("Name the role for each step, and who covers when they are away."),
            ),
            TemplatePart(
                pgettext_lazy("part of an SOP", "Steps"),
                _("One step per line, in order, starting with a verb. Say what it looks like when a step is done."),
            ),
            TemplatePart(
                pgettext_lazy("part of an SOP", "What can go wrong"),
                _("What went wrong before? Write what one sees first, and what to do then."),
            ),
            TemplatePart(
                pgettext_lazy("part of an SOP", "Valid from"),
                _("From which day, for which sites or machines? What does it replace?"),
            ),
        ),
    ),
    _T.SESSION_SUMMARY: WritingTemplate(
        _T.SESSION_SUMMARY,
        _("What a gathering found out, for those who were not there."),
        (
            TemplatePart(
                pgettext_lazy("part of a session summary", "What it was about"),
                _("Which problem, and whose? One or two sentences."),
            ),
            TemplatePart(
                pgettext_lazy("part of a session summary", "Takeaways"),
                _("Three things at most: what the speaker did, in order, in their own words where it matters."),
            ),
            TemplatePart(
                pgettext_lazy("part of a session summary", "Questions and answers"),
                _("Which question made everyone look up? Write it and the answer."),
            ),
            TemplatePart(
                pgettext_lazy("part of a session summary", "What we change"),
                _("Who does what differently from when on? A name and a date for each."),
            ),
            TemplatePart(
                pgettext_lazy("part of a session summary", "Still open"),
                _("What did no one know? It may become the next need."),
            ),
        ),
    ),
    _T.FAQ: WritingTemplate(
        _T.FAQ,
        _("Something that is asked again and again."),
        (
            TemplatePart(
                pgettext_lazy("part of an FAQ", "The question"),
                _("As people ask it, with the words they use."),
            ),
            TemplatePart(
                pgettext_lazy("part of an FAQ", "The answer"),
                _("First what to do, then why. Where does it not hold?"),
            ),
        ),
    ),
    _T.PLAIN: WritingTemplate(_T.PLAIN, _("Anything else: a blank page."), ()),
}

# Shown beside a blank page, which has no headings to guide.
PLAIN_QUESTIONS = (
    _("Who will look for this, and with which words?"),
    _("What will they do first after reading it?"),
    _("Where does it not hold?"),
)


@dataclass(frozen=True)
class Tick:
    """A part of the guide beside a text, and whether its heading has text below it."""

    part: TemplatePart
    is_done: bool
    is_next: bool = False

    @property
    def names_json(self) -> str:
        """The accepted headings, for the page."""
        return json.dumps(self.part.names(), ensure_ascii=False)


def ticks(template: str, markdown: str) -> list[Tick]:
    """Return the parts of a template, whether the text fills them, and which empty one is next."""
    filled = set(_filled(markdown))
    all_ticks = [Tick(part, bool(filled & set(part.names()))) for part in GUIDES[template].parts]
    first = next((index for index, tick in enumerate(all_ticks) if not tick.is_done), None)
    return [Tick(tick.part, tick.is_done, index == first) for index, tick in enumerate(all_ticks)]


def _filled(markdown: str) -> Iterable[str]:
    """Yield headings that have text below them."""
    headings = list(_HEADING.finditer(markdown))
    ends = [*(heading.start() for heading in headings[1:]), len(markdown)]
    for heading, end in zip(headings, ends, strict=False):
        below = markdown[heading.end() : end]
        if below.strip():
            yield heading[1].strip()
