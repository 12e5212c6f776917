"""What is kept of a photo: its picture and nothing else. Rules FI-2 and FI-3."""

from __future__ import annotations

import io

import pytest
from hostile import MARK, Upload, polyglots
from pictures import exif, jpeg, noise, pdf, picture, png, saved
from PIL import Image

from projects.works.files.checks import complaint, sniff
from projects.works.files.extract import FileRefusedError, cleaned


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_loses_where_when_and_by_whom_it_was_taken(kind):
    sent = saved(picture((400, 300)), kind, exif=exif())
    assert b"Secret Owner" in sent
    assert opened(sent).getexif().get_ifd(0x8825)[1] == "N"
    for kept in (cleaned(sent).content, cleaned(sent).thumbnail):
        assert dict(opened(kept).getexif()) == {}
        assert not opened(kept).getexif().get_ifd(0x8825)
        for secret in (b"Secret", b"Model-9", b"Exif", b"2021:11:02"):
            assert secret not in kept


def test_a_photo_held_upright_stands_upright_once_its_notes_are_gone():
    corners = {1: (0, 0), 3: (1, 1), 6: (1, 0), 8: (0, 1)}  # where the white corner goes
    for orientation, (right, low) in corners.items():
        kept = opened(cleaned(jpeg((400, 300), exif=exif(orientation), quality=95)).content)
        assert kept.size == ((400, 300) if orientation in {1, 3} else (300, 400))
        at = (kept.width - 12 if right else 12, kept.height - 12 if low else 12)
        assert min(kept.convert("RGB").getpixel(at)) > 240, orientation


def test_a_phone_photo_keeps_its_size_and_a_huge_one_is_brought_to_four_thousand():
    photo = noise((500, 375)).resize((4000, 3000))
    assert opened(cleaned(saved(photo, quality=85)).content).size == (4000, 3000)
    huge = opened(cleaned(saved(photo.resize((8000, 6000)), quality=60)).content)
    assert max(huge.size) <= 4000
    assert abs(huge.width / huge.height - 4 / 3) < 0.01


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_is_kept_as_png_with_its_see_through_parts(mode):
    sent = saved(picture((50, 40)).convert("L" if mode == "I;16" else mode).convert(mode), "PNG")
    kept = cleaned(sent)
    assert (kept.media_type, opened(kept.content).size, opened(kept.thumbnail).format) == (
        "image/png",
        (50, 40),
        "JPEG",
    )
    if mode in {"LA", "RGBA"}:
        assert opened(kept.content).mode == mode


@pytest.mark.parametrize("mode", ["L", "CMYK", "RGB"])
def test_every_kind_of_jpeg_is_kept(mode):
    assert cleaned(saved(picture((50, 40)).convert(mode), "JPEG")).media_type == "image/jpeg"


def test_several_pictures_in_one_jpeg_as_phones_write_them_become_the_first():
    sent = saved(picture((60, 40)), "MPO", save_all=True, append_images=[picture((60, 40))])
    assert opened(sent).n_frames == 2
    kept = opened(cleaned(sent).content)
    assert (kept.format, getattr(kept, "n_frames", 1), kept.size) == ("JPEG", 1, (60, 40))


def test_a_thumbnail_is_a_jpeg_of_320_at_most():
    for sent in (
        jpeg((1600, 900)),
        png((900, 1600)),
        saved(picture((900, 900), (0, 0, 0, 0), "RGBA"), "PNG"),
        png((10, 10)),
    ):
        thumbnail = opened(cleaned(sent).thumbnail)
        assert thumbnail.format == "JPEG"
        assert max(thumbnail.size) <= 320
    assert thumbnail.size == (10, 10)  # small ones don't grow


def test_the_same_photo_gives_the_same_bytes_so_that_a_second_click_is_known():
    sent = saved(noise((300, 200)), "JPEG", exif=exif())
    assert cleaned(sent) == cleaned(sent)


@pytest.mark.parametrize("upload", [one for one in polyglots() if one.verdict == "kept"], ids=lambda one: one.label)
def test_nothing_hides_behind_a_picture(upload: Upload):
    kept = cleaned(upload.content)
    for part in (kept.content, kept.thumbnail):
        for hidden in (MARK, b"<script", b"PK\x03\x04", b"%PDF", b"<?php", b"Exif", b"tEXt", b"<x>"):
            assert hidden not in part


def test_a_pdf_is_kept_byte_for_byte():
    assert cleaned(pdf()).content == pdf()
    assert cleaned(pdf()).thumbnail is None
    assert sniff(pdf()) == "application/pdf"
    assert complaint(pdf(head=b"%PDF-2.0\r\n")) is None


def test_what_is_refused_says_what_it_is_and_what_to_do():
    with pytest.raises(FileRefusedError, match="另存为 JPEG"):
        cleaned(b"\x00\x00\x00\x18ftypheic" + bytes(50))
    with pytest.raises(FileRefusedError, match="Office"):
        cleaned(b"PK\x03\x04" + bytes(50))
    with pytest.raises(FileRefusedError, match="损坏"):
        cleaned(jpeg((400, 300))[:900])
