import { describe } from "vitest";
import { describeApplication } from "./application.contract.js";
import { describeDelivery } from "./feed-delivery.contract.js";
import { describeParking } from "./feed-parking.contract.js";
import { describeProgress } from "./feed-progress.contract.js";
import { describeResending } from "./feed-resend.contract.js";
import { describeBeginning } from "./feed-starting-position.contract.js";
import { describeSubscriptions } from "./feed-subscriptions.contract.js";
import type { NewPlace } from "./fresh-place.js";
import { describeJobs } from "./jobs.contract.js";

/** The one thing in which feeds may differ. */
export interface FeedTraits {
  /** Several subscribers of one name share its orders; else only one at a time is let in. */
  readonly shares: boolean;
}

/** What every feed promises. */
export function describeOrderFeed(name: string, traits: FeedTraits, newPlace: NewPlace): void {
  describe(`${name}, as any feed,`, () => {
    describeBeginning(newPlace);
    describeDelivery(newPlace);
    describeProgress(newPlace);
    describeParking(newPlace);
    describeResending(newPlace);
    describeSubscriptions(traits, newPlace);
    describeApplication(newPlace);
    describeJobs(newPlace);
  });
}
