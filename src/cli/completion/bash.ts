import type { Command, Flag, Grammar, Value } from './grammar.ts';

/** A completion script for bash 3.2 (which macOS has) and later, without the bash-completion package. */
export function bashCompletion({ flags, commands }: Grammar): string {
  const withValue = [...flags, ...commands.flatMap((command) => command.flags)].filter(({ value }) => value);
  return `# bash completion for emnist-tui. Load it with: source <(emnist-tui completion bash)

_emnist_tui() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  local command= data_dir= kind=none words= flags= word i
  COMPREPLY=()
  # bash splits --flag=value into three words.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${[...new Set(withValue.flatMap(names))].join('|')})
        word=\${COMP_WORDS[i++]}
        [[ \${COMP_WORDS[i]} == = ]] && ((i++))
        [[ $word == --data-dir ]] && data_dir=\${COMP_WORDS[i]}
        ;;
      -*) ;;
      *) command=\${command:-\${COMP_WORDS[i]}} ;;
    esac
  done

  case "$command $prev" in
${[...flags.map((flag) => flagCase('*', flag)), ...commands.flatMap(({ name, flags: own }) => own.map((flag) => flagCase(name, flag)))].join('')}    *)
      case $command in
        '') kind=words words=${quote(commands.map(({ name }) => name).join(' '))} ;;
${commands.map(commandCase).join('')}      esac
      [[ $cur == -* ]] && kind=words words="$flags ${flags.flatMap(names).join(' ')}"
      ;;
  esac

  [[ $kind == model && $cur == */* ]] && kind=folder
  case $kind in
    words) COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
    words-or-file)
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
      [[ \${#COMPREPLY[@]} -gt 0 ]] || _emnist_tui_paths file "$cur"
      ;;
    model) COMPREPLY=($(compgen -W "$(_emnist_tui_models "\${COMP_WORDS[0]}" "$data_dir")" -- "$cur")) ;;
    file | folder) _emnist_tui_paths $kind "$cur" ;;
  esac
}

_emnist_tui_models() {
  "\${1/#\\~/$HOME}" models --json \${2:+--data-dir "\${2/#\\~/$HOME}"} 2>/dev/null | sed -n 's/.*"name":"\\([^"]*\\)".*/\\1/p'
}

# bash 4 and later can leave paths to readline, which knows how to quote them.
_emnist_tui_paths() {
  local IFS=$'\\n'
  if [[ $1 == folder ]]; then
    compopt -o dirnames 2>/dev/null || COMPREPLY=($(compgen -d -- "$2"))
  else
    compopt -o default 2>/dev/null || COMPREPLY=($(compgen -f -- "$2"))
  fi
}

complete -F _emnist_tui emnist-tui
`;
}

function names({ long, short }: Flag): string[] {
  return short ? [short, long] : [long];
}

function flagCase(command: string, flag: Flag): string {
  if (!flag.value) return '';
  const pattern = names(flag).map((name) => (command === '*' ? `*' ${name}'` : `'${command} ${name}'`));
  return `    ${pattern.join(' | ')}) ${assignment(flag.value)} ;;\n`;
}

function commandCase({ name, flags, argument }: Command): string {
  const assigned = argument ? `${assignment(argument)} ` : '';
  return `        ${name}) ${assigned}flags=${quote(flags.flatMap(names).join(' '))} ;;\n`;
}

function assignment(value: Value): string {
  if ('words' in value) return `kind=${value.kind} words=${quote(value.words.join(' '))}`;
  return `kind=${value.kind === 'text' ? 'none' : value.kind}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
