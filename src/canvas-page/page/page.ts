import { DrawingSender } from '../drawing-sender.ts';
import { practiceTask } from '../label-text.ts';
import type { SavedLabel } from '../labels-outbox.ts';
import { describeTask } from '../prediction-text.ts';
import { Sketch } from '../sketch.ts';
import { AdaptationView } from './adaptation-view.ts';
import { announce, clearAnnouncements } from './announcements.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { Credentials } from './credentials.ts';
import { DrawingPainter } from './drawing-painter.ts';
import { element } from './element.ts';
import { ExpectView } from './expect-view.ts';
import { drawWithKeyboard } from './keyboard-pen.ts';
import { Labeling } from './labeling.ts';
import { drawWithPointers } from './pointer-input.ts';
import { ResultView } from './result-view.ts';
import { keepAcrossReloads } from './sketch-storage.ts';
import { connectToolbar } from './toolbar.ts';

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
const FULL = 'The drawing has too many strokes. Undo one, or clear the drawing.';

const canvas = element('canvas', HTMLCanvasElement);
const connectionView = element('connection', HTMLElement);
const connectionText = element('connection-text', HTMLElement);
const notice = element('notice', HTMLElement);
const invitation = element('invitation', HTMLElement);

const notify = (text: string) => {
  notice.textContent = text;
  notice.hidden = text === '';
};

const sketch = new Sketch();
const painter = new DrawingPainter(canvas);
const resultView = new ResultView(announce);
const expectView = new ExpectView();
const adaptationView = new AdaptationView();
const credentials = new Credentials();
const connection = new Connection(credentials);
const sender = new DrawingSender(
  (message) => connection.send(message),
  () => sketch.drawing,
  () => ({ ...(labeling.isPracticing ? {} : expectView.expected), ...(!adaptationView.isOn && { adapt: false }) }),
);
/** The best label of the reading that is shown. */
let bestLabel: string | null = null;
/** The label that this drawing was given in the terminal. */
let savedLabel: SavedLabel | null = null;
/** Whether the server has sent the samples over this connection. */
let knowsSamples = false;
let state: ConnectionState = 'connecting';
let wasEmpty = true;

let frameIsDue = false;
const repaint = () => {
  if (frameIsDue) return;
  frameIsDue = true;
  requestAnimationFrame(() => {
    frameIsDue = false;
    painter.paint(sketch.finished, sketch.live, keyboard.cursor);
  });
};
const refresh = () => {
  painter.refresh();
  repaint();
};
const onFull = () => notify(FULL);

const paper = element('paper', HTMLElement);
const keyboard = drawWithKeyboard(paper, sketch, repaint, announce, onFull);
drawWithPointers(canvas, sketch, onFull);
const labeling = new Labeling(paper, {
  sketch,
  send: (message) => connection.send(message),
  reading: () => (sender.read === sketch.drawing ? bestLabel : null),
  saved: () => (sender.read === sketch.drawing ? savedLabel : null),
  announce,
  onTask: () => {
    showTask();
    sender.update(true);
  },
});
const updateToolbar = connectToolbar(sketch, labeling);
resultView.rows.onPick = (label) => labeling.pick(label);

const updateResult = () => {
  resultView.setSituation({ empty: sketch.isEmpty, penDown: sketch.live !== null, connected: state === 'open' });
};
const updateLabeling = () => {
  labeling.update();
  resultView.rows.setPickable(labeling.canPick);
  updateToolbar();
};
sketch.onChange = () => {
  if (notice.textContent === FULL) notify('');
  invitation.hidden = !sketch.isEmpty;
  if (sketch.isEmpty) {
    sender.ignorePending();
    if (!wasEmpty) announce('The drawing is empty.');
  } else if (wasEmpty) {
    // They are about the previous drawing.
    clearAnnouncements();
  }
  wasEmpty = sketch.isEmpty;
  updateResult();
  repaint();
  sender.update(sketch.live === null);
  // After the sender, which knows whether this drawing has been read.
  updateLabeling();
};

const showTask = () => {
  const { asked } = labeling;
  const task = asked === null ? `Draw ${describeTask(expectView.labels)}` : practiceTask(asked);
  invitation.textContent = task;
  paper.setAttribute('aria-label', task);
};
expectView.onChange = () => {
  showTask();
  resultView.setExpected(expectView.expected);
  sender.update(true);
};

adaptationView.onChange = () => sender.update(true);

connection.onState = (newState) => {
  state = newState;
  connectionView.dataset.state = state;
  connectionText.textContent = STATE_TEXTS[state];
  const advice = ADVICE[state];
  // A message from the server is more precise than advice about a lost connection.
  if (advice && (notice.hidden || state === 'refused')) notify(advice);
  labeling.setConnected(state === 'open');
  updateResult();
};
connection.onMessage = (message) => {
  switch (message.type) {
    case 'hello': {
      notify('');
      resultView.setModel(message.model, message.labels, message.own === true);
      expectView.setModel(message.labels, { characters: message.characters, prior: message.prior });
      resultView.setExpected(expectView.expected);
      showTask();
      sender.restart();
      knowsSamples = false;
      labeling.greeted();
      break;
    }
    case 'prediction':
      if (sender.answered(message.id)) {
        resultView.show(message);
        bestLabel = message.predictions[0]?.label ?? null;
        savedLabel = message.saved ?? null;
        adaptationView.setReading(message.adaptedTo);
        updateLabeling();
        expectView.setProblem(message.problem ?? '');
      }
      break;
    case 'samples':
      labeling.setSamples(message);
      adaptationView.setSamples(message.adapts === false ? 0 : message.samples);
      updateLabeling();
      // The drawing may be read differently now.
      if (knowsSamples) sender.restart();
      knowsSamples = true;
      break;
    case 'labeled':
    case 'unlabeled':
    case 'label-refused':
      labeling.answered(message);
      updateToolbar();
      break;
    case 'error':
      notify(message.message);
      break;
    case 'pong': // was only a sign of life
  }
};

keepAcrossReloads(sketch);
connection.connect();
void credentials.hideToken();

new ResizeObserver(refresh).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
