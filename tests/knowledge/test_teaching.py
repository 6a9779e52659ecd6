"""What the vectors of words learn from whole questions, and what they keep."""

import numpy as np

from tests.knowledge.teaching import taught

# Words 0 and 1 begin at right angles to one another, and so does every other word to all.
BEGAN = np.eye(4, dtype=np.float32)
OFTEN, RARE, NEVER = 0, 1, 3
TEXTS = [[OFTEN, 2]] * 200 + [[RARE, 2]] * 2
MEANT = np.tile(np.array([0, 0, 0.6, 0.8], np.float32), (len(TEXTS), 1))


def moved(word: int) -> float:
    return 1 - float(taught(BEGAN, TEXTS, MEANT)[word] @ BEGAN[word])


def test_a_word_that_is_often_asked_with_moves_towards_what_the_questions_mean() -> None:
    vectors = taught(BEGAN, TEXTS, MEANT)
    assert vectors[OFTEN] @ MEANT[0] > BEGAN[OFTEN] @ MEANT[0] + 0.2


def test_a_rare_word_stays_near_what_it_means_alone() -> None:
    assert moved(RARE) < 0.2 * moved(OFTEN)


def test_a_word_that_nobody_asks_with_stays() -> None:
    assert moved(NEVER) == 0


def test_teaching_twice_gives_the_same() -> None:
    assert np.array_equal(taught(BEGAN, TEXTS, MEANT), taught(BEGAN, TEXTS, MEANT))


def test_vectors_stay_of_unit_length() -> None:
    np.testing.assert_allclose(np.linalg.norm(taught(BEGAN, TEXTS, MEANT), axis=1), 1, rtol=1e-5)
