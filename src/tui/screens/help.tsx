import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { type Context, hintsOf } from '../keymap.ts';
import { useShell } from '../shell.ts';
import type { Theme } from '../theme.ts';

const ABOUT =
  'emnist-tui fetches EMNIST, images of letters and digits written by hand, teaches a convolutional network to read ' +
  'them on this machine, and then reads what you draw in the browser. Accuracy is always told with what it was ' +
  'measured on: training images were learned from; validation images were kept from the same part; test images were ' +
  'never used in training, so theirs is the figure to quote.';

const SECTIONS: readonly (readonly [name: string, context: Context])[] = [
  ['Menu', 'global'],
  ['Forms', 'form'],
  ['Training', 'training'],
  ['Drawing', 'drawing'],
];

/** The keys, from the keymap, and what the program does. */
export function HelpScreen(): ReactNode {
  const shell = useShell();
  const { theme } = shell;
  useKeys('help', { back: () => shell.go({ screen: 'home' }) }, { menu: true });
  return (
    <Frame title="Help" contexts={['help', 'global']}>
      <Text>{ABOUT}</Text>
      <Box marginTop={1}>
        <Lines lines={keyLines(theme)} />
      </Box>
    </Frame>
  );
}

function keyLines(theme: Theme): string[] {
  const keys = (pairs: readonly { key: string; label: string }[]) =>
    pairs.map(({ key, label }) => `${theme.paint('key', key)} ${label}`).join('   ');
  const { updown, leftright } = theme.glyphs;
  return [
    `${theme.paint('accent', 'Everywhere')}  ${keys([
      { key: updown, label: 'move' },
      { key: leftright, label: 'change' },
      { key: 'Enter', label: 'go' },
      { key: 'Esc', label: 'back' },
    ])}`,
    `${' '.repeat(10)}  ${keys([{ key: 'Ctrl-C', label: 'quit at once; a training keeps its checkpoint' }])}`,
    ...SECTIONS.flatMap(([name, context]) => {
      const hints = hintsOf(context);
      const half = hints.length > 5 ? Math.ceil(hints.length / 2) : hints.length;
      const rest = hints.slice(half);
      return [
        `${theme.paint('accent', name.padEnd(10))}  ${keys(hints.slice(0, half))}`,
        ...(rest.length > 0 ? [`${' '.repeat(10)}  ${keys(rest)}`] : []),
      ];
    }),
  ];
}
