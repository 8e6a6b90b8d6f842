"""Search at 100,000 documents, filtered to what 1 % of readers may see. ``python -m bench.search [judged]``

``judged`` instead prints how well questions with known answers are answered (CMRC 2018), with real titles and with
neutral ones, which say nothing: MRR@10 is the mean of 1/rank of the first right passage among ten, 0 without one.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from .machine import line

DOCUMENTS = 100_000
QUESTIONS = 300
PASSAGES = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def passages() -> tuple[list[tuple[str, str]], list[str]]:
    """Return real Chinese passages and questions from beside the project."""
    corpus, queries = PASSAGES / "retrieval-zh-corpus.jsonl.gz", PASSAGES / "retrieval-zh-queries.jsonl.gz"
    if not corpus.exists():
        sys.exit("needs shared/data beside the project")
    with gzip.open(corpus, "rt") as file:
        texts = [(row["title"], row["text"]) for row in map(json.loads, file)]
    with gzip.open(queries, "rt") as file:
        questions = [json.loads(row)["text"] for row in file]
    return texts, questions


def main() -> None:
    """Build the index, search, print."""
    os.environ["ZHILIU_DATA_DIR"] = data = tempfile.mkdtemp(prefix="zhiliu-bench-")
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    os.environ["ZHILIU_LOG_LEVEL"] = "ERROR"
    try:
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        if sys.argv[1:] == ["judged"]:
            _judge()
        else:
            _run()
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _run() -> None:
    from zhiliu.kit.contracts.search_documents import SearchDocument
    from zhiliu.search import index

    texts, questions = passages()
    chance = random.Random(5)

    def document(key: int) -> SearchDocument:
        title, text = texts[key % len(texts)]
        cut = chance.randint(0, max(0, len(text) - 400))
        readers = ["few"] if key % 100 == 0 else [f"c{key % 97}"]
        return SearchDocument("article", key, f"{title} {key}", text[cut : cut + 400], readers)

    started = time.process_time()
    index.write((document(key) for key in range(DOCUMENTS)), heap_mb=200)
    spent = time.process_time() - started
    print(line())
    print(f"index of {DOCUMENTS:,} documents: {DOCUMENTS / spent:,.0f} documents a CPU second")
    for keys, share in ((["few"], "1 %"), ([f"c{n}" for n in range(97)], "99 %")):
        for query in questions[:50]:
            index.find(query, keys=keys)
        times = []
        for query in questions[:QUESTIONS]:
            before = time.perf_counter()
            index.find(query, keys=keys)
            times.append((time.perf_counter() - before) * 1000)
        hits = sum(bool(index.find(query, keys=keys).hits) for query in questions[:50])
        print(
            f"whole questions, reader of {share}: median {statistics.median(times):.2f} ms,"
            f" p95 {statistics.quantiles(times, n=20)[-1]:.2f} ms ({hits}/50 with hits)"
        )
    _page(questions)


def _judge() -> None:
    from zhiliu.kit.contracts.search_documents import SearchDocument
    from zhiliu.search import index

    corpus, questions = judged()
    for kind in ("neutral", "real"):
        index.remove_documents()
        index.write(
            SearchDocument("article", key, title if kind == "real" else f"No {key}", text, ["all"])
            for key, (title, text) in corpus.items()
        )
        ranks, weak, none = [], 0, 0
        for text, right in questions:
            found = index.find(text, keys=["all"], limit=10)
            rank = next((place for place, hit in enumerate(found.hits, start=1) if hit.key in right), 0)
            ranks.append(1 / rank if rank else 0.0)
            weak, none = weak + found.is_weak, none + (not found.hits)
        print(
            f"{kind} titles: MRR@10 {statistics.mean(ranks):.3f}, {len(questions):,} questions,"
            f" {weak} answered as not sure, {none} without result"
        )


def judged() -> tuple[dict[int, tuple[str, str]], list[tuple[str, set[int]]]]:
    """Return passages as (title, text) by number, and questions with the numbers of the right ones."""
    with gzip.open(PASSAGES / "retrieval-zh-corpus.jsonl.gz", "rt") as file:
        rows = [json.loads(row) for row in file]
    numbers = {str(row["id"]): number for number, row in enumerate(rows)}
    with gzip.open(PASSAGES / "retrieval-zh-queries.jsonl.gz", "rt") as file:
        asked = [json.loads(row) for row in file]
    questions = [(row["text"], {numbers[str(key)] for key in row["rel"]}) for row in asked]
    return {number: (row["title"], row["text"]) for number, row in enumerate(rows)}, questions


def _page(asked: list[str]) -> None:
    """Request the whole search page through Django's test client, template included."""
    from django.conf import settings
    from django.test import Client

    from zhiliu.directory.accounts import new_person
    from zhiliu.directory.models import Organisation

    settings.ALLOWED_HOSTS.append("testserver")
    Organisation(name="测量用公司").save()
    client = Client()
    client.force_login(new_person(name="王一帆"), backend="zhiliu.directory.signin.backends.PasswordBackend")
    times = []
    for query in asked[:120]:
        before = time.process_time()
        assert client.get("/search/", {"q": query}).status_code == 200
        times.append((time.process_time() - before) * 1000)
    print(f"whole search page: median {statistics.median(times[20:]):.1f} ms CPU")


if __name__ == "__main__":
    main()
