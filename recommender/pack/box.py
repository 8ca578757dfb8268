r"""The file of a pack: a signed list of members, then the members, and not a byte beside.

::

    PLACEMENT-PACK 1\n | signature, 64 bytes | length, 8 bytes | manifest, JSON | members

The signature covers the first line, the length and the manifest, which names each member with
its size and SHA-256 in order; so every byte of the file is accounted for. Nothing but the
manifest is looked into before all of it holds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from recommender.errors import PackRefused
from recommender.pack import keys

FORMAT = 1
_NAME = b"PLACEMENT-PACK "
_MAGIC = _NAME + b"%d\n" % FORMAT
_LENGTH = 8
_HEAD = len(_MAGIC) + keys.SIGNATURE_BYTES + _LENGTH
MOST_MANIFEST = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A pack whose every byte was held against its signature.

    Attributes
    ----------
    manifest
        Without the list of members.
    members
        Name → content.
    signed
        The bytes that were signed, and the signature: what proves the manifest to anybody.
    """

    manifest: Mapping[str, Any]
    members: Mapping[str, bytes]
    signed: bytes
    signature: bytes


def seal(facts: Mapping[str, Any], members: Mapping[str, bytes], key: Ed25519PrivateKey) -> bytes:
    """Write a pack: the same bytes for the same content."""
    listed = [
        {"name": name, "bytes": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in sorted(members.items())
    ]
    manifest = to_json({**facts, "key": keys.public_of(key), "members": listed})
    length = len(manifest).to_bytes(_LENGTH, "big")
    signature = key.sign(_MAGIC + length + manifest)
    contents = (content for _, content in sorted(members.items()))
    return b"".join((_MAGIC, signature, length, manifest, *contents))


def unseal(content: bytes, public: str) -> Box:
    """Read a pack that was signed with the private half of a key.

    Raises
    ------
    PackRefused
        If it is no pack or of another format, was signed with another key, or any byte of it
        is missing, changed or too many.
    """
    if not content.startswith(_MAGIC):
        raise _no_pack(content)
    if len(content) < _HEAD:
        raise PackRefused("cut_short", f"{_HEAD - len(content)}+")
    signature = content[len(_MAGIC) : _HEAD - _LENGTH]
    length = int.from_bytes(content[_HEAD - _LENGTH : _HEAD], "big")
    written = content[_HEAD : _HEAD + min(length, MOST_MANIFEST)]
    signed = _MAGIC + content[_HEAD - _LENGTH : _HEAD] + written
    if not keys.is_signed(public, signature, signed):
        raise _unsigned(content, length, written, public)
    manifest = json.loads(written)
    members = _members(manifest.pop("members"), content[_HEAD + length :])
    return Box(manifest=manifest, members=members, signed=signed, signature=signature)


def signed_manifest(signed: bytes) -> dict[str, Any]:
    """Read the manifest out of what `Box.signed` kept, once its signature holds."""
    manifest: dict[str, Any] = json.loads(signed[len(_MAGIC) + _LENGTH :])
    return manifest


def to_json(value: object) -> bytes:
    """Write JSON of which there is one way: sorted, without blanks."""
    text = json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return text.encode("utf-8")


def _members(listed: list[dict[str, Any]], rest: bytes) -> dict[str, bytes]:
    expected = sum(each["bytes"] for each in listed)
    if len(rest) < expected:
        raise PackRefused("cut_short", str(expected - len(rest)))
    members, start = {}, 0
    for each in listed:
        content = rest[start : start + each["bytes"]]
        start += each["bytes"]
        if sha256(content).hexdigest() != each["sha256"]:
            raise PackRefused("tampered", each["name"])
        members[each["name"]] = content
    if len(rest) > expected:
        raise PackRefused("tampered", f"+{len(rest) - expected} B")
    return members


def _no_pack(content: bytes) -> PackRefused:
    """Tell another format from what is no pack at all."""
    if _MAGIC.startswith(content):
        return PackRefused("cut_short", f"{_HEAD - len(content)}+")
    line, end, _ = content[: len(_NAME) + 8].partition(b"\n")
    number = line.removeprefix(_NAME)
    if end and line.startswith(_NAME) and number.isdigit():
        return PackRefused("other_format", number.decode("ascii"), str(FORMAT))
    return PackRefused("not_a_pack", repr(line[:16])[2:-1])


def _unsigned(content: bytes, length: int, written: bytes, public: str) -> PackRefused:
    """Say, as far as an unproved manifest tells, why the signature does not hold."""
    if len(content) - _HEAD < length <= MOST_MANIFEST:
        return PackRefused("cut_short", f"{length - len(content) + _HEAD}+")
    try:
        named = str(json.loads(written)["key"])
    except (ValueError, KeyError, TypeError):
        named = public
    if named != public and keys.is_signed(
        named,
        content[len(_MAGIC) : _HEAD - _LENGTH],
        _MAGIC + content[_HEAD - _LENGTH : _HEAD] + written,
    ):
        return PackRefused("other_key", named[:16], public[:16])
    return PackRefused("tampered", "manifest.json")
