"""A server whose answers a file says, for what the sandbox never sends: `odd_server.py WORLD.json` prints its port. WORLD has
"keys", "users", "workspaces" (lists of rows; a row that is a text goes out as it stands) and "members" (by workspace id); "before"
goes in front of each list of keys, and "headers" on it; "one" is what a read of any key answers. It is read anew for each request."""
import json
import re
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def listed(rows, query, page_name, size_name):
    size = int(query.get(size_name, ["100"])[0])
    page = int(query.get(page_name, ["0"])[0])
    part = rows[page * size:(page + 1) * size]
    texts = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in part]
    return '{"object":"list","total":%d,"data":[%s]}' % (len(rows), ",".join(texts))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_GET(self):
        with open(sys.argv[1], encoding="utf-8") as file:
            world = json.load(file)
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query)
        members = re.fullmatch(r"/v1/admin/workspaces/([^/]+)/users", url.path)
        one = re.fullmatch(r"/v1/api-keys/([^/]+)", url.path)
        headers, status = {}, 200
        if url.path == "/v1/api-keys":
            body = world.get("before", "") + listed(world["keys"], query, "current_page", "page_size")
            headers = world.get("headers", {})
        elif one:
            rows = [row for row in world["keys"] if not isinstance(row, str) and row["id"] == one[1]]
            rows = [world["one"]] if "one" in world else rows
            body = json.dumps(rows[0], ensure_ascii=False) if rows else '{"success":false,"data":{"message":"no","errorCode":"AB08"}}'
            status = 200 if rows else 404
        elif url.path == "/v1/admin/users":
            body = listed(world["users"], query, "currentPage", "pageSize")
        elif url.path == "/v1/admin/workspaces":
            body = listed(world["workspaces"], query, "current_page", "page_size")
        elif members:
            body = listed(world["members"].get(members[1], []), query, "current_page", "page_size")
        else:
            body, status = '{"success":false,"data":{"message":"no","errorCode":"AB08"}}', 404
        data = body.encode("utf-8", "surrogatepass")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
