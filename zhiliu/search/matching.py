"""Queries of the index for a search: which share of its words a document must have, and how it is scored."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import tantivy

from .analysis import HAN_RUN, folded, pairs, terms, triples_of
from .parsing import ParsedSearch, SearchWord

Query = tantivy.Query
MUST, SHOULD, MUST_NOT = tantivy.Occur.Must, tantivy.Occur.Should, tantivy.Occur.MustNot

# Weights of fields, measured by ``python -m bench.search judged``: titles many documents share must not outweigh texts.
WEIGHTS = {"title": 1.5, "names": 4.0, "tags": 1.5, "body": 1.0}
# Pairs of characters help short searches; in long ones they only cost time.
SHORT = 6
PAIRS_WEIGHT = 0.35
PARTS_WEIGHT = 0.5
WHOLE_NAME, WHOLE_SOUND, CODE = 8.0, 1.5, 1.5
AUTHOR = 2.0
# Share of what the words say that a document must have, to be a result: of one or two words, and of more.
STRONG_OF_TWO, STRONG = 0.6, 0.4
# The share of what is shown as "not sure" when nothing has more.
WEAK = 0.3
# A word counts as rare at this share of the rarity of the rarest.
RARE = 0.6


def enough(search: ParsedSearch) -> float:
    """Return the share of a search that a document must have to be a result."""
    return STRONG_OF_TWO if len(search.words) <= 2 else STRONG


@dataclass(frozen=True)
class Matcher:
    """Builds queries for one state of the index."""

    schema: tantivy.Schema
    searcher: tantivy.Searcher

    def query(self, search: ParsedSearch, share: float) -> tantivy.Query:
        """Return the query for documents that say ``share`` (0 to 1; 0 for any word) of what ``search`` asks."""
        clauses = [(MUST, self._main(search, share))] if search.words else []
        clauses += [(MUST, self._contains(phrase)) for phrase in search.phrases]
        clauses += [(MUST_NOT, self._contains(text)) for text in search.excluded]
        for helper in search.helpers:
            clauses += [(SHOULD, self._term(name, helper, weight)) for name, weight in WEIGHTS.items()]
        if len(search.words) <= SHORT and len(neighbours := list(dict.fromkeys(pairs(search.whole)))[:24]) > 1:
            clauses.append((SHOULD, self._all("grams", neighbours, PAIRS_WEIGHT)))
        return Query.boolean_query(clauses)

    def _main(self, search: ParsedSearch, share: float) -> tantivy.Query:
        """Enough of the words, or the whole as a name or as the pinyin of a title."""
        parts = [(SHOULD, self._enough(search, share))]
        parts.append((SHOULD, self._term("names", search.whole, WHOLE_NAME)))
        if len(search.letters) > 2:
            parts.append((SHOULD, self._phrase("sounds", triples_of(search.letters), WHOLE_SOUND)))
        return Query.boolean_query(parts)

    def _enough(self, search: ParsedSearch, share: float) -> tantivy.Query:
        clauses = [self._word(word, search) for word in search.words]
        worth = self._worth(search.words)
        counted = [(SHOULD, clause) for clause in clauses]
        # A clause counts once. That a rare word counts more, without a higher score, is said by further ones.
        for clause, times in zip(clauses, worth, strict=True):
            counted += [(SHOULD, Query.const_score_query(clause, 0.0))] * (times - 1)
        return Query.boolean_query(counted, minimum_number_should_match=max(1, math.ceil(share * sum(worth) - 1e-9)))

    def _worth(self, words: Sequence[SearchWord]) -> list[int]:
        """Return how often each word counts: rare ones twice."""
        rarity = [self._rarity(word) for word in words]
        return [2 if value >= RARE * max(rarity) else 1 for value in rarity]

    def _rarity(self, word: SearchWord) -> float:
        """Return the inverse document frequency, as BM25 has it."""
        total = self.searcher.num_docs
        known = max(self.searcher.doc_freq(name, word.term) for name in ("title", "body"))
        return math.log(1 + (total - min(known, total) + 0.5) / (known + 0.5))

    def _word(self, word: SearchWord, search: ParsedSearch) -> tantivy.Query:
        """One word, by any of the ways it may be written."""
        ways = [self._term(name, word.term, weight) for name, weight in WEIGHTS.items()]
        if word.code:
            ways.append(self._phrase("codes", triples_of(word.code), CODE))
        ways += self._otherwise(word.text, word.parts)
        for synonym in search.synonyms.get(word.text, ()):
            synonym_terms = terms(folded(synonym))
            ways += [self._all(name, synonym_terms, weight) for name, weight in WEIGHTS.items() if name != "names"]
        if people := search.authors.get(word.text):
            people_query = Query.term_set_query(self.schema, "person", [str(key) for key in people])
            ways.append(Query.const_score_query(people_query, AUTHOR))
        return Query.boolean_query([(SHOULD, way) for way in ways])

    def _otherwise(self, text: str, parts: tuple[str, ...]) -> list[tantivy.Query]:
        """The word where the segmenter split the text differently, and all the parts it consists of."""
        neighbours = [] if text.isascii() else list(pairs(text))
        ways = [self._phrase("grams", neighbours, PAIRS_WEIGHT)] if neighbours else []
        # 版本升级 is asked, and answered by a text in which 升级 is done to a 版本. What the parts of 冷凝器 leave out
        # (器) would be lost.
        if len(parts) > 1 and (text.isascii() or "".join(parts) == text):
            ways.append(self._all_parts(parts))
        return ways

    def _all_parts(self, parts: Iterable[str]) -> tantivy.Query:
        """All of the parts, each in the title or in the text."""
        anywhere = [
            Query.boolean_query([(SHOULD, self._term(name, part, PARTS_WEIGHT)) for name in ("title", "body")])
            for part in parts
        ]
        return Query.boolean_query([(MUST, query) for query in anywhere])

    def _contains(self, text: str) -> tantivy.Query:
        """The text as it stands: Chinese by its pairs, the rest by its words."""
        text = folded(text)
        runs = HAN_RUN.findall(text)
        needed = [self._phrase("grams", list(pairs(run)), PAIRS_WEIGHT) for run in runs]
        for piece in HAN_RUN.split(text):
            if words := terms(piece):
                needed.append(
                    Query.boolean_query([(SHOULD, self._phrase(name, words, 1.0)) for name in ("title", "body")])
                )
        return Query.boolean_query([(MUST, query) for query in needed]) if needed else Query.empty_query()

    def _term(self, name: str, value: str, weight: float) -> tantivy.Query:
        return Query.boost_query(Query.term_query(self.schema, name, value), weight)

    def _all(self, name: str, values: Iterable[str], weight: float) -> tantivy.Query:
        queries = [(MUST, Query.term_query(self.schema, name, value)) for value in values]
        return Query.boost_query(Query.boolean_query(queries), weight)

    def _phrase(self, name: str, values: list[str], weight: float) -> tantivy.Query:
        if len(values) == 1:
            return self._term(name, values[0], weight)
        if not values:
            return Query.empty_query()
        return Query.boost_query(Query.phrase_query(self.schema, name, values), weight)
