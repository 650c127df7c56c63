import { EmnistError } from '../errors.ts';

/** The error for a file that is not a valid model. */
export function damagedModel(file: string, why: string, cause?: unknown): EmnistError {
  return new EmnistError(
    'model-damaged',
    `${file} is not a model that can be read: ${why}`,
    'make it again where it comes from, or name another',
    { cause },
  );
}

/** The error for a valid model that the engines cannot run. `what` names the layer and the reason. */
export function unsupportedModel(file: string, what: string): EmnistError {
  return new EmnistError(
    'model-unsupported',
    `${file}: ${what}`,
    'use a Sequential model of 28x28 images with plain 3x3 convolutions, 2x2 pooling and dense layers',
  );
}
