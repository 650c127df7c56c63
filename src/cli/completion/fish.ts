import type { Flag, Grammar, Value } from './grammar.ts';

/** A completion script for fish. */
export function fishCompletion({ flags, commands }: Grammar): string {
  const withValue = [...flags, ...commands.flatMap((command) => command.flags)].filter(({ value }) => value);
  const skipped = [...new Set(withValue.flatMap(({ long, short }) => (short ? [short, long] : [long])))];
  return `# fish completion for emnist-tui. Load it with: emnist-tui completion fish | source

# Prints the command of the command line; fails when there is none yet.
function __emnist_tui_command
    set -l words (commandline -opc)
    set -l skip 1
    for word in $words
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case ${skipped.join(' ')}
                set skip 1
            case '-*'
            case '*'
                echo $word
                return
        end
    end
    return 1
end

function __emnist_tui_models
    emnist-tui models --json 2>/dev/null | string replace -rf '.*"name":"([^"]*)".*' '$1'
end

complete -c emnist-tui -f
${[
  ...flags.map((flag) => flagLine('', flag)),
  ...commands.map(({ name, summary }) => `-n 'not __emnist_tui_command' -a ${name} -d ${quote(summary)}`),
  ...commands.flatMap(({ name, flags: own, argument }) => [
    ...own.map((flag) => flagLine(`-n 'contains -- ${name} (__emnist_tui_command)' `, flag)),
    ...(argument ? [`-n 'contains -- ${name} (__emnist_tui_command)' ${argumentValues(argument)}`] : []),
  ]),
]
  .map((line) => `complete -c emnist-tui ${line}\n`)
  .join('')}`;
}

function flagLine(condition: string, { long, short, help, value }: Flag): string {
  const names = `${short ? `-s ${short.slice(1)} ` : ''}-l ${long.slice(2)}`;
  return `${condition}${names} ${value ? `${values(value)} ` : ''}-d ${quote(help)}`;
}

function argumentValues(value: Value): string {
  return 'words' in value ? `-a ${quote(value.words.join(' '))}` : '-F';
}

function values(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `-x -a ${quote(value.words.join(' '))}`;
    case 'words-or-file':
      return `-r -F -a ${quote(value.words.join(' '))}`;
    case 'file':
      return '-r -F';
    case 'folder':
      return `-x -a '(__fish_complete_directories)'`;
    case 'model':
      return `-r -F -a '(__emnist_tui_models)'`;
    case 'text':
      return '-x';
  }
}

function quote(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
