import sys
import unittest
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from gate import ENCODE, SKIP, STILL, Gate


def picture(value: int = 100) -> np.ndarray:
    return np.full((240, 384, 3), value, np.uint8)


class GateTest(unittest.TestCase):
    def test_first_frame_is_encoded(self):
        self.assertEqual(Gate()(picture()), ENCODE)

    def test_still_frames_are_kept_six_times_then_skipped(self):
        gate = Gate(keep=6)
        self.assertEqual([gate(picture()) for _ in range(9)], [ENCODE, *[STILL] * 6, SKIP, SKIP])

    def test_one_changed_cell_is_enough_and_starts_the_count_anew(self):
        gate, changed = Gate(keep=1), picture()
        changed[16:32, 48:64] += 2
        self.assertEqual([gate(frame) for frame in (picture(), picture(), picture(), changed, changed, changed)], [ENCODE, STILL, SKIP, ENCODE, STILL, SKIP])

    def test_threshold_is_on_the_mean_of_a_cell_and_must_be_passed(self):
        gate, changed = Gate(threshold=1.5), picture()
        changed[:16, :8] += 3                                       # half of a cell by 3: a mean of exactly 1.5
        gate(picture())
        self.assertEqual(gate(changed), STILL)
        changed[0, 8] += 1
        self.assertEqual(gate(changed), ENCODE)

    def test_slow_drift_is_measured_against_the_last_encoded_frame(self):
        gate = Gate(threshold=1.5)
        self.assertEqual([gate(picture(value)) for value in (100, 101, 102, 103)], [ENCODE, STILL, ENCODE, STILL])

    def test_darker_counts_like_brighter(self):
        gate = Gate()
        gate(picture(2))
        self.assertEqual(gate(picture(0)), ENCODE)


if __name__ == '__main__':
    unittest.main()
