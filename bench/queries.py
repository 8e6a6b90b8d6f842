"""Count the queries of each page of the sample company. ``python -m bench.queries``, in its environment"""

from __future__ import annotations

import json
import re

from .company import ROOT

_ROW = re.compile(r"^\| (?P<page>[^|]+?) \| [\d.]+ \| [\d.]+ \| (?P<queries>\d+) \|", re.MULTILINE)


def in_the_table() -> dict[str, int]:
    """Return the number of queries by page that ``docs/performance.md`` tells."""
    text = (ROOT / "docs" / "performance.md").read_text()
    return {row["page"]: int(row["queries"]) for row in _ROW.finditer(text)}


def count() -> dict[str, int]:
    """Return the number of queries by page, each opened twice before: what a process keeps is kept by then."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from .company import pages, session_by

    clients = {}
    for who in ("lin", "admin"):
        clients[who] = Client()
        clients[who].cookies[settings.SESSION_COOKIE_NAME] = session_by(who)
    counted = {}
    for name, path in pages().items():
        client = clients["admin" if path.startswith("/administration/") else "lin"]
        for _ in range(2):
            client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        counted[name] = len(queries)
    return counted


def main() -> None:
    """Print the counts as JSON."""
    import django

    django.setup()
    print(json.dumps(count()))


if __name__ == "__main__":
    main()
