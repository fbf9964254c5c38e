import { closingVerb } from "../close-orders.js";

export const verb = closingVerb({
  as: "cancelled",
  description:
    "Cancel orders and notify the sales desk with a banner on stdout.\nAn order stays stored: orders list --all and orders show tell when and why it was cancelled.",
  remark: ["reason", "reason for the cancellation"],
  pipe: "orders list --quiet --item lamp | orders cancel -",
  examples: ['orders cancel 403d33e9 --reason "out of stock"'],
  close: (orders, id, reason) => orders.cancelOrder(id, reason),
});
