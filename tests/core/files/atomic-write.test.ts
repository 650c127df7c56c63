import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { flush, targetName, writeFileAtomically } from '../../../src/core/files/atomic-write.ts';
import { named, ON_WINDOWS } from '../../helpers/skip.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'emnist-write-'));
  file = path.join(folder, 'model.json');
});
afterEach(() => rm(folder, { recursive: true }));

test('creates a file, replaces it, and leaves nothing else', async () => {
  await writeFileAtomically(file, 'old');
  expect(await readFile(file, 'utf8')).toBe('old');
  const bytes = new Uint8Array(3_000_000).fill(7);
  await writeFileAtomically(file, bytes);
  expect(Buffer.compare(await readFile(file), bytes)).toBe(0);
  expect(await readdir(folder)).toEqual(['model.json']);
});

test('readers see the old file or the new one, never part of one', async () => {
  await writeFileAtomically(file, Buffer.alloc(1_000_000, 0));
  let isWriting = true;
  const writing = (async () => {
    for (let value = 1; value <= 20; value++) await writeFileAtomically(file, Buffer.alloc(1_000_000, value));
    isWriting = false;
  })();
  while (isWriting) {
    const bytes = await readFile(file);
    expect(bytes.length).toBe(1_000_000);
    expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
  }
  await writing;
});

test('of many concurrent writers, one wins', async () => {
  const texts = Array.from({ length: 20 }, (_, index) => String(index).repeat(50_000));
  await Promise.all(texts.map((text) => writeFileAtomically(file, text)));
  expect(texts).toContain(await readFile(file, 'utf8'));
  expect(await readdir(folder)).toEqual(['model.json']);
});

test('writes to the target of a link', async () => {
  const link = path.join(folder, 'link');
  await writeFile(file, 'old');
  await symlink(file, link);
  await writeFileAtomically(link, 'new');
  expect(await readlink(link)).toBe(file);
  expect(await readFile(file, 'utf8')).toBe('new');
});

test.skipIf(ON_WINDOWS)(named('keeps permissions', ON_WINDOWS), async () => {
  await writeFile(file, 'old');
  await chmod(file, 0o640);
  await writeFileAtomically(file, 'new');
  expect((await stat(file)).mode & 0o777).toBe(0o640);
});

test('errors name the file that was to be written', async () => {
  const missing = path.join(folder, 'missing', 'model.json');
  await expect(writeFileAtomically(missing, '')).rejects.toMatchObject({
    code: 'file-missing',
    message: expect.stringContaining(`${missing}:`),
  });
  await mkdir(file);
  await writeFile(path.join(file, 'photo.jpg'), '');
  await expect(writeFileAtomically(file, '')).rejects.toThrow(`${file}:`);
  expect(await readdir(folder)).toEqual(['model.json']);
});

test.skipIf(ON_WINDOWS)(
  named('keeps the old file if there is room for only part of the new one', ON_WINDOWS),
  async () => {
    await writeFile(file, 'old');
    const source = new URL('../../../src/core/files/atomic-write.ts', import.meta.url).href;
    const script = `
    const { writeFileAtomically } = await import(${JSON.stringify(source)});
    await writeFileAtomically(${JSON.stringify(file)}, Buffer.alloc(1_000_000)).catch(({ code }) => console.log(code));`;
    // Like a full disk, a limit on the size of files makes the system write part of what it is given.
    const limited = ['-c', 'ulimit -f 100 && exec "$@"', 'sh', process.execPath, '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync('sh', limited, { encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: 'disk-full\n', stderr: '' });
    expect(await readFile(file, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['model.json']);
  },
);

test('names of temporary files lead to their target', async () => {
  expect(targetName('model.json.123456')).toBe('model.json');
  expect(targetName('model.json')).toBe('model.json');
});

test.each([
  ['EINVAL', true],
  ['ENOSYS', true],
  ['ENOTSUP', true],
  ['EIO', false],
  ['ENOSPC', false],
])('a flush that fails with %s is accepted: %s', async (code, isAccepted) => {
  const failing = { sync: () => Promise.reject(Object.assign(new Error(code), { code })) };
  const flushed = flush(failing).then(
    () => true,
    () => false,
  );
  expect(await flushed).toBe(isAccepted);
});

test.skipIf(ON_WINDOWS)(named('replaces no device, pipe or socket', ON_WINDOWS), async () => {
  expect(spawnSync('mkfifo', [file]).status).toBe(0);
  await expect(writeFileAtomically(file, 'new')).rejects.toMatchObject({ code: 'file-special', data: { path: file } });
  expect((await stat(file)).isFIFO()).toBe(true);
  expect(await readdir(folder)).toEqual(['model.json']);
});
