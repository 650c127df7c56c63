import { type Binding, KEYMAP, type KeyContext, type KeyHint } from './keymap.ts';

const NAMES: Record<string, string> = {
  ...{ escape: 'Esc', enter: 'Enter', space: 'Space', tab: 'Tab', 'shift+tab': 'Shift-Tab', delete: 'Del' },
  ...{ backspace: 'Backspace', up: 'Up', down: 'Down', left: 'Left', right: 'Right', home: 'Home', end: 'End' },
  ...{ pageUp: 'PgUp', pageDown: 'PgDn', click: 'Click', drag: 'Drag', wheel: 'Wheel', 'shift+drag': 'Shift-drag' },
  rightClick: 'Right click',
};

/**
 * All keys of some contexts with what they do, also those without a hint. A key means what the first context that binds it says.
 *
 * @param isListed whether a binding is to be listed
 */
export function keyList(
  contexts: readonly KeyContext[],
  isListed: (context: KeyContext, binding: Binding) => boolean = () => true,
): KeyHint[] {
  const bound = new Set<string>();
  const keysOf = new Map<string, string[]>();
  for (const context of contexts) {
    for (const binding of KEYMAP[context] as readonly Binding[]) {
      if (!isListed(context, binding)) continue;
      const keys = binding.keys.filter((key) => !bound.has(key));
      for (const key of keys) bound.add(key);
      const label = binding.about ?? binding.label ?? wordsOf(binding.action);
      if (keys.length > 0) keysOf.set(label, [...(keysOf.get(label) ?? []), ...keys.map((key) => NAMES[key] ?? key)]);
    }
  }
  return Array.from(keysOf, ([label, keys]) => ({ key: keysText(keys), label }));
}

/** Digits in a row as a range: `1-5`. */
function keysText(keys: readonly string[]): string {
  const isRange =
    keys.length > 2 && keys.every((key, index) => /^\d$/.test(key) && Number(key) === Number(keys[0]) + index);
  return isRange ? `${keys[0]}-${keys.at(-1)}` : keys.join(', ');
}

/** `previousField` as `previous field`. */
function wordsOf(action: string): string {
  return action.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
