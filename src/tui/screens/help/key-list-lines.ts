import { alignLeft, columnsOf } from '../../../app/text-layout.ts';
import { keyList } from '../../keys/key-list.ts';
import { KEYMAP, type KeyContext, type KeyHint } from '../../keys/keymap.ts';
import type { KeysInUse } from '../../keys/shown-keys.ts';
import type { Theme } from '../../theme/theme.ts';

/** Columns between a key and what it does, and between two columns of keys. */
const GAP = 2;
const COLUMN_GAP = 4;
/** Keys of the menu that work on all screens. */
const EVERYWHERE = ['help', 'quit'];

/** The keys of a screen, what the mouse does there, and the keys of the menu, in as many columns as fit. */
export function keyListLines({ contexts, menu }: KeysInUse, width: number, theme: Theme): string[] {
  const isMouse = (context: KeyContext) => context.endsWith('Mouse');
  const own = contexts.filter((context) => !isMouse(context));
  const bound = new Set(own.flatMap((context) => KEYMAP[context].flatMap(({ keys }): readonly string[] => keys)));
  const anywhere = keyList(['global'], (_, { action }) => menu || EVERYWHERE.includes(action));
  const sections = {
    'On this screen': keyList(own),
    Mouse: keyList(contexts.filter(isMouse)),
    [menu ? 'Menu' : 'Everywhere']: [
      ...anywhere.filter(({ key }) => !bound.has(key)),
      { key: 'Ctrl-C', label: 'quit at once' },
    ],
  };
  return Object.entries(sections)
    .filter(([, hints]) => hints.length > 0)
    .flatMap(([name, hints], index) => [
      ...(index > 0 ? [''] : []),
      theme.paint('strong', name),
      ...columnLines(hints, width, theme),
    ]);
}

/** Hints in columns, to be read from top to bottom. */
function columnLines(hints: readonly KeyHint[], width: number, theme: Theme): string[] {
  const keys = Math.max(...hints.map(({ key }) => columnsOf(key)));
  const labels = Math.max(...hints.map(({ label }) => columnsOf(label)));
  const each = keys + GAP + labels;
  const columns = Math.max(1, Math.floor((width - GAP + COLUMN_GAP) / (each + COLUMN_GAP)));
  const rows = Math.ceil(hints.length / columns);
  return Array.from({ length: rows }, (_, row) => {
    const cells = hints.filter((_hint, index) => index % rows === row);
    const texts = cells.map(
      ({ key, label }) => theme.paint('key', alignLeft(key, keys + GAP)) + alignLeft(label, labels),
    );
    return `${' '.repeat(GAP)}${texts.join(' '.repeat(COLUMN_GAP))}`.trimEnd();
  });
}
