import * as v from 'valibot';
import { element } from './element.ts';
import { readStored, store } from './session-storage.ts';

const STORED = 'text';
/** How long the button says that the text was copied. */
const COPIED_MILLISECONDS = 2000;

/** The text of the lines that were accepted, which can be edited and copied. It is kept across reloads. */
export class RunningText {
  readonly #field = element('text', HTMLTextAreaElement);
  readonly #copy = element('copy', HTMLButtonElement);
  readonly #copyWords = element('copy-words', HTMLElement);
  readonly #announce: (text: string) => void;
  #timer: number | undefined;

  /** @param announce announces a change to screen readers */
  constructor(announce: (text: string) => void) {
    this.#announce = announce;
    this.#field.value = readStored(STORED, v.string()) ?? '';
    this.#field.addEventListener('input', () => this.#changed());
    this.#copy.addEventListener('click', () => void this.#copyText());
    this.#changed();
  }

  /** Adds a line at the end, after a space unless the text is empty or already ends in white space. Returns what was added. */
  append(line: string): string {
    const { value } = this.#field;
    const added = value === '' || /\s$/.test(value) ? line : ` ${line}`;
    this.#set(value + added);
    return added;
  }

  /** Removes what was added last, unless the text has been edited there. */
  remove(added: string): void {
    const { value } = this.#field;
    if (value.endsWith(added)) this.#set(value.slice(0, value.length - added.length));
  }

  #set(text: string): void {
    this.#field.value = text;
    this.#field.scrollTop = this.#field.scrollHeight;
    this.#changed();
  }

  #changed(): void {
    store(STORED, this.#field.value);
    this.#copy.setAttribute('aria-disabled', String(this.#field.value === ''));
    this.#sayCopied('');
  }

  async #copyText(): Promise<void> {
    const { value } = this.#field;
    if (value === '') return;
    const isCopied = (await writeToClipboard(value)) || this.#copySelected();
    this.#sayCopied(isCopied ? 'Copied' : 'Press Ctrl C');
    this.#announce(isCopied ? 'Text copied.' : 'The text is selected, but the browser does not let this page copy it.');
  }

  /** For pages over plain HTTP in a network, which have no clipboard. If this fails too, the text stays selected. */
  #copySelected(): boolean {
    const { activeElement } = document;
    this.#field.select();
    const isCopied = document.execCommand('copy');
    if (isCopied && activeElement instanceof HTMLElement) activeElement.focus();
    return isCopied;
  }

  #sayCopied(text: string): void {
    clearTimeout(this.#timer);
    this.#copyWords.textContent = text || 'Copy';
    if (text) this.#timer = setTimeout(() => this.#sayCopied(''), COPIED_MILLISECONDS);
  }
}

async function writeToClipboard(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false; // not allowed, or no secure context
  }
}
