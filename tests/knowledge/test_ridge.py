"""The linear model: which phrasings it had best see texts through."""

import numpy as np

from bot.knowledge.ridge import Lesson, Unseen
from bot.knowledge.scores import room, taught

# Places on a line, near means alike; the first subject's last phrasing lies among the second's.
PLACES = np.array([0.0, 0.1, 0.9, 1.0, 0.8, 0.95], np.float32)
LIKENESS = 1 - np.abs(PLACES[:, None] - PLACES)
OWNER = np.array([0, 0, 0, 1, 1, 1])


def test_the_hardest_phrasing_is_the_one_among_another_subjects() -> None:
    landmarks = np.array([0, 3])
    assert Lesson(LIKENESS[:, landmarks], landmarks, OWNER, 2).hardest(1).tolist() == [2]


def test_what_is_a_landmark_already_is_not_chosen_again() -> None:
    landmarks = np.array([0, 2, 3])
    found = Lesson(LIKENESS[:, landmarks], landmarks, OWNER, 2).hardest(3).tolist()
    assert sorted(found) == [1, 4, 5]


def test_few_phrasings_are_all_landmarks_and_need_no_further() -> None:
    parts = taught(OWNER)
    assert parts.landmarks.tolist() == [0, 1, 2, 3, 4, 5]
    assert room(parts) == 0


def test_of_many_phrasings_half_of_the_landmarks_are_chosen_fairly_and_half_for_being_hard() -> None:
    owner = np.repeat(np.arange(4), 500)
    place = np.repeat(np.arange(4.0), 500) / 4 + np.linspace(0, 0.2, 2_000)
    place[7] = 0.9  # one of the first subject's among the last's
    parts = taught(owner)
    fairly = parts.landmarks
    likeness = (1 - np.abs(place[:, None] - place[fairly])).astype(np.float32)
    chosen = Lesson(likeness, fairly, owner, 4).hardest(room(parts))
    assert (len(fairly), len(chosen)) == (800, 800)
    assert np.bincount(owner[fairly]).max() - np.bincount(owner[fairly]).min() <= 1
    assert 7 in fairly or 7 in chosen
    assert not set(fairly.tolist()) & set(chosen.tolist())


def test_landmarks_that_come_later_teach_the_same_as_all_at_once() -> None:
    early, late = np.array([0, 3]), np.array([2, 5])
    both = np.append(early, late)
    grown = Lesson(LIKENESS[:, early], early, OWNER, 2).further(LIKENESS[:, late], late)
    whole = Lesson(LIKENESS[:, both], both, OWNER, 2)
    assert grown.landmarks.tolist() == whole.landmarks.tolist()
    rows = np.arange(len(OWNER))
    assert np.allclose(Unseen(grown, rows).without_phrasing(), Unseen(whole, rows).without_phrasing(), atol=1e-5)
