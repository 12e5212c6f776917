"""A password on paper, for one sign-in: whole for most accounts, in two halves for an office."""

from __future__ import annotations

from dataclasses import dataclass

from projects.people.sign_in.policy import Policy


@dataclass(frozen=True)
class Slip:
    """What is printed and handed over: `part` 1 or 2 of a password, 0 the whole of it."""

    username: str
    display_name: str
    secret: str
    part: int = 0


@dataclass(frozen=True)
class NewPassword:
    """A password as its operation takes it, and as it is shown once."""

    hashed: str
    policy: Policy
    slip: Slip
