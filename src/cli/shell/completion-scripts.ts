/*
 * Each script hands the line up to the cursor to `orders __complete` (see complete.ts), and what that prints
 * to its shell. Words that were typed and texts that are stored are only ever data: they are in quoted
 * variables, and nothing is passed to eval. A script may be read twice.
 */

/**
 * For bash 3.2, which macOS has, and newer; bash-completion is not needed. Where `=` separates words, only
 * what follows it is replaced. Descriptions are shown where bash only lists what is possible, for else it
 * could insert one.
 */
const BASH = `# Completion of orders for bash.
_orders() {
  local value description index
  local -a descriptions
  COMPREPLY=()
  while IFS=$'\\t' read -r value description; do
    case $value in
      :directories) compopt -o dirnames 2> /dev/null; return ;;
      :files) compopt -o default 2> /dev/null; return ;;
    esac
    [[ $COMP_WORDBREAKS == *=* ]] && value=\${value#--*=}
    [[ \${COMP_WORDS[COMP_CWORD]} == [\\"\\']* ]] || value=\${value// /\\\\ }
    [[ $value == *= ]] && compopt -o nospace 2> /dev/null
    COMPREPLY+=("$value")
    descriptions+=("$description")
  done < <(ORDERS_LINE=\${COMP_LINE:0:COMP_POINT} command orders __complete 2> /dev/null < /dev/null)
  if [[ $COMP_TYPE == 63 || $COMP_TYPE == 33 || $COMP_TYPE == 64 ]] && ((\${#COMPREPLY[@]} > 1)); then
    for index in "\${!COMPREPLY[@]}"; do
      [[ -n \${descriptions[index]} ]] || continue
      value="\${COMPREPLY[index]}  \${descriptions[index]}"
      COMPREPLY[index]=\${value:0:\${COLUMNS:-80} - 1}
    done
  fi
}
complete -o nosort -F _orders orders 2> /dev/null || complete -F _orders orders
`;

/** For zsh; also as a file \`_orders\` in a directory of \`fpath\`. */
const ZSH = `#compdef orders
# Completion of orders for zsh.
_orders() {
  local line="\${(j: :)words[1,CURRENT-1]} $PREFIX" value description
  local -a found ending
  while IFS=$'\\t' read -r value description; do
    case $value in
      (:directories) compset -P '--*='; _files -/; return ;;
      (:files) compset -P '--*='; _files; return ;;
    esac
    [[ $value == *= ]] && ending=(-S '')
    found+=("$value\${description:+:$description}")
  done < <(ORDERS_LINE=$line command orders __complete 2> /dev/null < /dev/null)
  (( $#found )) && _describe -V value found "\${ending[@]}"
}
if [[ \${funcstack[1]} == _orders ]]; then
  _orders "$@"
elif (( $+functions[compdef] )); then
  compdef _orders orders
fi
`;

const FISH = `# Completion of orders for fish.
function __orders_complete
    set -l line (commandline -cp | string collect)
    set -l current (commandline -ct | string collect)
    set -l option (string match -r -- '^--[^=]*=' "$current")
    set -l value (string replace -r -- '^--[^=]*=' '' "$current")
    for found in (ORDERS_LINE="$line" command orders __complete 2> /dev/null < /dev/null)
        switch $found
            case ':directories'
                printf '%s\\n' "$option"(__fish_complete_directories "$value" '')
            case ':files'
                printf '%s\\n' "$option"(__fish_complete_path "$value" '')
            case '*'
                printf '%s\\n' $found
        end
    end
end
complete -c orders -e
complete -c orders -f -k -a '(__orders_complete)'
`;

/**
 * For PowerShell 5.1 and newer. Its syntax tree leaves out the blanks before the cursor. A backslash is doubled,
 * for it is part of a path there and not the beginning of an escape.
 */
const POWERSHELL = `# Completion of orders for PowerShell.
Register-ArgumentCompleter -Native -CommandName orders -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $length = $cursorPosition - $commandAst.Extent.StartOffset
  $line = $commandAst.Extent.Text.PadRight($length).Substring(0, $length)
  $env:ORDERS_LINE = $line.Replace('\\', '\\\\')
  try {
    orders __complete 2> $null | ForEach-Object {
      $value, $description = $_ -split "\`t", 2
      if ($value.StartsWith(':')) { return }
      if (-not $description) { $description = $value }
      if ($value.Contains(' ')) { $value = "'$value'" }
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
    }
  } finally {
    Remove-Item Env:ORDERS_LINE
  }
}
`;

/** The script for each shell. */
export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL } as const;

/** A shell that can complete the words of `orders`. */
export type Shell = keyof typeof SCRIPTS;
