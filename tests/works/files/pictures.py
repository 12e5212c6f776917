"""Photos and papers made for tests."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable
from typing import Any

from PIL import Image


def picture(size: tuple[int, int] = (64, 48), colour: Any = (40, 120, 200), mode: str = "RGB") -> Image.Image:
    """A plain picture with a white corner at the top left, so that turning it shows."""
    image = Image.new(mode, size, colour)
    image.paste(
        (255,) * len(image.getbands()) if len(image.getbands()) > 1 else 255, (0, 0, size[0] // 4, size[1] // 4)
    )
    return image


def saved(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return saved(picture(size), "JPEG", **options)


def png(size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    return saved(picture(size), "PNG", **options)


def noise(size: tuple[int, int], seed: int = 1) -> Image.Image:
    """A picture that compresses badly, as photos do."""
    return Image.frombytes("RGB", size, random.Random(seed).randbytes(size[0] * size[1] * 3))


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: maker, owner, the place to the second, and how it was held."""
    tags = Image.Exif()
    tags[0x010F], tags[0x0110], tags[0x0112], tags[0x013B] = (
        "示例相机".encode().decode("latin-1"),
        "Model-9",
        orientation,
        "Secret Owner",
    )
    gps = tags.get_ifd(0x8825)
    gps.update({1: "N", 2: (35.0, 24.0, 51.12), 3: "E", 4: (116.0, 35.0, 14.4), 29: "2021:11:02"})
    tags[0x8825] = gps
    return tags


def pdf(body: bytes = b"", *, head: bytes = b"%PDF-1.4\n", catalogue: bytes = b"/Type /Catalog /Pages 2 0 R") -> bytes:
    """A whole PDF of one empty page; `body` stands before its table, `catalogue` in its root."""
    out = bytearray(head)
    starts = []
    objects = (catalogue, b"/Type /Pages /Kids [3 0 R] /Count 1", b"/Type /Page /Parent 2 0 R /MediaBox [0 0 200 200]")
    for number, entries in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n<< %s >>\nendobj\n" % (number, entries)
    out += body
    table = len(out)
    out += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def post(client: Any, address: str, files: Iterable[tuple[str, bytes]], **fields: str) -> Any:
    """Post `files`, each (name, bytes), and `fields` as a browser writes them, names however odd."""
    body = bytearray()
    for name, value in fields.items():
        body += f'--bound\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, content in files:
        shown = (
            name.encode("utf-8", "surrogateescape").replace(b"\r", b"%0D").replace(b"\n", b"%0A").replace(b'"', b"%22")
        )
        body += (
            b'--bound\r\nContent-Disposition: form-data; name="files"; filename="'
            + shown
            + b'"\r\nContent-Type: image/jpeg\r\n\r\n'
            + content
            + b"\r\n"
        )
    return client.post(address, data=bytes(body + b"--bound--\r\n"), content_type="multipart/form-data; boundary=bound")
