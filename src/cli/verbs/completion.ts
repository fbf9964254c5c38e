import { define } from "../options/definition.js";
import { SCRIPTS, type Shell } from "../shell/completion-scripts.js";

export const verb = define({
  description:
    "Print the script with which a shell completes verbs, options, subscriptions and order ids.\nPut the line for your shell where it reads its settings: ~/.bashrc, ~/.zshrc (below compinit), ~/.config/fish/config.fish, $PROFILE.",
  argument: { name: "shell", description: "the shell", choices: Object.keys(SCRIPTS) },
  options: {},
  examples: [
    'eval "$(orders completion bash)"',
    "source <(orders completion zsh)",
    "orders completion fish | source",
    "orders completion powershell | Out-String | Invoke-Expression",
  ],
  run: (_, { io }, shell) => void io.stdout.write(SCRIPTS[shell as Shell]),
});
