import { Argument, Command } from "commander";
import { SCRIPTS, type Shell } from "../complete/scripts.js";
import type { Context } from "../context.js";
import { addCommonOptions } from "../parsing/common-options.js";

export function createCompletionCommand(context: Context): Command {
  const command = new Command("completion")
    .description(
      "Print the script with which a shell completes verbs, options, subscriptions and order ids.\nPut the line for your shell where it reads its settings: ~/.bashrc, ~/.zshrc (below compinit), ~/.config/fish/config.fish, $PROFILE.",
    )
    .addArgument(new Argument("<shell>", "the shell").choices(Object.keys(SCRIPTS)))
    .action((shell: Shell) => void context.io.stdout.write(SCRIPTS[shell]));
  return addCommonOptions(command, [
    'eval "$(orders completion bash)"',
    "source <(orders completion zsh)",
    "orders completion fish | source",
    "orders completion powershell | Out-String | Invoke-Expression",
  ]);
}
