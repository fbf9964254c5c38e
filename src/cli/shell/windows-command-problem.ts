import { statSync } from "node:fs";
import { win32 } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Why cmd.exe cannot start a command at all: its program is missing. The exit code alone does not tell, for
 * it is 1 for a line that cmd.exe is given, and the message is in the user's language.
 *
 * @param line a line for cmd.exe.
 * @returns `undefined` if it can, or if the line is more than one simple command.
 */
export function windowsCommandProblem(
  line: string,
  env: Environment,
  isFile: (path: string) => boolean = isExistingFile,
): string | undefined {
  const [, quoted, bare] = SIMPLE_COMMAND.exec(line) ?? [];
  const program = quoted ?? bare;
  if (program === undefined || isBuiltIn(program)) return undefined;
  // Outside of quotes a slash begins an option: `./ring` is the program `.`
  if (bare !== undefined && /^\.{1,2}\//.test(bare)) return `${bare}: not found; write it with \\`;
  if (/[/%]/.test(program)) return undefined;
  const directories = /[\\:]/.test(program) ? [""] : [".", ...pathOf(env)];
  const endings = ["", ...(variable(env, "PATHEXT") ?? ".COM;.EXE;.BAT;.CMD").split(";")];
  const isFound = directories.some((directory) =>
    endings.some((ending) => isFile(win32.join(directory, `${program}${ending}`))),
  );
  return isFound ? undefined : `${program}: not found`;
}

/** A program, in quotes or not, and arguments: nothing that joins commands or groups them. */
const SIMPLE_COMMAND = /^\s*@?(?:"([^"]+)"|([^\s"&|<>()^,;=]+))(?=\s|$)[^&|()\n]*$/;

/** Also `echo.` and `cd..`, which need no blank. */
function isBuiltIn(program: string): boolean {
  return BUILT_INS.has(/^[a-z]*/i.exec(program)?.[0].toLowerCase() ?? "");
}

const BUILT_INS = new Set(
  (
    "assoc break call cd chdir cls color copy date del dir echo endlocal erase exit for ftype goto if md " +
    "mkdir mklink move path pause popd prompt pushd rd rem ren rename rmdir set setlocal shift start time " +
    "title type ver verify vol"
  ).split(" "),
);

function pathOf(env: Environment): string[] {
  const directories = (variable(env, "PATH") ?? "").split(";");
  return directories.map((each) => each.replaceAll('"', "")).filter(Boolean);
}

/** The names of variables are the same in either case there. */
function variable(env: Environment, name: string): string | undefined {
  return Object.entries(env).find(([key]) => key.toUpperCase() === name)?.[1];
}

function isExistingFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
