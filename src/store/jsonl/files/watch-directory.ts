import { watch } from "node:fs";

/**
 * Calls back when something changes in a directory, with its name if the system tells it. Some file systems report
 * no changes, so whoever uses this has to look from time to time as well.
 *
 * @returns what ends that.
 */
export function watchDirectory(
  directory: string,
  onChange: (file: string | null) => void,
): () => void {
  try {
    const watcher = watch(directory, (_, file) => onChange(file));
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => {}; // too many are being watched already, or there are no events here
  }
}
