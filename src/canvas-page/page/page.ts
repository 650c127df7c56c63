import type { PageMode } from '../../core/server/protocol.ts';
import { SHEET_UNITS } from '../sheet.ts';
import { announce, clearAnnouncements } from './announcements.ts';
import { CharacterMode } from './character-mode.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { Credentials } from './credentials.ts';
import { DrawingPainter } from './drawing-painter.ts';
import { element } from './element.ts';
import { drawWithKeyboard } from './keyboard-pen.ts';
import type { Mode, Surroundings } from './mode.ts';
import { ModeSwitch } from './mode-switch.ts';
import { drawWithPointers } from './pointer-input.ts';
import { connectToolbar } from './toolbar.ts';
import { WordMode } from './word-mode.ts';

const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting…',
  open: 'Connected',
  silent: 'Not responding…',
  reconnecting: 'Connection lost. Reconnecting…',
  lost: 'Not connected',
  refused: 'Not connected',
};
/** What to do about a state, where the user can do anything. */
const ADVICE: Readonly<Partial<Record<ConnectionState, string>>> = {
  lost: 'emnist-tui is not responding. If it is no longer running, start it again and open the URL it shows.',
  refused: 'emnist-tui has been restarted and has a new address. Open the URL it shows now.',
};
/** The texts of the states where there is little room. */
const SHORT_STATE_TEXTS: typeof STATE_TEXTS = {
  ...STATE_TEXTS,
  silent: 'No answer',
  reconnecting: 'Offline',
  lost: 'Offline',
  refused: 'Offline',
};
const TITLES: Readonly<Record<PageMode, string>> = { character: 'Draw a character', word: 'Write words' };
const FULL = 'The drawing has too many strokes. Undo one, or clear the drawing.';

const canvas = element('canvas', HTMLCanvasElement);
const paper = element('paper', HTMLElement);
const connectionView = element('connection', HTMLElement);
const connectionText = element('connection-text', HTMLElement);
const notice = element('notice', HTMLElement);
const invitation = element('invitation', HTMLElement);

const notify = (text: string) => {
  notice.textContent = text;
  notice.hidden = text === '';
};

const painter = new DrawingPainter(canvas);
const credentials = new Credentials();
const connection = new Connection(credentials);
const modeSwitch = new ModeSwitch();
/** Null until the page is set up. */
let active: Mode | null = null;
/** The modes in which something is drawn. */
const inUse = new Set<Mode>();

const surroundings: Surroundings = {
  paper,
  send: (message) => connection.send(message),
  announce,
  onDrawing: (mode) => {
    if (mode !== active) return;
    const { isEmpty } = mode.sheet.sketch;
    if (notice.textContent === FULL) notify('');
    invitation.hidden = !isEmpty;
    if (isEmpty && inUse.delete(mode)) announce('The drawing is empty.');
    if (!isEmpty && !inUse.has(mode)) {
      inUse.add(mode);
      // They are about the previous drawing.
      clearAnnouncements();
    }
    repaint();
  },
  onUpdate: (mode) => {
    if (mode === active) update();
  },
};
const modes: Readonly<Record<PageMode, Mode>> = {
  character: new CharacterMode(surroundings),
  word: new WordMode(surroundings),
};
const current = () => active ?? modes.character;
const sheet = () => current().sheet;

const paint = () => {
  const { finished, live } = sheet().sketch;
  painter.paint(finished, live, keyboard.cursor);
};
let frameIsDue = false;
const repaint = () => {
  if (frameIsDue) return;
  frameIsDue = true;
  requestAnimationFrame(() => {
    frameIsDue = false;
    paint();
  });
};
const refresh = () => {
  sheet().fit(canvas.clientWidth, canvas.clientHeight);
  paper.style.setProperty('--fit', String(SHEET_UNITS / sheet().height));
  painter.refresh(sheet());
  // At once, since the canvas is empty now, and this frame may be shown.
  paint();
};
const onFull = () => notify(FULL);

const keyboard = drawWithKeyboard(paper, sheet, repaint, announce, onFull);
drawWithPointers(canvas, sheet, onFull);
const updateToolbar = connectToolbar(
  () => sheet().sketch,
  () => current().earlier,
);
const update = () => {
  const { task } = current();
  invitation.textContent = task;
  paper.setAttribute('aria-label', task);
  updateToolbar();
};

modeSwitch.onChange = (mode) => {
  const next = modes[mode];
  if (next === active) return;
  active?.sheet.sketch.end();
  active?.setActive(false);
  active = next;
  document.body.dataset.reads = mode;
  document.title = `${TITLES[mode]} · emnist-tui`;
  if (!next.sheet.sketch.isEmpty) inUse.add(next);
  invitation.hidden = !next.sheet.sketch.isEmpty;
  next.setActive(true);
  update();
  refresh();
};

connection.onState = (state) => {
  connectionView.dataset.state = state;
  connectionText.textContent = STATE_TEXTS[state];
  connectionView.dataset.short = SHORT_STATE_TEXTS[state];
  const advice = ADVICE[state];
  // A message from the server is more precise than advice about a lost connection.
  if (advice && (notice.hidden || state === 'refused')) notify(advice);
  for (const mode of Object.values(modes)) mode.setConnected(state === 'open');
};
connection.onMessage = (message) => {
  if (message.type === 'error') notify(message.message);
  if (message.type === 'mode') modeSwitch.choose(message.mode);
  if (message.type === 'hello') {
    notify('');
    for (const mode of Object.values(modes)) mode.greeted(message);
    modeSwitch.offer(message.text === true, message.mode);
    update();
  }
  for (const mode of Object.values(modes)) mode.receive(message);
};

modeSwitch.onChange(modeSwitch.mode);
connection.connect();
void credentials.hideToken();

new ResizeObserver(refresh).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
