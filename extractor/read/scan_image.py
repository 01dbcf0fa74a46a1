"""A page's image made even before it is read: grey paper to white, specks away, rows upright.

Each is done only where the page needs it, so that a clean page is read as it came.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from extractor.read.scan_flat import Grey, Numbers, flattened, projected

BRIGHT = 200
WHITE = 244
BLOCK = 24
SPECKLED, GRAIN = 6.0, 0.8
FULL_TURN = 3.0
COARSE_WIDTH, FINE_WIDTH = 700, 1400
WORTH = 1.05
LEAST_SCALE, MOST_SCALE = 195 / 72, 260 / 72


@dataclass(frozen=True, slots=True)
class EvenPage:
    """A page as it is read: its image, its pixels a point, and the projection that takes its points back to those of the
    page as it came."""

    image: Grey
    scale: float
    back: Numbers

    @property
    def size(self) -> tuple[float, float]:
        """Width and height in points."""
        return self.image.shape[1] / self.scale, self.image.shape[0] / self.scale

    def turned(self, quarters: int) -> EvenPage:
        """The page turned by quarters, against the clock."""
        width, height = self.size
        here = {0: np.eye(3), 1: [[0, -1, width], [1, 0, 0], [0, 0, 1]], 2: [[-1, 0, width], [0, -1, height], [0, 0, 1]], 3: [[0, 1, 0], [-1, 0, height], [0, 0, 1]]}  # fmt: skip
        return EvenPage(
            np.ascontiguousarray(np.rot90(self.image, quarters)),
            self.scale,
            self.back @ np.array(here[quarters % 4], float),
        )


def evened(image: Grey, scale: float) -> EvenPage:
    """The page as it is read: even paper, no specks, flat and upright, of at least ``LEAST_SCALE`` and not much more."""
    if scale > MOST_SCALE:
        image, scale = _sized(image, scale, LEAST_SCALE), LEAST_SCALE
    white = without_specks(whitened(image))
    flat, unflat = flattened(white)
    upright, unturned = straighten(flat)
    to_points = np.diag([1 / scale, 1 / scale, 1.0])
    back = to_points @ unflat @ unturned @ np.linalg.inv(to_points)
    if scale < LEAST_SCALE:
        upright, scale = _sized(upright, scale, LEAST_SCALE), LEAST_SCALE
    return EvenPage(upright, scale, back)


def _sized(image: Grey, scale: float, wanted: float) -> Grey:
    size = round(image.shape[1] * wanted / scale), round(image.shape[0] * wanted / scale)
    way = Image.Resampling.BICUBIC if wanted > scale else Image.Resampling.BOX
    return np.asarray(Image.fromarray(image).resize(size, way))


def sharpened(image: Grey) -> Grey:
    """The page with its thin strokes as dark as they were drawn, which a poor scan has made pale and wide."""
    return np.asarray(Image.fromarray(image).filter(ImageFilter.UnsharpMask(radius=2, percent=200, threshold=3)))


def whitened(image: Grey) -> Grey:
    """The page with its paper white, however grey or unevenly lit it is: each place against the paper around it."""
    paper = _paper(image)
    if float(paper.min()) >= WHITE:
        return image
    height, width = image.shape
    around = Image.fromarray(paper.astype(np.float32)).resize((width, height), Image.Resampling.BILINEAR)
    even: Grey = np.clip(image / np.maximum(np.asarray(around), 40.0) * 255.0, 0, 255).astype(np.uint8)
    return even


def _paper(image: Grey) -> Numbers:
    """How bright the paper is, a block of pixels each: the brighter part of the block and of those around it."""
    height, width = (max(side // BLOCK, 1) * BLOCK for side in image.shape)
    padded = np.pad(image, ((0, max(0, height - image.shape[0])), (0, max(0, width - image.shape[1]))), mode="edge")
    blocks = padded[:height, :width].reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    bright = np.percentile(blocks, 80, axis=(1, 3))
    edged = np.pad(bright, 1, mode="edge")
    near = [edged[r : r + bright.shape[0], c : c + bright.shape[1]] for r in range(3) for c in range(3)]
    return np.asarray(np.max(near, axis=0), dtype=np.float64)


def without_specks(image: Grey) -> Grey:
    """The page with the grain of a poor scan smoothed, which keeps thin rules as a median would not; sharp pages stay."""
    sample = image[::2].astype(np.int16)
    grain = np.abs(sample[:, 2:] - 2 * sample[:, 1:-1] + sample[:, :-2])
    if float(np.median(grain)) < SPECKLED:
        return image
    return np.asarray(Image.fromarray(image).filter(ImageFilter.GaussianBlur(GRAIN)))


def straighten(image: Grey) -> tuple[Grey, Numbers]:
    """The page turned by the few degrees that make its rows sharpest: first roughly, then to the twentieth; and the
    projection that takes its pixels back."""
    coarse = _small(image, COARSE_WIDTH)
    turned = {angle: _sharpness(coarse, angle) for angle in np.arange(-FULL_TURN, FULL_TURN + 0.01, 0.25).tolist()}
    best = max(turned, key=lambda angle: (turned[angle], -abs(angle)))
    if turned[best] < WORTH * turned[0.0]:
        return image, np.eye(3)
    fine = _small(image, FINE_WIDTH)
    nearer = {angle: _sharpness(fine, angle) for angle in (best + np.arange(-0.2, 0.21, 0.05)).tolist()}
    best = max(nearer, key=lambda angle: nearer[angle])
    (height, width), turn = image.shape, -np.radians(best)
    middle = np.array([[1, 0, width / 2], [0, 1, height / 2], [0, 0, 1]])
    around = np.array([[np.cos(turn), np.sin(turn), 0], [-np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    back = middle @ around @ np.linalg.inv(middle)
    return projected(image, back), back


def _small(image: Grey, width: int) -> Image.Image:
    width = min(width, image.shape[1])
    return Image.fromarray(image).resize((width, max(1, width * image.shape[0] // max(image.shape[1], 1))))


def _sharpness(image: Image.Image, angle: float) -> float:
    """How much rows of ink differ from those beside them, lower and upper edge left out where turning cuts."""
    ink = np.asarray(image.rotate(angle, Image.Resampling.BILINEAR, fillcolor=255)) < BRIGHT - 30
    return float(np.square(np.diff(ink.sum(axis=1).astype(np.float64))).sum())
