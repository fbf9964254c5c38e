import "orders-cli";

declare module "orders-cli" {
  interface Events {
    /** An item is nearly sold out. */
    "stock-low": { readonly item: string; readonly left: number };
  }
}
