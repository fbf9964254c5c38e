/** How many times as long the long tests run: `npm run test:soak` sets it. */
export const SOAK = Number(process.env.ORDERS_SOAK ?? 1);
