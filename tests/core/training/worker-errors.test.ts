import { expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import { describeError, reviveError } from '../../../src/core/training/worker-errors.ts';

const posted = (error: unknown) => reviveError(structuredClone(describeError(error)));

test('an error from a worker keeps its class, code, data, message, and stack', () => {
  const error = new EmnistError('checkpoint-differs', 'the seed differs', { option: 'seed', saved: 1, given: 2 });
  const received = posted(error);
  expect(received).toBeInstanceOf(EmnistError);
  expect(received).toMatchObject({ code: 'checkpoint-differs', message: 'the seed differs', stack: error.stack });
  expect((received as EmnistError).data).toEqual({ option: 'seed', saved: 1, given: 2 });
});

test('a bug in a worker stays a bug', () => {
  const bug = new TypeError('undefined is not a function');
  const received = posted(bug);
  expect(received).not.toBeInstanceOf(EmnistError);
  expect(received).toMatchObject({ message: bug.message, stack: bug.stack });
  expect(posted('a string').message).toBe('a string');
});
