"""A photographed page made flat again: seen from one side, its rules lean towards one another; the extra [scan].

The long straight strokes of the page are found, and the projection sought under which those that lie nearly flat are
level and those that stand nearly upright are plumb. It is used only where the strokes agree on it, and where it does more
than turn the page by the few degrees that its rows tell better.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.optimize import least_squares

Grey: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.float64]

SEEN_WIDTH = 1400
LONG, LEAN = 60.0, 12.0
FEWEST, FEWEST_UPRIGHT = 8, 4
LEAST_KEYSTONE, MOST_KEYSTONE, LEAST_TURN = 0.0015, 0.35, 0.05
FITS = 0.0012


def projected(image: Grey, back: Numbers) -> Grey:
    """The page under a projection, given by what takes its pixels back to those of ``image``; white around it."""
    values = (back / back[2, 2]).ravel()[:8].tolist()
    size = image.shape[1], image.shape[0]
    seen = Image.fromarray(image).transform(
        size, Image.Transform.PERSPECTIVE, values, Image.Resampling.BICUBIC, fillcolor=255
    )
    return np.asarray(seen)


def flattened(image: Grey) -> tuple[Grey, Numbers]:
    """The page as it is seen from straight above, as it is where its strokes do not tell or it is so already; and the
    projection that takes its pixels back."""
    strokes = _strokes(image)
    found = _projection(strokes) if strokes is not None else None
    if found is None:
        return image, np.eye(3)
    height, width = image.shape
    halves = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, width / 2]])  # of the width, from the middle
    back: Numbers = np.linalg.inv(halves) @ np.linalg.inv(found) @ halves
    return projected(image, back), back


def _strokes(image: Grey) -> Numbers | None:
    """The ends of the long straight strokes, in halves of the page's width from its middle; None where there are few."""
    import cv2

    scale = min(1.0, SEEN_WIDTH / image.shape[1])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    found = cv2.createLineSegmentDetector(1).detect(small)[0]
    if found is None:
        return None
    ends = np.asarray(found, np.float64).reshape(-1, 4)
    long = ends[np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1]) > LONG]
    middle = np.array([size[0], size[1], size[0], size[1]]) / 2
    return (long - middle) / (size[0] / 2) if len(long) >= FEWEST else None


def _projection(strokes: Numbers) -> Numbers | None:
    """The projection that makes the strokes level and plumb, None where they do not agree or it would do nothing."""
    across, down = strokes[:, 2] - strokes[:, 0], strokes[:, 3] - strokes[:, 1]
    lean = np.tan(np.radians(LEAN))
    flat, upright = strokes[np.abs(down) < lean * np.abs(across)], strokes[np.abs(across) < lean * np.abs(down)]
    if len(flat) < FEWEST_UPRIGHT or len(upright) < FEWEST_UPRIGHT:
        return None

    def misses(values: Numbers) -> Numbers:
        first, last = _moved(values, flat)
        left, right = _moved(values, upright)
        return np.concatenate([first[1] - last[1], left[0] - right[0]])

    best = least_squares(misses, np.zeros(4), loss="soft_l1", f_scale=FITS)
    turn, lean_of, keystone, other = best.x
    bent = max(abs(keystone), abs(other), abs(turn + lean_of))
    if bent > MOST_KEYSTONE or (bent < LEAST_KEYSTONE and abs(turn) < LEAST_TURN):
        return None
    if float(np.median(np.abs(misses(best.x)))) > FITS:
        return None
    return np.array([[1, lean_of, 0], [turn, 1, 0], [keystone, other, 1]])


def _moved(values: Numbers, strokes: Numbers) -> tuple[tuple[Numbers, Numbers], tuple[Numbers, Numbers]]:
    """Where a projection takes the two ends of strokes."""
    turn, lean, keystone, other = values

    def move(x: Numbers, y: Numbers) -> tuple[Numbers, Numbers]:
        depth = 1 + keystone * x + other * y
        return (x + lean * y) / depth, (turn * x + y) / depth

    return move(strokes[:, 0], strokes[:, 1]), move(strokes[:, 2], strokes[:, 3])
