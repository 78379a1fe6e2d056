"""An app with WebSockets: whatever comes after the handshake is sent back."""
import base64
import hashlib
import os
import signal
import socketserver

GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Chat(socketserver.StreamRequestHandler):
    rbufsize = 0

    def handle(self):
        key = ""
        while (line := self.line()).strip():
            if line.lower().startswith("sec-websocket-key:"):
                key = line.split(":", 1)[1].strip()
        if not key:
            return
        accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
        self.wfile.write(
            (
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Accept: " + accept + "\r\n\r\n"
            ).encode()
        )
        while sent := self.request.recv(4096):
            self.request.sendall(sent)

    def line(self):
        line = b""
        while not line.endswith(b"\n"):
            byte = self.rfile.read(1)
            if not byte:
                break
            line += byte
        return line.decode()


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(("0.0.0.0", int(os.environ["PORT"])), Chat).serve_forever()
