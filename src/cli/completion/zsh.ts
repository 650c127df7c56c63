import type { Command, Flag, Grammar, Value } from './grammar.ts';

/** A completion script for zsh, to be sourced, or placed in `$fpath` as `_emnist-tui`. */
export function zshCompletion({ flags, commands }: Grammar): string {
  return `#compdef emnist-tui
# zsh completion for emnist-tui. Load it with: source <(emnist-tui completion zsh)

_emnist-tui() {
  local curcontext=$curcontext context state line
  typeset -A opt_args
  local -a flags=(
${flags.map((flag) => `    ${flagSpec(flag)}\n`).join('')}  )
  _arguments -C $flags '1:command:_emnist-tui_commands' '*::argument:->argument' && return
  [[ $state == argument ]] || return 1
  case $words[1] in
${commands.map(commandCase).join('')}  esac
}

_emnist-tui_commands() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quote(`${name}:${summary}`)}\n`).join('')}  )
  _describe command commands
}

_emnist-tui_models() {
  local folder=\${(Q)opt_args[--data-dir]}
  local -a models=(\${(f)"$(_call_program models emnist-tui models --json \${folder:+--data-dir=\${(q)folder}} |
    sed -n 's/.*"name":"\\([^"]*\\)".*/\\1/p')"})
  _alternative 'models:model:compadd -a models' 'folders:folder:_files -/'
}

if [[ $funcstack[1] == _emnist-tui ]]; then
  _emnist-tui "$@"
else
  compdef _emnist-tui emnist-tui
fi
`;
}

function commandCase({ name, flags, argument }: Command): string {
  const specs = [
    ...flags.map(flagSpec),
    ...(argument ? [quote(`*:${escapeSpec(argument.name)}:${action(argument)}`)] : []),
  ];
  return `    ${name})\n      _arguments $flags${specs.map((spec) => ` \\\n        ${spec}`).join('')}\n      ;;\n`;
}

/** For `_arguments`: `'(-m --model)'{-m,--model=}'[help]:name:action'`. */
function flagSpec({ long, short, help, value }: Flag): string {
  const name = value ? `${long}=` : long;
  const rest = `[${escapeSpec(help)}]${value ? `:${escapeSpec(value.name)}:${action(value)}` : ''}`;
  return short ? `'(${short} ${long})'{${short},${name}}${quote(rest)}` : quote(`${name}${rest}`);
}

function action(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.join(' ')})`;
    case 'words-or-file':
      return `{compadd -- ${value.words.join(' ')}; _files}`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'model':
      return '_emnist-tui_models';
    case 'text':
      return ' ';
  }
}

function escapeSpec(text: string): string {
  return text.replace(/[[\]:\\]/g, '\\$&');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
