"""A plugin (``-p without_linux``) that takes away what Linux alone has, before anything of ours is imported.

What is left is what macOS has too: no epoll, no POLLRDHUP, pipes as large as they come, no signal of one's choice for
what happens at a descriptor, buffers that are refused where Linux gives a smaller one, and options that cannot be set
on a connection whose other end is gone.
"""

import errno
import fcntl
import select
import selectors
import socket

LARGEST = 7 << 20  # bytes; what macOS gives a socket at most, as it comes
OURS = {"epoll", "POLLRDHUP", "F_SETPIPE_SZ", "F_GETPIPE_SZ", "F_SETSIG", "F_GETSIG"}

for module in (select, fcntl):
    for name in OURS.intersection(vars(module)):
        delattr(module, name)
selectors.DefaultSelector = selectors.PollSelector  # the library chose when it was imported
_setsockopt = socket.socket.setsockopt


def _set_as_elsewhere(self, level, option, *value):
    if (level, option) == (socket.SOL_SOCKET, socket.SO_RCVBUF) and value[0] > LARGEST:
        raise OSError(errno.ENOBUFS, "No buffer space available")
    if level == socket.IPPROTO_TCP and _is_reset(self):
        raise OSError(errno.EINVAL, "Invalid argument")
    _setsockopt(self, level, option, *value)


def _is_reset(sock):
    poll = select.poll()
    poll.register(sock, 0)
    return any(mask & select.POLLERR for _, mask in poll.poll(0))


socket.socket.setsockopt = _set_as_elsewhere
