"""Drawing a photo anew, in a bounded process.

What is drawn anew carries pixels only: no place, no camera, no text, nothing hidden behind the picture.
"""

from __future__ import annotations

import io
import json
import math
import warnings
from typing import Any

from PIL import Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

PLUGINS = (JpegImagePlugin, PngImagePlugin, WebPImagePlugin)  # the only formats that are opened
PIXELS = {
    "JPEG": 100_000_000,
    "PNG": 40_000_000,
    "WEBP": 16_000_000,
}  # libjpeg halves while it reads, libwebp keeps three copies
SIDE = 4000  # longest side of what is kept
HALVED = 24_000_000  # a JPEG with more pixels is read at half its size
THUMBNAIL = 320
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
SAVING: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 88},
    "PNG": {"compress_level": 4},
    "WEBP": {"quality": 85, "method": 2},
}
MODES = {"JPEG": ("L", "RGB"), "PNG": ("1", "L", "LA", "RGB", "RGBA"), "WEBP": ("RGB", "RGBA")}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112


class TooLargeError(Exception):
    """More pixels than are taken."""


def drawn(content: bytes, kind: str) -> tuple[bytes, bytes]:
    """The photo and its thumbnail, drawn anew; raises whatever Pillow raises on what is broken, TooLargeError before
    anything large is decoded.
    """
    Image.MAX_IMAGE_PIXELS = PIXELS[kind]
    with Image.open(io.BytesIO(content), formats=[kind]) as image:
        width, height = image.size
        if width * height > PIXELS[kind]:
            raise TooLargeError
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
        if kind == "JPEG" and (width * height > HALVED or max(width, height) > SIDE):
            image.draft(image.mode, _draft_size(width, height))
        image.load()
        photo = _plain(image, kind)
    if max(photo.size) > SIDE:
        photo = photo.reduce(math.ceil(max(photo.size) / SIDE))  # whole steps, because they need no second copy
    if turn is not None:
        photo = photo.transpose(turn)
    photo.info.clear()
    small = _opaque(photo)
    small.thumbnail((THUMBNAIL, THUMBNAIL), Image.Resampling.BICUBIC)
    return _saved(photo, kind), _saved(small, "JPEG")


def _draft_size(width: int, height: int) -> tuple[int, int]:
    """What libjpeg may shrink to while it decodes: at least the longest side kept, and by a half where memory asks for
    it.
    """
    scale = max(1, max(width, height) // SIDE)
    scale = max(scale, 2) if width * height > HALVED else scale
    return width // scale, height // scale


def _plain(image: Image.Image, kind: str) -> Image.Image:
    """`image` in a mode that its format keeps, transparency where the format knows it."""
    if image.mode in MODES[kind] and "transparency" not in image.info:
        return image
    see_through = kind != "JPEG" and ("transparency" in image.info or image.mode in {"LA", "PA", "RGBA", "RGBa", "La"})
    return image.convert(
        "RGBA" if see_through else "L" if image.mode.startswith(("I", "F")) and kind != "WEBP" else "RGB"
    )


def _opaque(photo: Image.Image) -> Image.Image:
    """A small copy on white, small enough that its transparency costs nothing."""
    small = photo.reduce(max(1, min(photo.size) // (2 * THUMBNAIL))) if photo.mode != "1" else photo.convert("L")
    if small.mode in {"RGBA", "LA"}:
        small = small.convert("RGBA")
        ground = Image.new("RGB", small.size, "white")
        ground.paste(small, mask=small.getchannel("A"))
        return ground
    return small.convert("L" if small.mode == "L" else "RGB")


def _saved(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **SAVING[kind])
    return file.getvalue()


def redrawn(content: bytes, kind: str) -> bytes:
    """One line of JSON and then the bytes: `{"photo": n, "thumbnail": n}` with the cleaned photo of media type `kind`
    and its thumbnail, or `{"refused": "large" | "broken"}`.
    """
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    parts: tuple[bytes, ...] = ()
    answer: dict[str, Any]
    try:
        parts = drawn(content, FORMATS[kind])
        answer = {"photo": len(parts[0]), "thumbnail": len(parts[1])}
    except (TooLargeError, MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        answer = {"refused": "large"}
    except Exception:
        answer = {"refused": "broken"}
    return json.dumps(answer).encode() + b"\n" + b"".join(parts)
