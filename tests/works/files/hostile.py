"""Uploads that mean harm, made here: each with a name, its bytes, and whether it is refused or harmless once kept."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from pictures import exif, jpeg, noise, pdf, picture, png, saved
from PIL import Image, PngImagePlugin

SCRIPT = b"<script>alert(1)</script>"
MARK = b"PAYLOAD-7f3a"  # what nobody may find in what is kept of a photo


@dataclass(frozen=True)
class Upload:
    """`verdict`: refused, or kept (and then harmless)."""

    label: str
    name: str
    content: bytes
    verdict: str


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bare_png(
    width: int,
    height: int,
    data: bytes = b"",
    *,
    depth: int = 8,
    colour: int = 2,
    before: bytes = b"",
    interlace: int = 0,
) -> bytes:
    """A PNG that says what it likes about its size."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    return b"\x89PNG\r\n\x1a\n" + head + before + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def flat(size: int) -> bytes:
    """Zeros that unpack to `size` bytes."""
    packer = zlib.compressobj(9, wbits=-15)
    million = packer.compress(bytes(1_000_000)) + packer.flush(
        zlib.Z_FULL_FLUSH
    )  # stands for itself, so that it can be repeated
    packer = zlib.compressobj(9, wbits=-15)
    rest = packer.compress(bytes(size % 1_000_000)) + packer.flush()
    return b"\x78\x9c" + million * (size // 1_000_000) + rest + struct.pack(">I", (size % 65521) << 16 | 1)


def sized_jpeg(width: int, height: int) -> bytes:
    """A small JPEG whose header claims another size."""
    content = bytearray(jpeg())
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("../../etc/passwd"), io.BytesIO())
    return file.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


def with_segments(*segments: bytes) -> bytes:
    content = jpeg()
    return content[:2] + b"".join(segments) + content[2:]


def circular_exif() -> bytes:
    """An EXIF directory whose next directory is itself, and whose GPS directory is the first."""
    entry = struct.pack(">HHII", 0x8825, 4, 1, 8)
    directory = struct.pack(">H", 1) + entry + struct.pack(">I", 8)
    return segment(0xE1, b"Exif\x00\x00MM\x00*" + struct.pack(">I", 8) + directory)


def bloated_exif() -> bytes:
    """An EXIF directory of thousands of entries that each claim four billion values."""
    count = 5000
    entries = b"".join(struct.pack(">HHII", 0x9000 + number % 4000, 7, 0xFFFFFFFF, 8) for number in range(count))
    return segment(
        0xE1, b"Exif\x00\x00MM\x00*" + struct.pack(">I", 8) + struct.pack(">H", count) + entries + struct.pack(">I", 0)
    )


def scans(times: int) -> bytes:
    """A progressive JPEG whose last scan is repeated: little to send, much to decode."""
    content = saved(noise((1200, 1200)), "JPEG", progressive=True, quality=1)
    last = content.rindex(b"\xff\xda")
    return (content[:last] + content[last:-2] * times)[:9_900_000] + content[-2:]


def apng(frames: int) -> bytes:
    first = picture((200, 200))
    return saved(
        first, "PNG", save_all=True, append_images=[picture((200, 200), (number, 0, 0)) for number in range(frames)]
    )


def webp_frames(frames: int) -> bytes:
    return saved(
        picture((200, 200)),
        "WEBP",
        save_all=True,
        append_images=[picture((200, 200), (number, 0, 0)) for number in range(frames)],
    )


def lying_webp(width: int, height: int) -> bytes:
    """An extended WebP whose canvas is far larger than its picture."""
    inner = saved(picture(), "WEBP", lossless=True)[12:]
    head = (
        b"VP8X"
        + struct.pack("<I", 10)
        + b"\x00" * 4
        + (width - 1).to_bytes(3, "little")
        + (height - 1).to_bytes(3, "little")
    )
    body = b"WEBP" + head + inner
    return b"RIFF" + struct.pack("<I", len(body)) + body


def texts(*, compressed: bool) -> bytes:
    info = PngImagePlugin.PngInfo()
    for number in range(200):
        info.add_text(f"k{number}", "x" * 900_000, zip=compressed)
    return saved(picture(), "PNG", pnginfo=info) if compressed else png()


def icc_bomb() -> bytes:
    return bare_png(
        64, 48, zlib.compress(bytes((64 * 3 + 1) * 48)), before=chunk(b"iCCP", b"x\x00\x00" + flat(200_000_000))
    )


def lying_names() -> Iterator[Upload]:
    """Things that are something else than their names say."""
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    html = b"<!doctype html><html><body>" + SCRIPT
    office = zipped(**{"[Content_Types].xml": b"<Types/>", "word__vbaProject.bin": b"macro"})
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)
    gif = saved(picture().convert("P"), "GIF")
    things = {
        "svg": svg, "svg with a mark": b"\xef\xbb\xbf" + svg, "html": html, "html with blanks": b"\n\n   " + html,
        "xml entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        "javascript": b"alert(1)//", "php": b"<?php system($_GET[0]);", "shell": b"#!/bin/sh\nrm -rf /",
        "windows program": b"MZ" + bytes(200),
        "linux program": b"\x7fELF" + bytes(200), "office": office, "old office": ole, "zip": zipped(a=b"x"),
        "tar": tarred(), "rar": b"Rar!\x1a\x07\x00" + bytes(60),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(60), "gif": gif, "tiff": saved(picture(), "TIFF"),
        "bmp": saved(picture(), "BMP"), "ico": saved(picture((16, 16)), "ICO"),
        "heic": b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "mp4": b"\x00\x00\x00\x18ftypmp42" + bytes(40),
        "postscript": b"%!PS-Adobe-3.0\n(x) run",
        "text": "进度正常".encode(), "nothing": b"", "one byte": b"\xff", "only zeros": bytes(5000),
        "csv": b"=cmd|' /C calc'!A0,1",
        "swf": b"CWS\x0a" + bytes(100), "java": b"\xca\xfe\xba\xbe" + bytes(100),
        "mhtml": b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "eps": b"\xc5\xd0\xd3\xc6" + bytes(60),
        "psd": b"8BPS\x00\x01" + bytes(40), "jpeg 2000": b"\x00\x00\x00\x0cjP  \r\n\x87\n" + bytes(40),
        "dds": b"DDS |" + bytes(130), "fits": b"SIMPLE  =" + bytes(80),
    }  # fmt: skip
    for label, content in things.items():
        yield Upload(f"{label} as jpg", f"{label.replace(' ', '-')}.jpg", content, "refused")
    yield Upload("gif as png", "a.png", b"GIF89a" + SCRIPT, "refused")
    yield Upload(
        "tiff bomb",
        "a.tif",
        b"II*\x00\x08\x00\x00\x00"
        + struct.pack("<H", 2)
        + struct.pack("<HHII", 256, 4, 1, 60000)
        + struct.pack("<HHII", 257, 4, 1, 60000),
        "refused",
    )
    yield Upload("jpeg called pdf", "permit.pdf", jpeg(), "kept")
    yield Upload("jpeg called html", "page.html", jpeg(), "kept")
    yield Upload("pdf called jpg", "photo.jpg", pdf(), "kept")


def broken_photos() -> Iterator[Upload]:
    whole = jpeg((400, 300))
    yield Upload("half a jpeg", "a.jpg", whole[: len(whole) // 2], "refused")
    yield Upload("head of a jpeg", "a.jpg", whole[:3], "refused")
    yield Upload("head of a png", "a.png", b"\x89PNG\r\n\x1a\n", "refused")
    yield Upload("half a png", "a.png", png((400, 300))[:200], "refused")
    yield Upload("half a webp", "a.webp", saved(noise((200, 200)), "WEBP")[:400], "refused")
    yield Upload(
        "png with a bad sum",
        "a.png",
        png().replace(b"IHDR", b"IHDR")[:29] + b"\x00\x00\x00\x00" + png()[33:],
        "refused",
    )
    yield Upload("png without data", "a.png", bare_png(64, 48, b""), "refused")
    yield Upload("png with garbage data", "a.png", bare_png(64, 48, b"garbage"), "refused")
    yield Upload("png of no width", "a.png", bare_png(0, 48, flat(48)), "refused")
    yield Upload("png of a negative width", "a.png", bare_png(0xFFFFFFFF, 1, flat(48)), "refused")
    yield Upload("png with a strange depth", "a.png", bare_png(64, 48, flat(48), depth=7, colour=9), "refused")
    yield Upload("jpeg of no height", "a.jpg", sized_jpeg(64, 0), "refused")
    yield Upload("jpeg with a short segment", "a.jpg", b"\xff\xd8\xff\xe0\x00\x00" + whole[20:], "harmless")
    yield Upload("jpeg and nothing", "a.jpg", b"\xff\xd8\xff\xd9", "refused")
    yield Upload("webp with a wrong length", "a.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff", "refused")
    yield Upload(
        "webp of lossless garbage",
        "a.webp",
        b"RIFF\x40\x00\x00\x00WEBPVP8L\x30\x00\x00\x00\x2f" + b"\xff" * 47,
        "refused",
    )


def bombs() -> Iterator[Upload]:
    yield Upload(
        "png that says 400 megapixels", "a.png", bare_png(20000, 20000, b"\x78\x9c\x03\x00\x00\x00\x00\x01"), "refused"
    )
    yield Upload("png of 400 megapixels", "a.png", bare_png(20000, 20000, flat(20000 * 20001), colour=0), "refused")
    yield Upload(
        "png of one bit and 900 megapixels",
        "a.png",
        bare_png(30000, 30000, flat(30000 * 3751), depth=1, colour=0),
        "refused",
    )
    yield Upload("png of 39 megapixels of zeros", "a.png", bare_png(6500, 6000, flat(6000 * (6500 * 3 + 1))), "kept")
    yield Upload(
        "png of 39 megapixels with 16 bits and see-through",
        "a.png",
        bare_png(6500, 6000, flat(6000 * (6500 * 8 + 1)), depth=16, colour=6),
        "harmless",
    )
    yield Upload("interlaced png of 39 megapixels", "a.png", saved(Image.new("L", (6500, 6000)), "PNG"), "kept")
    yield Upload("png whose data goes on for a gigabyte", "a.png", bare_png(64, 48, flat(1_000_000_000)), "harmless")
    yield Upload("png very wide", "a.png", bare_png(2**31 - 1, 1, flat(100)), "refused")
    yield Upload("png 30 million wide and one high", "a.png", bare_png(30_000_000, 1, flat(90_000_001)), "harmless")
    yield Upload("jpeg that says 4,000 megapixels", "a.jpg", sized_jpeg(65000, 65000), "refused")
    yield Upload("jpeg that says 99 megapixels", "a.jpg", sized_jpeg(9950, 9950), "harmless")
    yield Upload("webp that says 268 megapixels", "a.webp", lying_webp(16384, 16384), "refused")
    yield Upload("webp canvas of 2^24 squared", "a.webp", lying_webp(2**24, 2**24), "refused")
    yield Upload("png with a profile of 200 MB", "a.png", icc_bomb(), "harmless")
    yield Upload("png with 180 MB of packed text", "a.png", texts(compressed=True), "harmless")
    yield Upload(
        "png with 100,000 chunks",
        "a.png",
        bare_png(64, 48, zlib.compress(bytes((64 * 3 + 1) * 48)), before=chunk(b"tEXt", b"k\x00v") * 100_000),
        "harmless",
    )
    yield Upload(
        "png with unknown chunks",
        "a.png",
        bare_png(64, 48, zlib.compress(bytes((64 * 3 + 1) * 48)), before=chunk(b"prVt", MARK * 50_000)),
        "kept",
    )
    yield Upload("png with 300 frames", "a.png", apng(300), "kept")
    yield Upload("webp with 300 frames", "a.webp", webp_frames(300), "kept")
    yield Upload("jpeg with 4,000 scans", "a.jpg", scans(4000), "harmless")
    yield Upload("jpeg with an exif that points at itself", "a.jpg", with_segments(circular_exif()), "harmless")
    yield Upload("jpeg with an exif of billions", "a.jpg", with_segments(bloated_exif()), "harmless")
    yield Upload("jpeg with 30,000 comments", "a.jpg", with_segments(*[segment(0xFE, MARK * 5)] * 30_000), "harmless")
    yield Upload("eleven megabytes", "a.jpg", jpeg() + bytes(11_000_000), "refused")


def polyglots() -> Iterator[Upload]:
    photo = jpeg()
    yield Upload("jpeg and zip", "a.jpg", photo + zipped(**{"evil.jsp": MARK}), "kept")
    yield Upload("jpeg and html in a comment", "a.jpg", with_segments(segment(0xFE, SCRIPT + MARK)), "kept")
    yield Upload("jpeg and javascript", "a.jpg", photo + b"*/=alert(1);/*" + MARK, "kept")
    yield Upload(
        "jpeg and php in its exif", "a.jpg", with_segments(segment(0xE1, b"Exif\x00\x00<?php " + MARK + b"?>")), "kept"
    )
    yield Upload("jpeg and pdf", "a.jpg", photo + pdf(MARK), "kept")
    yield Upload("png and html", "a.png", png() + SCRIPT + MARK, "kept")
    yield Upload(
        "png and script in a text",
        "a.png",
        bare_png(
            64, 48, zlib.compress(bytes((64 * 3 + 1) * 48)), before=chunk(b"tEXt", b"Comment\x00" + SCRIPT + MARK)
        ),
        "kept",
    )
    yield Upload(
        "png and xmp",
        "a.png",
        bare_png(
            64,
            48,
            zlib.compress(bytes((64 * 3 + 1) * 48)),
            before=chunk(b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00" + MARK),
        ),
        "kept",
    )
    yield Upload("webp and zip", "a.webp", saved(picture(), "WEBP") + zipped(**{"x.jar": MARK}), "kept")
    yield Upload("webp with exif", "a.webp", saved(picture(), "WEBP", exif=exif(), xmp=b"<x>" + MARK + b"</x>"), "kept")
    yield Upload("pdf and zip", "a.pdf", pdf() + zipped(**{"x.exe": b"MZ"}), "refused")
    yield Upload("pdf with a zip inside that still opens", "a.pdf", pdf(zipped(**{"x.exe": b"MZ"})), "refused")
    yield Upload("pdf after html", "a.pdf", SCRIPT + pdf(), "refused")


def papers() -> Iterator[Upload]:
    yield Upload(
        "pdf with javascript",
        "a.pdf",
        pdf(catalogue=b"/Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
        "kept",
    )
    yield Upload(
        "pdf that starts a program",
        "a.pdf",
        pdf(catalogue=b"/Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (cmd.exe) >>"),
        "kept",
    )
    yield Upload(
        "pdf that calls home",
        "a.pdf",
        pdf(catalogue=b"/Type /Catalog /Pages 2 0 R /AA << /O << /S /URI /URI (http://192.0.2.1/) >> >>"),
        "kept",
    )
    yield Upload("pdf with html in its head", "a.pdf", pdf(head=b"%PDF-1.4\n%" + SCRIPT + b"\n"), "kept")
    yield Upload(
        "pdf with a stream that unpacks to a gigabyte",
        "a.pdf",
        pdf(b"9 0 obj\n<< /Filter /FlateDecode >>\nstream\n" + flat(1_000_000_000) + b"\nendstream\nendobj\n"),
        "kept",
    )
    yield Upload("pdf without an end", "a.pdf", pdf()[:-10], "refused")
    yield Upload("pdf of a head only", "a.pdf", b"%PDF-1.7\n", "refused")
    yield Upload("pdf whose table is elsewhere", "a.pdf", pdf().replace(b"startxref\n", b"startxref\n9"), "refused")
    yield Upload("pdf with html after its end", "a.pdf", pdf() + SCRIPT, "refused")
    yield Upload("pdf of version 9", "a.pdf", pdf(head=b"%PDF-9.9\n"), "refused")


NAMES = {
    "up and up": "../../../../etc/cron.d/evil.jpg",
    "up the windows way": "..\\..\\windows\\win.ini.jpg",
    "from the root": "/etc/passwd",
    "a drive": "C:\\boot.ini.jpg",
    "a zero inside": "photo.jpg\x00.exe",
    "turned around": "permit\u202egpj.exe",
    "turned by isolates": "a\u2066b\u2069.jpg",
    "invisible": "a\u200b\u200c\ufeff.jpg",
    "line ends": "a\r\nSet-Cookie: x=1\r\n.jpg",
    "a header in it": 'a"; filename="evil.exe',
    "5,000 characters": "照" * 5000 + ".jpg",
    "a device": "CON.jpg",
    "a device with an ending": "aux.tar.jpg",
    "a printer": "LPT1",
    "only dots": "....",
    "only blanks": "   ",
    "only an ending": ".jpg",
    "hidden": ".htaccess",
    "a script": "<script>alert(1)</script>.jpg",
    "an image tag": '"><img src=x onerror=alert(1)>.jpg',
    "a template": "{{ config }}${7*7}#{7*7}.jpg",
    "a formula": '=HYPERLINK("http://192.0.2.1").jpg',
    "half a surrogate": "a\udc80b.jpg",
    "per cent": "%2e%2e%2f%00.jpg",
    "a stream": "a.jpg::$DATA",
    "stars": "a*b?c|d.jpg",
    "marks on marks": "Z" + "\u0300" * 300 + ".jpg",
    "two endings": "a.php.jpg",
    "a quote": "O'Brien'; DROP TABLE attachment;--.jpg",
}  # fmt: skip


def uploads() -> list[Upload]:
    """All of them."""
    named = [
        Upload(f"name: {label}", name, jpeg((64 + number, 48)), "kept")
        for number, (label, name) in enumerate(NAMES.items())
    ]
    return [*lying_names(), *broken_photos(), *bombs(), *polyglots(), *papers(), *named]
