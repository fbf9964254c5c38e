import type { ImportFormat } from "./formats/formats.js";
import type { RowReader } from "./formats/row.js";
import type { OpenPlainReader } from "./plain/plain-rows.js";

/** What reads a format: a file that is not plain is read row by row. */
export interface FormatReaders {
  readonly plain?: OpenPlainReader;
  readonly rows: RowReader;
}

/** The readers of a format: only those are loaded. */
export async function readersOf(format: ImportFormat): Promise<FormatReaders> {
  switch (format) {
    case "ndjson": {
      const { plainNdjson } = await import("./plain/plain-ndjson.js");
      const { readNdjson } = await import("./formats/read-ndjson.js");
      return { plain: plainNdjson, rows: readNdjson };
    }
    case "csv": {
      const { plainCsv } = await import("./plain/plain-csv.js");
      const { readCsv } = await import("./formats/read-csv.js");
      return { plain: plainCsv, rows: readCsv };
    }
    default: {
      const { documentReader } = await import("./formats/read-document.js");
      return { rows: documentReader(format) };
    }
  }
}
