"""Finds the window that has a file open already, and brings it to the front.

Every window listens under the number of its process, which the lock of its file tells.  Without
Qt's network part, or where nobody answers, the question about the lock is left.
"""

from __future__ import annotations

import getpass
import hashlib
import os
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from ui.files.lock import FileLock, Holding

try:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket
except ImportError:
    # It needs a library of the system (Kerberos) that some computers lack.
    QLocalServer = None

MILLISECONDS = 500
"""How long another window may take to answer."""
_MOST_BYTES = 8192
_YES, _NO = b"yes\n", b"no\n"


def server_name(process: int) -> str:
    """Where the window of a process listens; other users' windows are elsewhere."""
    user = hashlib.sha256(getpass.getuser().encode()).hexdigest()[:12]
    return f"backlit-{user}-{process}"


class Neighbours(QObject):
    """Answers other windows that ask whether this one has a file open.

    Signals
    -------
    called : another window asked for the file that is open here.
    """

    called = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.place: Path | None = None
        self._server: QLocalServer | None = None

    def listen(self) -> bool:
        """Be there for others from now on; False where that cannot be."""
        if QLocalServer is None:
            return False
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        name = server_name(os.getpid())
        # A process of the same number that crashed may have left its name behind.
        QLocalServer.removeServer(name)
        if not server.listen(name):
            return False
        server.newConnection.connect(self._on_connection)
        self._server = server
        return True

    def close(self) -> None:
        """Answer nobody any more."""
        if self._server is not None:
            self._server.close()
            self._server = None

    def _on_connection(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            connection = self._server.nextPendingConnection()
            connection.readyRead.connect(self._on_asked)
            connection.disconnected.connect(connection.deleteLater)
            if connection.bytesAvailable():
                self._answer(connection)

    def _on_asked(self) -> None:
        self._answer(self.sender())

    def _answer(self, connection: QLocalSocket) -> None:
        if not connection.canReadLine():
            if connection.bytesAvailable() > _MOST_BYTES:
                connection.abort()
            return
        asked = bytes(connection.readLine(_MOST_BYTES).data()).rstrip(b"\n")
        ours = self.place is not None and os.fsencode(os.path.realpath(self.place)) == asked
        connection.write(_YES if ours else _NO)
        connection.flush()
        connection.disconnectFromServer()
        if ours:
            self.called.emit()


def is_open_elsewhere(source: str) -> bool:
    """Whether a window has this file open; it is in front then."""
    path = Path(source)
    if not path.is_file() or path.suffix.lower() == ".json":
        return False
    lock = FileLock(path)
    holder = lock.take()
    if holder.holding is Holding.OURS:
        lock.release()
    return call(holder.process, path)


def call(process: int, path: Path) -> bool:
    """Have the window of a process come to the front if it has this file; whether it does."""
    if QLocalServer is None or process <= 0:
        return False
    socket = QLocalSocket()
    socket.connectToServer(server_name(process))
    if not socket.waitForConnected(MILLISECONDS):
        return False
    socket.write(os.fsencode(os.path.realpath(path)) + b"\n")
    socket.flush()
    answer = b""
    while b"\n" not in answer and socket.waitForReadyRead(MILLISECONDS):
        answer += bytes(socket.readAll().data())
    return answer == _YES
