/** What `orders help` explains besides the verbs, each with what it is about. */
export const TOPIC_LIST = {
  "exit-codes": "what each exit code means",
  stores: "where orders are kept, and how a store is chosen",
  scripting: "orders in scripts: output, retries, hooks",
  environment: "the environment variables that orders reads and sets",
} as const;
