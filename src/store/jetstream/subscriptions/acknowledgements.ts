import type { ServerConnection } from "../server/server-connection.js";
import { consumerInfo } from "./consumer-config.js";
import type { PullConsumer, PulledMessage } from "./pull-consumer.js";

/** How long an answer to an acknowledgement may take, before it is sent again. */
const CONFIRM_TIMEOUT_MS = 2000;

/**
 * What one subscriber tells the server of its messages. The server confirms the last acknowledgement of each batch,
 * and with it those before; when the confirmation is lost it is sent again, which changes nothing.
 */
export class Acknowledgements {
  readonly #server: ServerConnection;
  readonly #batch: number;
  #unconfirmed = 0;
  #hasEnded: boolean = false;

  constructor(server: ServerConnection, batch: number) {
    this.#server = server;
    this.#batch = batch;
  }

  /** The message was handled, and is not delivered again. */
  async acknowledge(messages: PullConsumer, pulled: PulledMessage): Promise<void> {
    messages.settle(pulled);
    const confirm = ++this.#unconfirmed >= this.#batch || this.#hasEnded;
    if (confirm) this.#unconfirmed = 0;
    await this.#server.ask("acknowledge the order", async (connected) => {
      const { nc } = connected;
      if (!confirm) return nc.publish(pulled.ackSubject, "+ACK");
      try {
        await nc.request(pulled.ackSubject, "+ACK", { timeout: CONFIRM_TIMEOUT_MS });
      } catch (error) {
        // A consumer that was removed meanwhile confirms nothing.
        if (await consumerInfo(connected, messages.stream, messages.consumer)) throw error;
      }
    });
  }

  /** From now on each acknowledgement is confirmed. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Refuses messages, so that the next subscriber need not wait until the server gives up. */
  async refuse(pulled: readonly PulledMessage[]): Promise<void> {
    const refusals = pulled.map(({ ackSubject }) =>
      this.#server.ask("return the order", ({ nc }) =>
        nc.request(ackSubject, "-NAK", { timeout: CONFIRM_TIMEOUT_MS }),
      ),
    );
    await Promise.allSettled(refusals); // what is not refused is delivered again, later
  }

  /** Resolves once the server has every acknowledgement. */
  async flush(): Promise<void> {
    if (this.#unconfirmed === 0) return;
    await this.#server.ask("acknowledge the orders", ({ nc }) => nc.flush());
  }
}
