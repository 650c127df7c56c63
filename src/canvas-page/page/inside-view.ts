import * as v from 'valibot';
import { describeLayer, shapeText } from '../../core/inspection.ts';
import type { ServerMessage } from '../../core/server/protocol.ts';
import { type InsideQuestion, InsideQuestions } from '../inside-questions.ts';
import { influenceText } from '../prediction-text.ts';
import { element } from './element.ts';
import { paintInfluence, paintMaps, paintStrip } from './inside-canvases.ts';
import { readStored, store } from './session-storage.ts';

type InsideAnswer = Extract<ServerMessage, { type: 'inside' }>;
type Reading = Pick<Extract<ServerMessage, { type: 'prediction' }>, 'predictions' | 'image'>;
type Layer = InsideAnswer['layers'][number];

const STORED = 'inside';
const NO_READING: Reading = { predictions: [], image: '' };

/** What the network makes of the drawing, below the result. Nothing is computed while it is closed. */
export class InsideView {
  readonly #section = element('inside', HTMLElement);
  readonly #toggle = element('inside-toggle', HTMLButtonElement);
  readonly #panel = element('inside-panel', HTMLElement);
  readonly #invitation = element('inside-invitation', HTMLElement);
  readonly #shown = element('inside-shown', HTMLElement);
  readonly #why = element('inside-why', HTMLSelectElement);
  readonly #influence = element('influence', HTMLCanvasElement);
  readonly #text = element('influence-text', HTMLElement);
  readonly #layers = element('layers', HTMLOListElement);
  readonly #questions: InsideQuestions;
  #isOpen = readStored(STORED, v.boolean()) ?? false;
  #isActive = false;
  #reading = NO_READING;

  /** @param send sends a message to the server; returns false without a connection */
  constructor(send: (message: string) => boolean) {
    this.#questions = new InsideQuestions(send);
    this.#toggle.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      store(STORED, this.#isOpen);
      this.#update();
    });
    this.#why.addEventListener('change', () => this.#update());
    this.#update();
  }

  setActive(active: boolean): void {
    this.#isActive = active;
    this.#update();
  }

  /** A server, or another model, reads from now on. `offered`: its network can be inspected. */
  greeted(offered: boolean): void {
    this.#section.hidden = !offered;
    this.#reading = NO_READING;
    this.#update();
    this.#questions.restart();
  }

  setReading(reading: Reading): void {
    this.#reading = reading;
    this.#update();
  }

  receive(answer: InsideAnswer): void {
    const question = this.#questions.answered(answer.id);
    if (question) this.#show(answer, question);
  }

  #update(): void {
    const { predictions, image } = this.#reading;
    this.#toggle.setAttribute('aria-expanded', String(this.#isOpen));
    this.#panel.hidden = !this.#isOpen;
    this.#showChoices();
    const label = predictions[Math.max(0, this.#why.selectedIndex)]?.label;
    const isWanted = this.#isOpen && this.#isActive && !this.#section.hidden && label !== undefined;
    if (label === undefined) this.#setEmpty(true);
    this.#questions.want(isWanted ? { image, label } : null);
  }

  /** The answers that can be explained. The choice stays at its place among them. */
  #showChoices(): void {
    const { options } = this.#why;
    this.#reading.predictions.forEach(({ label }, index) => {
      const text = index === 0 ? `Why ${label}?` : `Why not ${label}?`;
      const option = options[index] ?? this.#why.appendChild(new Option());
      if (option.text !== text) option.text = text;
    });
    while (options.length > this.#reading.predictions.length) options.remove(options.length - 1);
  }

  #setEmpty(empty: boolean): void {
    this.#invitation.hidden = !empty;
    this.#shown.hidden = empty;
  }

  #show(answer: InsideAnswer, question: InsideQuestion): void {
    const { label, layers, influence } = answer;
    this.#setEmpty(false);
    paintInfluence(this.#influence, bytesOf(question.image), influence);
    this.#influence.setAttribute('aria-label', `The ink that counts for ${label} and against it`);
    this.#text.textContent = influenceText(answer, question.label);
    while (this.#layers.children.length > layers.length) this.#layers.lastElementChild!.remove();
    const explained = new Set<string>();
    layers.forEach((layer, index) => {
      const item = this.#layers.children[index] ?? this.#layers.appendChild(createItem());
      const note = describeLayer(layer);
      showLayer(item, layer, explained.has(note) ? '' : note);
      explained.add(note);
    });
  }
}

function createItem(): HTMLLIElement {
  const item = document.createElement('li');
  const name = document.createElement('p');
  name.className = 'layer-name';
  const canvas = document.createElement('canvas');
  canvas.setAttribute('role', 'img');
  const note = document.createElement('p');
  note.className = 'layer-note';
  item.append(name, canvas, note);
  return item;
}

/** @param note what the maps show; empty if an earlier layer has the same note */
function showLayer(item: Element, layer: Layer, note: string): void {
  const { name, pools, shape, size, channels } = layer;
  const [nameView, canvas, noteView] = item.children as unknown as [HTMLElement, HTMLCanvasElement, HTMLElement];
  nameView.textContent = `${name}${pools ? ', pooled' : ''} · ${shapeText(shape, ' × ')}`;
  noteView.textContent = note;
  const maps = layer.maps.map(bytesOf);
  if (channels.length > 0) paintMaps(canvas, maps, size);
  else paintStrip(canvas, maps[0] ?? new Uint8Array());
  canvas.setAttribute(
    'aria-label',
    channels.length > 0 ? `Feature maps ${channels.join(', ')} of ${name}` : `The ${shape[0]} units of ${name}`,
  );
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
