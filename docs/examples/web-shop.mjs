/**
 * A shop on the web: a request places an order. Whoever gets no answer asks again with the same
 * idempotency key, and there is still one order.
 *
 *     node docs/examples/web-shop.mjs ./shop 8080
 *     curl http://localhost:8080/orders --data '{"items":["100 inch TV"],"for":"Ada"}' \
 *       --header "Idempotency-Key: $(uuidgen)"
 */
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import { OrdersError, openOrders } from "orders-cli";

const [store = "./shop", port = "8080"] = process.argv.slice(2);
const orders = await openOrders({ store });

/** Anything else that fails is answered with 500. */
const STATUS = {
  "invalid-order": 400,
  conflict: 422, // the key has been used for another order
  "disk-full": 503,
  "store-failed": 503,
  "server-unreachable": 503,
  "server-full": 503,
  "server-failed": 503,
  "outcome-unknown": 503, // it may be stored: with the same key it is safe to ask again
};
const MAX_BYTES = 64 * 1024;

const server = createServer(async (request, response) => {
  const { status, ...body } = await answer(request);
  response.writeHead(status, {
    "Content-Type": "application/json",
    ...(status === 503 && { "Retry-After": "1" }),
  });
  response.end(JSON.stringify(body));
});

async function answer(request) {
  if (request.url !== "/orders") return { status: 404, error: "there is only /orders" };
  if (request.method !== "POST") return { status: 405, error: "orders are placed with POST" };
  const { "idempotency-key": key, "content-length": length } = request.headers;
  if (key === undefined) return { status: 400, error: "Idempotency-Key is missing: a UUID" };
  if (!(Number(length) <= MAX_BYTES)) return { status: 413, error: "the order is too large" };
  try {
    const { items, for: name, note } = Object(await json(request));
    const id = key.replaceAll('"', "").toLowerCase();
    const { order, replayed } = await orders.placeOrder(items, { id, for: name, note });
    return { status: replayed ? 200 : 201, order };
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, error: "the body is not JSON" };
    // Stored, though somebody could not be told of it: to the customer it is an order.
    if (error.code === "notification-failed") return { status: 201, order: error.order };
    const status = error instanceof OrdersError ? STATUS[error.code] : undefined;
    if (status === undefined || status === 503) console.error(error);
    return { status: status ?? 500, error: status < 500 ? error.message : "please ask again" };
  }
}

server.listen(Number(port), "localhost", () => {
  const { port } = Object(server.address());
  console.log(`listening on http://localhost:${port}/orders`);
});

// Requests that are being answered are finished first.
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => server.close(() => orders.close()));
}
