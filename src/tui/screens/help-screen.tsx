import { Box } from 'ink';
import type { ReactNode } from 'react';
import { alignLeft, columnsOf, wrap } from '../../app/text-layout.ts';
import { useAppContext } from '../app-context.ts';
import { bodySize } from '../components/body-size.ts';
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

const NAME_WIDTH = 12;

/** What the program does, and its keys. */
export function HelpScreen(): ReactNode {
  const app = useAppContext();
  const { width } = bodySize(app);
  useKeys('view', { back: () => app.navigate({ screen: 'home' }) }, { menu: true });
  return (
    <Frame title="Help" keyContexts={['view', 'global']}>
      <Lines lines={wrap(ABOUT, width)} />
      <Box marginTop={1}>
        <Lines lines={keyLines(width, app.theme)} />
      </Box>
    </Frame>
  );
}

function keyLines(width: number, theme: Theme): string[] {
  const { upDown, leftRight } = theme.glyphs;
  const everywhere = [
    { key: upDown, label: 'move' },
    { key: leftRight, label: 'change' },
    { key: 'Enter', label: 'confirm' },
    { key: 'Esc', label: 'back' },
    { key: 'Ctrl-C', label: 'quit now (a training run keeps its checkpoint)' },
  ];
  return [
    ...sectionLines('Everywhere', everywhere, width, theme),
    ...SECTIONS.flatMap(([name, context]) => sectionLines(name, keyHints(context), width, theme)),
  ];
}

/** As many lines as the hints need, the first with the name of the section. */
function sectionLines(name: string, hints: readonly KeyHint[], width: number, theme: Theme): string[] {
  const lines: string[] = [];
  let line = '';
  for (const { key, label } of hints) {
    const hint = `${theme.paint('key', key)} ${label}`;
    const longer = line === '' ? hint : `${line}   ${hint}`;
    if (line !== '' && columnsOf(longer) > width - NAME_WIDTH) {
      lines.push(line);
      line = hint;
    } else line = longer;
  }
  return [...lines, line].map(
    (text, index) => theme.paint('accent', alignLeft(index === 0 ? name : '', NAME_WIDTH)) + text,
  );
}
