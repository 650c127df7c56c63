import type { EmnistError } from '../../errors.ts';
import { unsupportedModel } from '../model-errors.ts';

/** How many problems an error lists. */
const MOST_LISTED = 12;

/** Collects everything about a model that is not supported, so that one error can name it all. */
export class Problems {
  readonly #reasons = new Set<string>();

  add(reason: string): void {
    this.#reasons.add(reason);
  }

  get any(): boolean {
    return this.#reasons.size > 0;
  }

  /** The error with all problems. */
  error(file: string): EmnistError {
    const reasons = [...this.#reasons];
    const more = reasons.length - MOST_LISTED;
    return unsupportedModel(file, ...reasons.slice(0, MOST_LISTED), ...(more > 0 ? [`and ${more} more`] : []));
  }
}
