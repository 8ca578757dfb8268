"""Keys that sign packs: one pair per installation, and the public ones that went before it.

Only Ed25519 (RFC 8032), through `cryptography`. The private key stays in the home folder with
mode 0600; what is carried to a laptop is the public one, as 64 hexadecimal digits.
"""

from __future__ import annotations

import contextlib
import hmac
import os
import re
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from recommender.errors import PackRefused

SEED_BYTES = 32
SIGNATURE_BYTES = 64
FOLDER = "packs"
PRIVATE, PUBLIC = "signing.key", "signing.pub"
_RETIRED = "retired"  # public keys whose packs and journals are still taken in
_DIGITS = re.compile(r"[0-9a-f]{64}")


def signing_key(home: Path) -> Ed25519PrivateKey:
    """Read the key that signs; the first who asks makes it.

    Raises
    ------
    PackRefused
        If it is broken, or others may read it.
    """
    folder = home / FOLDER
    file = folder / PRIVATE
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        _write_once(file, secrets.token_bytes(SEED_BYTES))
    if file.stat().st_mode & 0o077:
        raise PackRefused("loose_key", str(file))
    seed = file.read_bytes()
    if len(seed) != SEED_BYTES:
        raise PackRefused("broken_key", str(file))
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = folder / PUBLIC
    if not public.exists() or public.read_text("ascii").strip() != public_of(key):
        public.write_text(public_of(key) + "\n", encoding="ascii")
    return key


def new_signing_key(home: Path) -> Ed25519PrivateKey:
    """Make another key; the one before signs nothing more, and its journals are still taken in."""
    folder = home / FOLDER
    if (folder / PRIVATE).exists():
        before = public_of(signing_key(home))
        (folder / _RETIRED).mkdir(exist_ok=True)
        (folder / _RETIRED / f"{before}.pub").write_text(before + "\n", encoding="ascii")
        (folder / PRIVATE).unlink()
    return signing_key(home)


def own_keys(home: Path) -> tuple[str, ...]:
    """Name every public key that this installation signs with or has signed with."""
    retired = sorted(path.stem for path in (home / FOLDER / _RETIRED).glob("*.pub"))
    return (public_of(signing_key(home)), *retired)


def read_public(written: str) -> str:
    """Read a public key as people give it: its digits, or a file that holds them.

    Raises
    ------
    PackRefused
        If it is neither.
    """
    text = written.strip().lower()
    if not _DIGITS.fullmatch(text):
        with contextlib.suppress(OSError, ValueError):
            text = Path(written).read_text("ascii").strip().lower()
    if not _DIGITS.fullmatch(text):
        raise PackRefused("not_a_key")
    return text


def public_of(key: Ed25519PrivateKey) -> str:
    """Give the public half of a key, 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def is_signed(public: str, signature: bytes, message: bytes) -> bool:
    """Whether a message was signed with the private half of a key."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def journal_seed(key: Ed25519PrivateKey, pack_id: str) -> bytes:
    """Make the seed of the key that signs the journal of one pack: 32 bytes, always the same."""
    return hmac.digest(key.private_bytes_raw(), f"journal {pack_id}".encode(), "sha256")


def of_seed(seed: bytes) -> Ed25519PrivateKey:
    """Make a key again from its 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def _write_once(file: Path, content: bytes) -> None:
    """Write a secret whole or not at all, never in place of another's."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            file.hardlink_to(draft)
    finally:
        draft.unlink()
