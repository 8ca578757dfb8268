"""Where tablets find this laptop: its addresses on the local network, asked of nobody."""

from __future__ import annotations

import fcntl
import io
import socket
import struct

import segno

_SIOCGIFADDR = 0x8915  # linux/sockios.h: the IPv4 address of an interface
_EVERYWHERE = frozenset({"0.0.0.0", "::", ""})  # noqa: S104  # what is compared, not bound


def urls(host: str, port: int) -> list[str]:
    """Give the addresses at which a server that listens at a host is reached from tablets."""
    hosts = [host] if host not in _EVERYWHERE else _addresses() or ["127.0.0.1"]
    return [f"http://[{each}]:{port}" if ":" in each else f"http://{each}:{port}" for each in hosts]


def qr(url: str) -> str:
    """Draw an address as a QR code for a terminal."""
    drawn = io.StringIO()
    segno.make(url, micro=False).terminal(drawn, compact=True)
    return drawn.getvalue()


def _addresses() -> list[str]:
    """List the IPv4 addresses of the interfaces that are up, without the machine's own loop."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode()[:15])
            try:
                answer = fcntl.ioctl(asked.fileno(), _SIOCGIFADDR, request)
            except OSError:  # an interface without an address
                continue
            found.append(socket.inet_ntoa(answer[20:24]))
    return [each for each in found if not each.startswith("127.")]
