"""A page of a PDF drawn in grey values, never larger than memory allows, whatever size it says it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from extractor.read.scan_flat import Grey

MOST_PIXELS = 60_000_000
MOST_ACROSS = 30_000


def draw(page: Any, scale: float, *, with_notes: bool = False) -> tuple[Grey, float]:
    """The page's image and its pixels a point: ``scale``, or less where the image would have more than ``MOST_PIXELS``.

    ``with_notes`` draws annotations too, which a scan may carry. Errors: ``PdfiumError`` where it cannot be drawn.
    """
    width, height = max(page.get_width(), 1.0), max(page.get_height(), 1.0)
    scale = min(scale, (MOST_PIXELS / (width * height)) ** 0.5, MOST_ACROSS / max(width, height))
    image: Grey = page.render(scale=scale, grayscale=True, draw_annots=with_notes).to_numpy()
    return image[:, :, 0] if image.ndim == 3 else image, scale
