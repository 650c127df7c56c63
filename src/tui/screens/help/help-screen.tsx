import type { ReactNode } from 'react';
import { alignLeft, columnsOf, wrap } from '../../../app/text-layout.ts';
import { useAppContext } from '../../app-context.ts';
import { bodySize } from '../../components/body-size.ts';
import { Frame } from '../../components/frame.tsx';
import { Lines } from '../../components/lines.tsx';
import { useScrolledLines } from '../../components/scrolled-lines.ts';
import { useKeys } from '../../hooks/use-keys.ts';
import { useScrollMouse } from '../../hooks/use-scroll-mouse.ts';
import { useThemeKey } from '../../hooks/use-theme-key.ts';
import { type KeyContext, type KeyHint, keyHints } from '../../keys/keymap.ts';
import type { Theme } from '../../theme/theme.ts';

const ABOUT =
  'emnist-tui fetches EMNIST (images of handwritten letters and digits), trains a convolutional network on this ' +
  'machine, and reads what you draw or write. Every accuracy says what it was measured on. The network learns ' +
  'from training images; validation images are held out of the same part; test images are never used in training, so ' +
  'the test accuracy is the figure to quote.';

const NAME_WIDTH = 12;

/** What the program does, and its keys. It lies on top of the screen that it was opened from. */
export function HelpScreen(): ReactNode {
  const app = useAppContext();
  const { theme } = app;
  const { width, height } = bodySize(app);
  const { lines, keys } = useScrolledLines(
    [...wrap(ABOUT, width), '', ...keyLines(width, theme, app.mouse.isSupported)],
    height,
    theme,
  );
  useKeys('help', { ...keys, back: app.back }, { menu: true });
  useScrollMouse(keys);
  const themeHints = useThemeKey();
  return (
    <Frame title="Help" keyContexts={['help', ...themeHints, 'global']}>
      <Lines lines={lines} />
    </Frame>
  );
}

function keyLines(width: number, theme: Theme, mouseIsReported: boolean): string[] {
  const { upDown, leftRight } = theme.glyphs;
  const everywhere = [
    { key: upDown, label: 'move' },
    { key: 'PgUp/PgDn/Home/End/g/G', label: 'move far' },
    { key: leftRight, label: 'change' },
    { key: 'Enter', label: 'confirm' },
    { key: 'Esc', label: 'back' },
    { key: '?', label: 'keys of a screen' },
    { key: 'Ctrl-C', label: 'quit at once (training can be resumed)' },
  ];
  const mouse = [
    { key: 'click', label: 'focus, again Enter' },
    { key: 'wheel', label: 'move' },
    // Where the mouse is not used, and so not reported, nothing is different.
    { key: 'Shift-drag', label: 'select text' },
  ];
  const running = [
    { key: 'Esc', label: 'back: asks first' },
    { key: 'x', label: 'stop now' },
    { key: 'q', label: 'quit: asks first' },
  ];
  const lists = [
    { key: '/', label: 'filter' },
    { key: 'Enter', label: 'apply' },
    { key: 'Esc', label: 'clear' },
  ];
  return [
    ...sectionLines('Everywhere', everywhere, width, theme),
    ...sectionLines('Menu', keyHints('global'), width, theme),
    ...sectionLines(
      'Forms',
      [...hints('trainForm'), { key: 'letters', label: 'fill its text field, if it has one' }],
      width,
      theme,
    ),
    ...sectionLines('Long lists', lists, width, theme),
    ...(mouseIsReported ? sectionLines('Mouse', mouse, width, theme) : []),
    ...sectionLines('Running', running, width, theme),
    ...sectionLines('Images', imagesHints(), width, theme),
    ...sectionLines('Training', keyHints('trainingModel'), width, theme),
    ...sectionLines('Charts', hints('trainCharts'), width, theme),
    ...sectionLines('Drawing', [...hints('readingAfterLabel'), ...hints('drawing')], width, theme),
    ...sectionLines('Writing', [...hints('accepted'), ...hints('collected'), ...hints('writing')], width, theme),
    // What Del does is said below, once.
    ...sectionLines(
      'Learning',
      hints('samples').filter(({ key }) => key !== 'Del'),
      width,
      theme,
    ),
    ...sectionLines('Evaluation', hints('evaluated'), width, theme),
    ...sectionLines('Mistakes', hints('mistakes'), width, theme),
    ...sectionLines('Models', hints('everyModel'), width, theme),
  ];
}

/** The hints of a screen, except for those that are the same on others. */
function hints(context: KeyContext): KeyHint[] {
  return keyHints(context).filter(({ key }) => key !== 'Esc' && key !== '/');
}

/** The keys of the viewer of data sets, also those of augmented images. */
function imagesHints(): KeyHint[] {
  const plain = [...hints('moreImages'), ...hints('otherImages'), ...hints('images')];
  return [...plain, ...hints('augmentedImages').filter(({ key }) => plain.every((other) => other.key !== key))];
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
