import type { CommandName } from '../app/options/commands.ts';

/** For the help text of the program. */
export const FIRST_STEPS = `
Examples:
  emnist-tui                              open the app
  emnist-tui draw                         draw in the browser and see what is recognized
  emnist-tui fetch && emnist-tui train    train on the balanced split
  emnist-tui predict --text note.jpg      read the lines of a picture
`;

/** Example command lines for the help texts and docs/cli.md. */
export const EXAMPLES: { readonly [Name in CommandName]?: readonly string[] } = {
  fetch: [
    'emnist-tui fetch --split letters',
    'emnist-tui fetch --from ~/Downloads/gzip.zip',
    'emnist-tui fetch --from signs --name signs',
  ],
  train: [
    'emnist-tui train --split digits --epochs 5',
    'emnist-tui train --architecture cnn --name my-cnn',
    'emnist-tui train --network lenet.json',
    'emnist-tui train --from shipped --split digits --epochs 2',
  ],
  evaluate: ['emnist-tui evaluate --split digits --model shipped'],
  predict: [
    'emnist-tui predict word.png --characters letters',
    'emnist-tui predict - --json < drawings.jsonl',
    'emnist-tui predict --text note.jpg --lexicon words.txt',
  ],
  draw: ['emnist-tui draw --host 0.0.0.0', 'emnist-tui draw --text --type | tee -a notes.txt'],
  samples: ['emnist-tui samples --export samples.jsonl', 'emnist-tui samples --delete 7'],
  export: ['emnist-tui export --format onnx --model shipped'],
  import: ['emnist-tui import model_emnist.h5 --name notebook'],
  clean: ['emnist-tui clean --datasets --dry-run'],
  schema: ['emnist-tui schema --options > options.schema.json'],
  completion: [
    'source <(emnist-tui completion bash)  # in ~/.bashrc',
    'source <(emnist-tui completion zsh)  # in ~/.zshrc, after compinit',
    'emnist-tui completion fish > ~/.config/fish/completions/emnist-tui.fish',
  ],
};
