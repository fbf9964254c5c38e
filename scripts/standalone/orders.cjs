// Starts the program where it is one file: what bin/orders.js does where Node.js runs it.
const { dirname } = require("node:path");
const { main, processIo } = require("../../dist/bin/start.cjs");

// Within the file, package.json is beside the program.
main(process.argv.slice(2), processIo(dirname(process.argv[1]))).then((exitCode) => {
  process.exitCode = exitCode;
  // All is written but on a Windows console. Bun would wait for a connection to a server that never answers.
  if (process.platform !== "win32") process.exit();
});
