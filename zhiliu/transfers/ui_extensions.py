"""What imports show on other pages: a way to them from the page on which administrators look after people."""

from django.utils.translation import pgettext_lazy

from zhiliu.directory.queries import managing_acts

managing_acts.register((pgettext_lazy("act", "Import"), "transfers:runs", "upload"), key="transfers")
