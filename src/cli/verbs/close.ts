import { closingVerb } from "../close-orders.js";

/** `orders cancel` */
export const cancel = closingVerb({
  as: "cancelled",
  description:
    "Cancel orders and notify the sales desk with a banner on stdout.\nAn order stays stored: orders list --all and orders show tell when and why it was cancelled.",
  remark: ["reason", "reason for the cancellation"],
  pipe: "orders list --quiet --item lamp | orders cancel -",
  examples: ['orders cancel 403d33e9 --reason "out of stock"'],
  close: (orders, id, reason) => orders.cancelOrder(id, reason),
});

/** `orders done` */
export const done = closingVerb({
  as: "done",
  description:
    "Mark orders as done and notify the sales desk with a banner on stdout.\norders list --open lists what is left. A done order cannot be cancelled, nor a cancelled one done.",
  remark: ["note", "a note on its completion"],
  pipe: 'orders list --open --quiet --for "Miller" | orders done -',
  examples: ['orders done 403d33e9 --note "sent by parcel"'],
  close: (orders, id, note) => orders.completeOrder(id, note),
});
