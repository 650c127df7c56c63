import { Sketch } from '../sketch.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { DrawingPainter } from './drawing-painter.ts';
import { DrawingSender } from './drawing-sender.ts';
import { element } from './element.ts';
import { drawWithKeyboard } from './keyboard-pen.ts';
import { drawWithPointers } from './pointer-input.ts';
import { ResultView } from './result-view.ts';
import { connectToolbar } from './toolbar.ts';

const STATE_TEXTS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting…',
  open: 'Connected',
  reconnecting: 'Connection lost. Reconnecting…',
  lost: 'Not connected',
};
const LOST = 'emnist-tui is not responding. If it is no longer running, start it again and open the URL it shows.';
const FULL = 'The drawing has too many strokes. Undo one, or clear the drawing.';

const canvas = element('canvas', HTMLCanvasElement);
const connectionView = element('connection', HTMLElement);
const connectionText = element('connection-text', HTMLElement);
const notice = element('notice', HTMLElement);
const invitation = element('invitation', HTMLElement);
const announcement = element('announcement', HTMLElement);

const announce = (text: string) => {
  announcement.textContent = text;
};
const notify = (text: string) => {
  notice.textContent = text;
  notice.hidden = text === '';
};

const sketch = new Sketch();
const painter = new DrawingPainter(canvas);
const resultView = new ResultView(announce);
const connection = new Connection(location.href);
const sender = new DrawingSender(connection, () => sketch.drawing);

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

const keyboard = drawWithKeyboard(element('paper', HTMLElement), sketch, repaint, announce, onFull);
drawWithPointers(canvas, sketch, onFull);
const updateToolbar = connectToolbar(sketch);

sketch.onChange = () => {
  if (notice.textContent === FULL) notify('');
  invitation.hidden = !sketch.isEmpty;
  if (sketch.isEmpty) {
    sender.ignorePending();
    resultView.clear();
    announce('Nothing drawn');
  }
  updateToolbar();
  repaint();
  sender.schedule();
};

connection.onState = (state) => {
  connectionView.dataset.state = state;
  connectionText.textContent = STATE_TEXTS[state];
  if (state === 'lost' && notice.hidden) notify(LOST);
};
connection.onMessage = (message) => {
  switch (message.type) {
    case 'hello':
      notify('');
      resultView.setModel(message.model, message.labels);
      if (!sketch.isEmpty) sender.schedule();
      break;
    case 'prediction':
      if (sender.isCurrent(message.id)) resultView.show(message);
      break;
    case 'error':
      notify(message.message);
      break;
    case 'pong': // was only a sign of life
  }
};
connection.connect();

new ResizeObserver(refresh).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
