import itertools
import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from matching import Score, assign, pair, similarity

OPENED, BROWSER, MENU = 'A terminal opened.', 'A web browser opened.', 'A menu was opened.'


class MatchingTest(unittest.TestCase):
    def test_similarity(self):
        self.assertEqual([similarity(OPENED, OPENED), similarity(BROWSER, OPENED), similarity(MENU, OPENED), similarity('gibberish', OPENED)], [1.0, 0.6, 0.0, 0.0])

    def test_window(self):
        self.assertEqual(pair([(12.0, OPENED)], [(10.0, OPENED)]), [(0, 0)])
        self.assertEqual(pair([(12.5, OPENED)], [(10.0, OPENED)]), [])

    def test_one_to_one(self):
        self.assertEqual(len(pair([(1.0, OPENED), (1.5, OPENED)], [(1.0, OPENED)])), 1)

    def test_prefers_the_right_subject(self):
        self.assertEqual(sorted(pair([(1.0, BROWSER), (1.5, OPENED)], [(1.0, OPENED), (1.5, BROWSER)])), [(0, 1), (1, 0)])

    def test_assignment_is_the_cheapest(self):
        numbers = random.Random(1)
        for _ in range(30):
            cost = [[numbers.random() for _ in range(5)] for _ in range(4)]
            least = min(sum(cost[i][j] for i, j in enumerate(order)) for order in itertools.permutations(range(5), 4))
            self.assertAlmostEqual(sum(cost[i][j] for i, j in enumerate(assign(cost))), least)

    def test_score(self):
        score = Score()
        score.add([(1.0, OPENED), (9.0, MENU)], [(1.5, OPENED)])
        score.add([], [])
        self.assertEqual(score.summary()['precision'], 0.5)
        self.assertEqual(score.summary()['recall'], 1.0)
        self.assertEqual(score.summary()['f1'], 0.667)
        self.assertEqual(score.by_kind(), {'app-opened': 1.0, 'menu-opened': 0.0})


if __name__ == '__main__':
    unittest.main()
