"""PDFium's functions that are called for letters, without the typed pointers of its Python binding: making those costs
more than the calls themselves do."""

from __future__ import annotations

import ctypes
from typing import Any

import pypdfium2.raw as pdfium

Pointer = ctypes.c_void_p


def _quick(function: Any, result: Any, *arguments: Any) -> Any:
    return ctypes.CFUNCTYPE(result, *arguments)(ctypes.cast(function, Pointer).value or 0)


# text page, character, addresses of left, right, bottom, top
character_box = _quick(pdfium.FPDFText_GetCharBox, ctypes.c_int, Pointer, ctypes.c_int, *[Pointer] * 4)
# text page, character
object_of = _quick(pdfium.FPDFText_GetTextObject, Pointer, Pointer, ctypes.c_int)
character_count = _quick(pdfium.FPDFText_CountChars, ctypes.c_int, Pointer)
has_no_character = _quick(pdfium.FPDFText_HasUnicodeMapError, ctypes.c_int, Pointer, ctypes.c_int)
mode_of = _quick(pdfium.FPDFTextObj_GetTextRenderMode, ctypes.c_int, Pointer)
# object, addresses of red, green, blue, alpha
colour_of = _quick(pdfium.FPDFPageObj_GetFillColor, ctypes.c_int, *[Pointer] * 5)


def address_of(handle: Any) -> Pointer:
    """A handle of the binding as the functions above take it."""
    return ctypes.cast(handle, Pointer)


def parts_of(array: Any) -> list[Pointer]:
    """The addresses of an array's members, for functions that write their answers there."""
    start, size = ctypes.addressof(array), ctypes.sizeof(array) // len(array)
    return [Pointer(start + size * number) for number in range(len(array))]
