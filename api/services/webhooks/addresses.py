"""Addresses that webhooks may be sent to: public ones over https, unless the operator allows others."""

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from api.settings import Settings

MAX_URL = 400


class AddressError(ValueError):
    """The address is none that anything is sent to; the message says why, in Chinese."""


def check_url(url: str, settings: Settings) -> SplitResult:
    """The parts of a URL that is allowed; raises AddressError. A name that can't be found now may be found later."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise AddressError("网址不完整或端口不对。") from None
    schemes = ("https", "http") if settings.webhooks_private else ("https",)
    if parts.scheme not in schemes or not host or len(url) > MAX_URL or any(c.isspace() for c in url):
        raise AddressError(f"应为 {' 或 '.join(schemes)} 网址，不超过 {MAX_URL} 个字符。")
    if parts.username or parts.password or parts.fragment:
        raise AddressError("网址不能含用户名、口令或 # 片段。")
    try:
        resolve(host, parts.port or 443, settings)
    except OSError as error:
        if isinstance(error, PrivateAddressError):
            raise AddressError(str(error)) from None
    return parts


class PrivateAddressError(OSError):
    """The host leads into a private network."""


def resolve(host: str, port: int, settings: Settings) -> str:
    """An address of a host that may be connected to; raises OSError, for a private one PrivateAddressError.

    All addresses of the name have to be public: what is connected to is the very one that was looked at.
    """
    found = [info[4][0] for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    addresses = [str(address) for address in found]
    if not settings.webhooks_private:
        for address in addresses:
            plain = ipaddress.ip_address(address.partition("%")[0])
            mapped = getattr(plain, "ipv4_mapped", None) or plain
            if not mapped.is_global or mapped.is_multicast:
                raise PrivateAddressError(
                    f"{host} 指向内部网络地址 {address}，不能推送；确需推送到内网的，由管理员设置 GRADING_WEBHOOKS_PRIVATE=true。"
                )
    return addresses[0]
