"""Links to imports from the page where administrators manage people."""

from django.utils.translation import pgettext_lazy

from zhiliu.directory.queries import managing_acts

managing_acts.register((pgettext_lazy("act", "Import"), "transfers:runs", "upload"), key="transfers")
