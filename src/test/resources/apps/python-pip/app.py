import os
from http.server import BaseHTTPRequestHandler, HTTPServer

import greeting


class Page(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(greeting.text().encode() + b"\n")


HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Page).serve_forever()
