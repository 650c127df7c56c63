/**
 * All keys of the app, in one place: what they are called, what they do, and whether the line at the bottom names them.
 * The help screen is made of it too.
 */
export interface Binding {
  readonly keys: readonly string[];
  readonly action: string;
  /** What the key does, for the hints; without it the key works but is not named. */
  readonly label?: string;
}

const up = { keys: ['up', 'k'], action: 'up' } as const;
const down = { keys: ['down', 'j'], action: 'down' } as const;
const back = { keys: ['escape'], action: 'back', label: 'back' } as const;

export const KEYMAP = {
  /** Work on every screen, unless something is going on or a text field has the keys. */
  global: [
    { keys: ['f'], action: 'fetch', label: 'fetch' },
    { keys: ['t'], action: 'train', label: 'train' },
    { keys: ['d'], action: 'draw', label: 'draw' },
    { keys: ['e'], action: 'evaluate', label: 'evaluate' },
    { keys: ['m'], action: 'models', label: 'models' },
    { keys: ['c'], action: 'clean', label: 'clean' },
    { keys: ['?'], action: 'help', label: 'help' },
    { keys: ['q'], action: 'quit', label: 'quit' },
  ],
  home: [up, down, { keys: ['enter'], action: 'open', label: 'open' }],
  form: [
    up,
    down,
    { keys: ['left', 'h'], action: 'previous' },
    { keys: ['right', 'l'], action: 'next' },
    { keys: ['enter'], action: 'start', label: 'start' },
    { keys: ['space'], action: 'choose', label: 'choose' },
    { keys: ['tab'], action: 'nextField', label: 'next field' },
    { keys: ['shift+tab'], action: 'previousField' },
    back,
  ],
  /** A form while its text field has the keys: letters are text there. */
  text: [
    { keys: ['up'], action: 'up' },
    { keys: ['down'], action: 'down' },
    { keys: ['enter'], action: 'start', label: 'start' },
    { keys: ['tab'], action: 'nextField', label: 'next field' },
    { keys: ['shift+tab'], action: 'previousField' },
    back,
  ],
  fetching: [{ keys: ['c', 'escape'], action: 'cancel', label: 'cancel' }],
  fetched: [
    { keys: ['enter', 't'], action: 'train', label: 'train with it' },
    { keys: ['r'], action: 'again', label: 'fetch another' },
    back,
  ],
  failed: [{ keys: ['enter', 'r'], action: 'again', label: 'try again' }, back],
  training: [
    { keys: ['space'], action: 'pause', label: 'pause/resume' },
    { keys: ['s'], action: 'stopAfterEpoch', label: 'stop after this epoch' },
    { keys: ['x'], action: 'stopNow', label: 'stop now' },
    { keys: ['escape'], action: 'back', label: 'back' },
  ],
  trained: [
    { keys: ['enter', 'e'], action: 'evaluate', label: 'evaluate it' },
    { keys: ['d'], action: 'draw', label: 'draw with it' },
    { keys: ['r'], action: 'again', label: 'train another' },
    back,
  ],
  drawing: [{ keys: ['o'], action: 'open', label: 'open the browser again' }, back],
  evaluating: [{ keys: ['c', 'escape'], action: 'cancel', label: 'cancel' }],
  evaluated: [{ keys: ['enter', 'r'], action: 'again', label: 'another' }, back],
  models: [
    up,
    down,
    { keys: ['enter', 'd'], action: 'draw', label: 'draw with it' },
    { keys: ['e'], action: 'evaluate', label: 'evaluate it' },
    back,
  ],
  clean: [
    up,
    down,
    { keys: ['space'], action: 'toggle', label: 'choose' },
    { keys: ['enter'], action: 'delete', label: 'delete' },
    back,
  ],
  cleaned: [
    { keys: ['enter'], action: 'back', label: 'done' },
    { keys: ['escape'], action: 'back' },
  ],
  question: [
    { keys: ['y'], action: 'yes', label: 'yes' },
    { keys: ['n', 'escape'], action: 'no', label: 'no' },
    { keys: ['left', 'right', 'up', 'down', 'tab', 'shift+tab'], action: 'other' },
    { keys: ['enter'], action: 'choose' },
  ],
  help: [back],
} as const satisfies Record<string, readonly Binding[]>;

export type Context = keyof typeof KEYMAP;
export type Action<C extends Context> = (typeof KEYMAP)[C][number]['action'];
export type Handlers<C extends Context> = { readonly [A in Action<C>]: () => void };

/** What a key does in a context; undefined where it does nothing. */
export function actionOf<C extends Context>(context: C, key: string): Action<C> | undefined {
  const bindings: readonly Binding[] = KEYMAP[context];
  return bindings.find(({ keys }) => keys.includes(key))?.action as Action<C> | undefined;
}

const NAMES: Record<string, string> = { escape: 'Esc', enter: 'Enter', space: 'Space', tab: 'Tab' };

/** The key as the hints name it: the first of a binding's. */
export function keyLabel(key: string): string {
  return NAMES[key] ?? key;
}

/** The bindings of a context that the hints name. */
export function hintsOf(context: Context): { key: string; label: string }[] {
  const bindings: readonly Binding[] = KEYMAP[context];
  return bindings.flatMap(({ keys, label }) => (label ? [{ key: keyLabel(keys[0]!), label }] : []));
}
