import { EmnistError } from '../errors.ts';

/** A model file that cannot be read. `file` names it. */
export function damagedModel(file: string, why: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'model-damaged',
    `${file} is not a model that can be read: ${why}`,
    'make it again where it comes from, or name another',
    { cause },
  );
}

/** A model that is whole, but has something that the engines lack. `what` names the layer and says why. */
export function unsupportedModel(file: string, what: string): EmnistError {
  return new EmnistError(
    'model-unsupported',
    `${file}: ${what}`,
    'use a Sequential model of 28x28 images with plain 3x3 convolutions, 2x2 pooling and dense layers',
  );
}
