import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { EmnistError } from '../../../src/core/errors.ts';
import { fileError } from '../../../src/core/files/file-errors.ts';
import { temporaryHome } from '../dataset/fetching.ts';

const thrownBy = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error) => error,
  );

test('an error of the system becomes one that names the file and the reason', async () => {
  await using home = await temporaryHome();
  const file = path.join(home.root, 'file');
  await writeFile(file, '');
  const cases: [unknown, string, string][] = [
    [await thrownBy(readFile(`${file}.none`)), 'file-missing', 'ENOENT'],
    [await thrownBy(mkdir(path.join(file, 'sub'), { recursive: true })), 'file-not-folder', 'ENOTDIR'],
    [await thrownBy(readFile(home.root)), 'file-is-folder', 'EISDIR'],
    [await thrownBy(readFile(path.join(home.root, 'x'.repeat(300)))), 'file-name-too-long', 'ENAMETOOLONG'],
  ];
  for (const [thrown, code, errno] of cases) {
    const error = fileError(thrown, home.root);
    expect(error).toBeInstanceOf(EmnistError);
    expect(error).toMatchObject({ code, cause: thrown });
    expect(error.message).toContain(errno);
    expect(error.message).toContain(home.root);
    expect(error).toMatchObject({ data: { path: expect.stringContaining(home.root), systemCode: errno } });
  }
});

// These cannot be caused on every machine. The objects are like those of Node.
test.each([
  ['EACCES', 'file-forbidden'],
  ['EROFS', 'file-read-only'],
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EIO', 'disk-broken'],
  ['EWHATEVER', 'file-failed'],
])('%s becomes %s, with the path that the system does not give', (errno, code) => {
  const thrown = Object.assign(new Error(`${errno}: as the system says, write`), { code: errno, syscall: 'write' });
  const error = fileError(thrown, '/somewhere');
  expect(error).toMatchObject({ code });
  expect(error.message).toContain('/somewhere');
});

test('on Windows, a file that cannot be renamed or deleted is busy', () => {
  const thrown = (syscall: string) => Object.assign(new Error(`EPERM: ${syscall}`), { code: 'EPERM', syscall });
  expect(fileError(thrown('unlink'), 'C:\\a.bin', 'win32')).toMatchObject({ code: 'file-busy' });
  expect(fileError(thrown('open'), 'C:\\a.bin', 'win32')).toMatchObject({ code: 'file-forbidden' });
  expect(fileError(thrown('unlink'), '/a.bin', 'linux')).toMatchObject({ code: 'file-forbidden' });
});

test('errors for the user and bugs are returned unchanged', () => {
  const own = new EmnistError('dataset-missing', 'none', { split: 'digits' });
  expect(fileError(own, '/somewhere')).toBe(own);
  const bug = new TypeError('undefined is not a function');
  expect(fileError(bug, '/somewhere')).toBe(bug);
  const misuse = Object.assign(new TypeError('must be a string'), { code: 'ERR_INVALID_ARG_TYPE' });
  expect(fileError(misuse, '/somewhere')).toBe(misuse);
});
