import { ASCII_BAR, type BarGlyphs, BLOCK_BAR } from '../../app/text-layout.ts';

/** The symbols of the app. `figures` has no ASCII-only set: its fallbacks are those of the Windows console. */
export interface Glyphs {
  pointer: string;
  radioOn: string;
  radioOff: string;
  checkboxOn: string;
  checkboxOff: string;
  tick: string;
  /** Marks what is missing. */
  missing: string;
  warning: string;
  /** Marks what differs from its default. */
  changed: string;
  /** Between the sizes of a shape. */
  times: string;
  rule: string;
  bar: BarGlyphs;
  arrow: string;
  separator: string;
  /** How a sample is read: right, right but not sure, or wrong; or that it has not been read yet. */
  dots: { readonly right: string; readonly unsure: string; readonly wrong: string; readonly unread: string };
  /** Ends truncated text. */
  ellipsis: string;
  /** Follows an ongoing activity: `Checking…`. */
  ongoing: string;
  left: string;
  right: string;
  /** Point to what is above or below. */
  up: string;
  down: string;
  upDown: string;
  leftRight: string;
  axisVertical: string;
  axisTick: string;
  axisCorner: string;
  axisHorizontal: string;
  axisHorizontalTick: string;
  /** The corners of a frame: above, then below. */
  corners: readonly [string, string, string, string];
  /** asciichart's ten symbols, for the lines of charts. */
  solidLine: readonly string[];
  /** The same for a line that differs from it without color. */
  dottedLine: readonly string[];
  /** The same for a line behind the others, which is not connected. */
  dimLine: readonly string[];
  /** Two columns each. */
  trainingSample: string;
  validationSample: string;
  /** Marks a value that was measured after an epoch, and the best of these. */
  epochMark: string;
  bestMark: string;
  /** Tell up to four runs in one chart apart. */
  runMarks: readonly string[];
  /** A cell on the diagonal of a matrix. */
  diagonal: string;
  /** Two pixels in one cell; null if only ASCII is supported. */
  upperHalfBlock: string | null;
}

export const UNICODE_GLYPHS: Glyphs = {
  pointer: '❯',
  radioOn: '●',
  radioOff: '○',
  checkboxOn: '[x]',
  checkboxOff: '[ ]',
  tick: '✓',
  missing: '·',
  warning: '!',
  changed: '*',
  times: '×',
  rule: '─',
  bar: BLOCK_BAR,
  arrow: '→',
  separator: '·',
  dots: { right: '●', unsure: '◐', wrong: '○', unread: '·' },
  ellipsis: '…',
  ongoing: '…',
  left: '‹',
  right: '›',
  up: '↑',
  down: '↓',
  upDown: '↑↓',
  leftRight: '←→',
  axisVertical: '│',
  axisTick: '┤',
  axisCorner: '└',
  axisHorizontal: '─',
  axisHorizontalTick: '┴',
  solidLine: ['┼', '┤', '╶', '╴', '─', '╰', '╭', '╮', '╯', '│'],
  dottedLine: ['•', '•', '•', '•', '•', '•', '•', '•', '•', '•'],
  dimLine: ['·', '·', '·', '·', '·', '·', '·', '·', '·', ' '],
  corners: ['┌', '┐', '└', '┘'],
  trainingSample: '──',
  validationSample: '◆ ',
  epochMark: '◆',
  bestMark: '★',
  runMarks: ['◆', '●', '▲', '■'],
  diagonal: '╲',
  upperHalfBlock: '▀',
};

export const ASCII_GLYPHS: Glyphs = {
  pointer: '>',
  radioOn: '(*)',
  radioOff: '( )',
  checkboxOn: '[x]',
  checkboxOff: '[ ]',
  tick: 'ok',
  missing: '--',
  warning: '!',
  changed: '*',
  times: 'x',
  rule: '-',
  bar: ASCII_BAR,
  arrow: '->',
  separator: '|',
  dots: { right: '*', unsure: '+', wrong: '-', unread: '.' },
  ellipsis: '~',
  ongoing: '...',
  left: '<',
  right: '>',
  up: '^',
  down: 'v',
  upDown: 'Up/Down',
  leftRight: 'Left/Right',
  axisVertical: '|',
  axisTick: '+',
  axisCorner: '+',
  axisHorizontal: '-',
  axisHorizontalTick: '+',
  solidLine: ['+', '+', '-', '-', '-', '`', '.', '.', "'", '|'],
  dottedLine: ['=', '=', '=', '=', '=', '=', '=', '=', '=', '='],
  dimLine: [':', ':', ':', ':', ':', ':', ':', ':', ':', ' '],
  corners: ['+', '+', '+', '+'],
  trainingSample: '--',
  validationSample: 'o ',
  epochMark: 'o',
  bestMark: '*',
  runMarks: ['a', 'b', 'c', 'd'],
  diagonal: '\\',
  upperHalfBlock: null,
};
