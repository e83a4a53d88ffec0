#!/usr/bin/env python3
"""A node of the echo workload with one oddity: odd_node.py KIND, see README.md."""
import json
import sys
import uuid

kind = sys.argv[1]
me = None
waiting = {}  # what n1 has asked n0: id -> (client, msg_id)
asked = 0


def send(src, dest, body):
    print(json.dumps({"src": src, "dest": dest, "body": body}), flush=True)


def next_id():
    global asked
    asked += 1
    if kind == "string-ids":
        return str(uuid.uuid4())
    if kind == "float-ids":
        return asked + 0.5
    if kind == "big-ids":
        return 10**30 + asked
    return asked


def ask_n0(client, body):
    if kind == "relay":
        send(client, "n0", body)
        return
    number = next_id()
    waiting[number] = (client, body["msg_id"])
    question = {"type": "ask", "echo": body["echo"], "msg_id": number}
    if kind == "null-ids":
        question.update({"in_reply_to": None, "msg_id": None, "number": number})
    elif kind == "no-type":
        del question["type"]
    send(me, "n0", question)


def answer_client(client, msg_id, echo):
    body = {"type": "echo_ok", "echo": echo, "in_reply_to": msg_id}
    if kind == "null-ids-in-replies":
        body["msg_id"] = None
    send(me, client, body)


for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body.get("type") == "init":
        me = body["node_id"]
        reply = {"type": "init_ok", "in_reply_to": body["msg_id"]}
        if kind == "init-more":
            reply.update({"node_id": me, "msg_id": None})
        send(me, message["src"], reply)
    elif body.get("type") == "echo" and me != "n0":
        ask_n0(message["src"], body)
    elif body.get("type") == "echo":
        answer_client(message["src"], body["msg_id"], body["echo"])
    elif me == "n0":
        number = body["number"] if kind == "null-ids" else body["msg_id"]
        send(me, message["src"], {"type": "answer", "echo": body["echo"], "in_reply_to": number})
    else:
        client, msg_id = waiting.pop(body["in_reply_to"])
        answer_client(client, msg_id, body["echo"])
