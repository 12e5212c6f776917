"""The picture that a phone reads to set up codes."""

from __future__ import annotations

import pyotp
from markupsafe import Markup

ISSUER = "projects"


def address(secret: str, username: str) -> str:
    """The `otpauth:` address of the secret."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)


def picture(secret: str, username: str) -> Markup:
    """The address as a QR code: an inline SVG without styles, the address itself not readable in it."""
    import segno

    drawn = segno.make(address(secret, username), error="m").svg_inline(
        scale=5, border=4, light="#fff", svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn by the library from modules of the code only
