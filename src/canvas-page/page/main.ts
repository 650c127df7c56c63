import { Sketch } from '../sketch.ts';
import { Connection, type ConnectionState } from './connection.ts';
import { element } from './element.ts';
import { Ink } from './ink.ts';
import { drawWithKeyboard } from './keyboard-pen.ts';
import { drawWithPointers } from './pointer-input.ts';
import { ResultView } from './result-view.ts';
import { Sender } from './sender.ts';
import { connectTools } from './tools.ts';

const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting…',
  open: 'Connected',
  reconnecting: 'Connection lost, trying again…',
  lost: 'Not connected',
};
const LOST =
  'emnist-tui does not answer. If it has ended, start “emnist-tui draw” again in your terminal and open the address ' +
  'it prints.';
const FULL = 'The paper is full. Undo a stroke or clear it to go on.';

const canvas = element('canvas', HTMLCanvasElement);
const connectionView = element('connection', HTMLElement);
const connectionText = element('connection-text', HTMLElement);
const notice = element('notice', HTMLElement);
const invitation = element('invitation', HTMLElement);
const announcement = element('announcement', HTMLElement);

const say = (text: string) => {
  announcement.textContent = text;
};
const notify = (text: string) => {
  notice.textContent = text;
  notice.hidden = text === '';
};

const sketch = new Sketch();
const ink = new Ink(canvas);
const result = new ResultView(say);
const connection = new Connection(location.href);
const sender = new Sender(connection, () => sketch.drawing);

let frameIsDue = false;
const repaint = () => {
  if (frameIsDue) return;
  frameIsDue = true;
  requestAnimationFrame(() => {
    frameIsDue = false;
    ink.paint(sketch.finished, sketch.live, keyboard.cursor);
  });
};
const refresh = () => {
  ink.refresh();
  repaint();
};
const onFull = () => notify(FULL);

const keyboard = drawWithKeyboard(element('paper', HTMLElement), sketch, repaint, say, onFull);
drawWithPointers(canvas, sketch, onFull);
const showTools = connectTools(sketch);

sketch.onChange = () => {
  if (notice.textContent === FULL) notify('');
  invitation.hidden = !sketch.isEmpty;
  if (sketch.isEmpty) {
    sender.forgetSent();
    result.clear();
    say('Nothing drawn');
  }
  showTools();
  repaint();
  sender.changed();
};

connection.onState = (state) => {
  connectionView.dataset.state = state;
  connectionText.textContent = STATES[state];
  if (state === 'lost' && notice.hidden) notify(LOST);
};
connection.onMessage = (message) => {
  switch (message.type) {
    case 'hello':
      notify('');
      result.setModel(message.model, message.labels);
      if (!sketch.isEmpty) sender.changed();
      break;
    case 'prediction':
      if (sender.isNews(message.id)) result.show(message);
      break;
    case 'error':
      notify(message.message);
  }
};
connection.connect();

new ResizeObserver(refresh).observe(canvas);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', refresh);
