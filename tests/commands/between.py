"""What stands between a client and its server: answers every request with the bytes of a file, closes, and counts.

between.py ANSWER COUNT: prints its port; the number of requests so far stands in COUNT. It is killed when the case is over.
"""
import socket
import sys
import threading


def serve(link, answer, count, lock):
    with link:
        head = b""
        while b"\r\n\r\n" not in head:
            got = link.recv(65536)
            if not got:
                return
            head += got
        with lock:
            with open(count, "ab") as file:
                file.write(head.split(b"\r\n", 1)[0] + b"\n")
        with open(answer, "rb") as file:
            link.sendall(file.read())


def main():
    answer, count = sys.argv[1:]
    lock = threading.Lock()
    door = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(door.getsockname()[1], flush=True)
    while True:
        link, _ = door.accept()
        threading.Thread(target=serve, args=(link, answer, count, lock), daemon=True).start()


main()
