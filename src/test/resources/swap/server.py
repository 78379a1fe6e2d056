"""An app that keeps connections open: GET gives its version, POST its version and what was sent."""
import os
import signal
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

with open("/app/version") as file:
    VERSION = file.read().strip()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(1)
        self.answer(VERSION)

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.answer(VERSION + " got " + sent)

    def answer(self, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print("version", VERSION, "is about to listen", flush=True)
Server(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
