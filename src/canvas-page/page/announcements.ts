import { element } from './element.ts';

const announcement = element('announcement', HTMLElement);
/** The one before may not have been spoken yet. */
const KEPT = 2;

/** Announces a change to screen readers, as a sentence. */
export function announce(text: string): void {
  const sentence = document.createElement('p');
  sentence.textContent = text;
  announcement.append(sentence);
  if (announcement.childElementCount > KEPT) announcement.firstElementChild?.remove();
}

/** Removes what was announced, which is no longer true. */
export function clearAnnouncements(): void {
  announcement.replaceChildren();
}
