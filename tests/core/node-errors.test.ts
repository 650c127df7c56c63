import { expect, test } from 'vitest';
import { EmnistError } from '../../src/core/errors.ts';
import { fileError } from '../../src/core/files/file-errors.ts';
import { nodeError } from '../../src/core/node-errors.ts';

const error = (message: string, fields: object = {}) => Object.assign(new Error(message), fields);
const denied = (fields: object) =>
  error('Access to this API has been restricted. Use --allow-fs-write to manage permissions.', {
    code: 'ERR_ACCESS_DENIED',
    ...fields,
  });

/** As Node's module loader throws it. */
const unparsable = new SyntaxError('Unexpected end of input');
unparsable.stack = `SyntaxError: Unexpected end of input
    at compileSourceTextModule (node:internal/modules/esm/utils:346:16)`;

test.each([
  [
    denied({ permission: 'FileSystemWrite', resource: '/x' }),
    'node-restricted',
    /^\/x: .* \(file system write, --allow-fs-write\)$/,
  ],
  [
    denied({ permission: 'WorkerThreads', resource: '' }),
    'node-restricted',
    /^Node's .* \(worker threads, --allow-worker\)$/,
  ],
  [denied({}), 'node-restricted', /restricted/],
  [error('EMFILE: too many open files, open', { code: 'EMFILE', syscall: 'open' }), 'system-limit', /open files/],
  [error('Worker initialization failure: EMFILE', { code: 'ERR_WORKER_INIT_FAILED' }), 'system-limit', /open files/],
  [error('Cannot read: too many open files.', { code: 'ERR_INVALID_PACKAGE_CONFIG' }), 'system-limit', /open files/],
  [error('Worker initialization failure: EAGAIN', { code: 'ERR_WORKER_INIT_FAILED' }), 'system-limit', /EAGAIN/],
  [error('spawn node EAGAIN', { code: 'EAGAIN', syscall: 'spawn node' }), 'system-limit', /EAGAIN/],
  [error('EAGAIN'), 'system-limit', /EAGAIN/],
  [error('JS heap out of memory', { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 'system-limit', /memory/],
  [error('cannot allocate memory', { code: 'ENOMEM', syscall: 'open' }), 'system-limit', /memory/],
  [new RangeError('WebAssembly.Memory(): could not allocate memory'), 'system-limit', /memory/],
  [new RangeError('Array buffer allocation failed'), 'system-limit', /memory/],
  [error("Cannot find module '/x.js'", { code: 'ERR_MODULE_NOT_FOUND' }), 'installation-damaged', /\/x\.js/],
  [unparsable, 'installation-damaged', /Unexpected end of input/],
  [error('ENOENT: process.cwd failed', { code: 'ENOENT', syscall: 'uv_cwd' }), 'file-missing', /current folder/],
])('%s is an error for the user', (thrown, code, message) => {
  const known = nodeError(thrown);
  expect(known).toMatchObject({ code, message: expect.stringMatching(message), cause: thrown });
});

test.each([
  [new TypeError('x is not a function')],
  [new RangeError('Invalid array length')],
  [error('connect ECONNREFUSED', { code: 'ECONNREFUSED', syscall: 'connect' })],
  [error('too many open files', { code: 'OTHER' })],
  // Its code is a number.
  [new DOMException('This operation was aborted', 'AbortError')],
  ['EMFILE'],
  [null],
])('%s is not', (thrown) => {
  expect(nodeError(thrown)).toBeNull();
});

test('JSON that cannot be parsed does not mean that the installation is damaged', () => {
  try {
    JSON.parse('{a');
  } catch (thrown) {
    expect(nodeError(thrown)).toBeNull();
  }
});

test('an error for the user stays what it is', () => {
  const known = new EmnistError('drawing-empty', 'the drawing is empty', {});
  expect(nodeError(known)).toBe(known);
});

test('a file that Node does not permit to read is an error about the permission', () => {
  expect(fileError(denied({ permission: 'FileSystemRead', resource: '/x' }), '/x')).toMatchObject({
    code: 'node-restricted',
    data: { grant: '--allow-fs-read', resource: '/x' },
  });
});
