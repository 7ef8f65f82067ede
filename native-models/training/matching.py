"""Matching F1 of narrations: one-to-one, minimum cost, inside a time window.

A said sentence and a true one may be paired if they are at most `window` seconds apart and their similarity is above
0.5: 1 for the right kind and subject, 0.6 for the right kind alone. Cost = (1 - similarity) + 0.3 (|dt| / window)^1.5.
"""

from dataclasses import dataclass, field

import wording

UNPAIRED = 2.0  # more than any pair costs, so that as many as possible are paired


def meaning(text: str) -> tuple[str, str | None] | None:
    """Kind and subject of a narration; None for anything else."""
    return SENTENCES.get(text.strip())


SENTENCES = wording.all_narrations()


def similarity(said: str, true: str) -> float:
    a, b = meaning(said), meaning(true)
    if a is None or b is None:
        return 1.0 if said.strip() == true.strip() else 0.0
    return 1.0 if a == b else 0.6 if a[0] == b[0] else 0.0


def assign(cost: list[list[float]]) -> list[int]:
    """Minimum-cost assignment of every row to a column of its own (Hungarian method); columns >= rows."""
    rows, columns = len(cost), len(cost[0]) if cost else 0
    u, v, match, way = [0.0] * (rows + 1), [0.0] * (columns + 1), [0] * (columns + 1), [0] * (columns + 1)
    for row in range(1, rows + 1):
        match[0], column = row, 0
        least, used = [float('inf')] * (columns + 1), [False] * (columns + 1)
        while match[column]:
            used[column] = True
            at, delta, following = match[column], float('inf'), 0
            for j in range(1, columns + 1):
                if used[j]:
                    continue
                reduced = cost[at - 1][j - 1] - u[at] - v[j]
                if reduced < least[j]:
                    least[j], way[j] = reduced, column
                if least[j] < delta:
                    delta, following = least[j], j
            for j in range(columns + 1):
                if used[j]:
                    u[match[j]] += delta
                    v[j] -= delta
                else:
                    least[j] -= delta
            column = following
        while column:
            match[column] = match[way[column]]
            column = way[column]
    result = [-1] * rows
    for j in range(1, columns + 1):
        if match[j]:
            result[match[j] - 1] = j - 1
    return result


def pair(said: list[tuple[float, str]], true: list[tuple[float, str]], window: float = 2.0) -> list[tuple[int, int]]:
    """Pairs (index said, index true)."""
    if not said or not true:
        return []
    cost = []
    for t, text in said:
        row = []
        for when, sentence in true:
            like, apart = similarity(text, sentence), abs(t - when)
            row.append((1 - like) + 0.3 * (apart / window) ** 1.5 if like > 0.5 and apart <= window + 1e-6 else UNPAIRED)
        cost.append(row + [UNPAIRED] * len(said))  # a column of its own to stay unpaired
    return [(i, j) for i, j in enumerate(assign(cost)) if j < len(true) and cost[i][j] < UNPAIRED]


@dataclass
class Score:
    """Counts over streams; `add` takes one stream's sentences as (seconds, text)."""

    said: int = 0
    true: int = 0
    matched: int = 0
    exact: int = 0
    apart: float = 0.0
    kinds: dict[str, list[int]] = field(default_factory=dict)  # kind -> [said, true, matched]

    def add(self, said: list[tuple[float, str]], true: list[tuple[float, str]], window: float = 2.0):
        pairs = pair(said, true, window)
        self.said, self.true, self.matched = self.said + len(said), self.true + len(true), self.matched + len(pairs)
        for i, j in pairs:
            self.exact += said[i][1].strip() == true[j][1].strip()
            self.apart += abs(said[i][0] - true[j][0])
            self.count(true[j][1], 2)
        for _, text in said:
            self.count(text, 0)
        for _, text in true:
            self.count(text, 1)

    def count(self, text: str, column: int):
        kind = meaning(text)
        self.kinds.setdefault(kind[0] if kind else 'other', [0, 0, 0])[column] += 1

    def summary(self) -> dict:
        """precision, recall, f1, share of exact sentences among the matched, mean |dt| in seconds."""
        precision, recall = self.matched / max(1, self.said), self.matched / max(1, self.true)
        return {
            'said': self.said, 'true': self.true, 'matched': self.matched, 'precision': round(precision, 3), 'recall': round(recall, 3),
            'f1': round(f1(self.said, self.true, self.matched), 3), 'exact': round(self.exact / max(1, self.matched), 3),
            'meanApart': round(self.apart / max(1, self.matched), 2),
        }

    def by_kind(self) -> dict[str, float]:
        return {kind: round(f1(*counts), 3) for kind, counts in sorted(self.kinds.items())}


def f1(said: int, true: int, matched: int) -> float:
    return 2 * matched / max(1, said + true)
