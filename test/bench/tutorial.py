"""The same flow as the smallest program with PyPubSub and TinyDB has it: place-order "100 inch TV" ..."""

import os
import sys
import uuid

from pubsub import pub
from tinydb import TinyDB

db = TinyDB(os.environ["TUTORIAL_DB"])


def place_order(items):
    order = {"id": str(uuid.uuid4()), "items": items}
    db.insert(order)
    pub.sendMessage("order-created", order=order)


def order_created(order):
    text = f"============\nNew Order:\n============\nID: {order['id']}\nItems: {order['items']}"
    pub.sendMessage("notify-sales", text=text)


def notify_sales(text):
    print(text)


pub.subscribe(place_order, "place-order")
pub.subscribe(order_created, "order-created")
pub.subscribe(notify_sales, "notify-sales")
pub.sendMessage(sys.argv[1], items=sys.argv[2:])
