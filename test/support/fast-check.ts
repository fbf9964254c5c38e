import fc from "fast-check";
import { SOAK } from "./soak.js";

/** The same cases in each run, so that none fails by chance; `npm run test:soak` has others each time. */
if (SOAK === 1) fc.configureGlobal({ seed: 20_260_131 });

export default fc;
