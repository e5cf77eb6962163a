"""As much of an API server as one start needs: a Node, a Service and its EndpointSlice, and watches on which nothing happens."""

import http.server
import json
import threading
import urllib.parse

NODE = "bench"
NO_WEB_SOCKETS = 503  # The client then watches by plain HTTP.
VERSION = {"resourceVersion": "5"}


class ApiServer:
    """Listens on loopback, at {@code url}, as long as this process lives."""

    def __init__(self, objects):
        """{@code objects} by the name of their resource, such as services."""
        lists = {resource: json.dumps({"metadata": VERSION, "items": [items]}).encode()
                 for resource, items in objects.items()}
        node = json.dumps(objects["nodes"]).encode()

        class Request(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                url = urllib.parse.urlparse(self.path)
                resource = url.path.rpartition("/")[2]
                if "Upgrade" in self.headers:
                    self.answer(NO_WEB_SOCKETS)
                elif "watch" in urllib.parse.parse_qs(url.query):
                    self.watch()
                elif resource == NODE:
                    self.answer(200, node)
                elif resource in lists:
                    self.answer(200, lists[resource])
                else:
                    self.answer(404)

            def do_POST(self):
                self.answer(201, self.rfile.read(int(self.headers["Content-Length"])))

            def watch(self):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                self.rfile.read(1)

            def answer(self, status, body=b""):
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"

    def kubeconfig(self):
        return json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": self.url}}],
            "users": [{"name": "u", "user": {"token": "t"}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}]})
