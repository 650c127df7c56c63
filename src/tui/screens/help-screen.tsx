import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { useAppContext } from '../app-context.ts';
import { Frame } from '../components/frame.tsx';
import { Lines } from '../components/lines.tsx';
import { useKeys } from '../hooks/use-keys.ts';
import { type KeyContext, type KeyHint, keyHints } from '../keys/keymap.ts';
import type { Theme } from '../theme/theme.ts';

const ABOUT =
  'emnist-tui fetches EMNIST (images of handwritten letters and digits), trains a convolutional network on this ' +
  'machine, and reads what you draw in the browser. Every accuracy says what it was measured on. The network learns ' +
  'from training images; validation images are held out of the same part; test images are never used in training, so ' +
  'the test accuracy is the figure to quote.';

const SECTIONS: readonly (readonly [name: string, context: KeyContext])[] = [
  ['Menu', 'global'],
  ['Forms', 'form'],
  ['Training', 'training'],
  ['Drawing', 'drawing'],
];

const NAME_WIDTH = 10;

/** What the program does, and its keys. */
export function HelpScreen(): ReactNode {
  const app = useAppContext();
  useKeys('help', { back: () => app.navigate({ screen: 'home' }) }, { menu: true });
  return (
    <Frame title="Help" keyContexts={['help', 'global']}>
      <Text>{ABOUT}</Text>
      <Box marginTop={1}>
        <Lines lines={keyLines(app.theme)} />
      </Box>
    </Frame>
  );
}

function keyLines(theme: Theme): string[] {
  const { upDown, leftRight } = theme.glyphs;
  const line = (name: string, hints: readonly KeyHint[]) =>
    `${theme.paint('accent', name.padEnd(NAME_WIDTH))}  ${hints
      .map(({ key, label }) => `${theme.paint('key', key)} ${label}`)
      .join('   ')}`;
  return [
    line('Everywhere', [
      { key: upDown, label: 'move' },
      { key: leftRight, label: 'change' },
      { key: 'Enter', label: 'confirm' },
      { key: 'Esc', label: 'back' },
    ]),
    line('', [{ key: 'Ctrl-C', label: 'quit now (a training run keeps its checkpoint)' }]),
    ...SECTIONS.flatMap(([name, context]) => {
      const hints = keyHints(context);
      const half = hints.length > 5 ? Math.ceil(hints.length / 2) : hints.length;
      return [line(name, hints.slice(0, half)), ...(half < hints.length ? [line('', hints.slice(half))] : [])];
    }),
  ];
}
