"""What the wrong nodes share. A node is a class with a method for each type of message: echo(body) returns the
body of the answer, or None if it comes later. Transactions are carried out by transact(txn)."""
import copy
import json
import select
import sys


class Refused(Exception):
    """The answer is an error: code 30, a transaction that did not happen."""


class Node:
    def __init__(self):
        self.name = None
        self.count = 0

    def every(self, period):
        """True once in that many calls."""
        self.count += 1
        return self.count % period == 0

    def init(self, body):
        self.name = body["node_id"]
        return {}

    def topology(self, body):
        return {}

    def reply(self, request, body):
        kind = body.pop("type", request["body"]["type"] + "_ok")
        body.update(type=kind, in_reply_to=request["body"]["msg_id"])
        print(json.dumps({"src": self.name, "dest": request["src"], "body": body}), flush=True)

    def handle(self, request):
        try:
            body = getattr(self, request["body"]["type"])(request["body"])
        except Refused as refused:
            body = {"type": "error", "code": 30, "text": str(refused)}
        if body is not None:
            self.reply(request, body)

    def run(self):
        for line in sys.stdin:
            self.handle(json.loads(line))


class Log(Node):
    """Right but for what the subclass changes. One node, one log for each key."""

    def __init__(self):
        super().__init__()
        self.logs = {}  # key -> [[offset, message], ...]
        self.next = {}  # key -> the next offset
        self.committed = {}

    def new_offset(self, key):
        self.next[key] = self.next.get(key, -1) + 1
        return self.next[key]

    def store(self, key, offset, message):
        self.logs.setdefault(key, []).append([offset, message])

    def send(self, body):
        offset = self.new_offset(body["key"])
        self.store(body["key"], offset, body["msg"])
        return {"offset": offset}

    def messages(self, key, start):
        return [pair for pair in self.logs.get(key, []) if pair[0] >= start]

    def poll(self, body):
        return {"msgs": {key: self.messages(key, start) for key, start in body["offsets"].items()}}

    def commit_offsets(self, body):
        self.committed.update(body["offsets"])
        return {}

    def list_committed_offsets(self, body):
        return {"offsets": {key: self.committed[key] for key in body["keys"] if key in self.committed}}


class Store(Node):
    """Carries out transactions one after the other, on lists or on registers."""

    def __init__(self):
        super().__init__()
        self.state = {}

    @staticmethod
    def apply(state, txn):
        """Returns the transaction with its reads filled in; changes the state."""
        done = []
        for f, key, value in txn:
            if f == "r":
                value = copy.copy(state.get(key))
            elif f == "append":
                state[key] = state.get(key, []) + [value]
            else:
                state[key] = value
            done.append([f, key, value])
        return done

    def transact(self, txn):
        return self.apply(self.state, txn)

    def txn(self, body):
        return {"txn": self.transact(body["txn"])}


def written(txn):
    return {key for f, key, _ in txn if f != "r"}


class PairStore(Store):
    """Waits for a second transaction, a twentieth of a second, and hands both to transact_pair()."""

    def run(self):
        first = None
        pending = b""
        while True:
            ready, _, _ = select.select([0], [], [], 0.05 if first else None)
            if not ready:
                self.handle(first)
                first = None
                continue
            chunk = sys.stdin.buffer.raw.read(65536)
            if not chunk:
                return
            *lines, pending = (pending + chunk).split(b"\n")
            for line in lines:
                request = json.loads(line)
                if request["body"]["type"] != "txn":
                    self.handle(request)
                elif first is None:
                    first = request
                else:
                    answers = self.transact_pair(first["body"]["txn"], request["body"]["txn"])
                    for asked, done in zip((first, request), answers):
                        self.reply(asked, {"txn": done})
                    first = None
