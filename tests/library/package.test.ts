import { spawnSync } from 'node:child_process';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT, temporaryFolder } from '../cli/run.ts';
import { writeArchive } from '../helpers/archive.ts';
import { installPackage } from '../helpers/install-package.ts';

/** The package as users get it: packed, installed without anything else, and imported by name. */

const folder = await temporaryFolder(afterAll);
/** A project with the package installed. */
let project: string;
let archive: string;

beforeAll(async () => {
  archive = await writeArchive(path.join(folder, 'gzip.zip'), { digits: { train: 400, test: 50 } });
  project = path.join(folder, 'project');
  await installPackage(project);
  await cp(path.join(ROOT, 'examples'), path.join(project, 'examples'), { recursive: true });
  await cp(path.join(ROOT, 'examples/net.png'), path.join(project, 'net.png'));
});

/** Runs Node in the project with a fresh home. A process that does not exit is killed; its status is null. */
async function node(...args: string[]) {
  const home = await temporaryFolder();
  const { NODE_OPTIONS, ...env } = process.env;
  return spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...env, EMNIST_TUI_HOME: home, EMNIST_TUI_ARCHIVE: archive },
  });
}

const script = (code: string) => node('--input-type=module', '--eval', code);

/** TypeScript's errors for files of the project, with the strictest options. */
async function typeErrors(files: string[], options: object = {}): Promise<string> {
  const compilerOptions = {
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
    ...options,
  };
  await writeFile(path.join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
  const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' }).stdout;
}

/** The TypeScript snippets of a page. */
async function snippets(page: string): Promise<string[]> {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  return [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code!);
}

/** The expected output of a snippet: the comments after its `console.log`s. */
function expectedLines(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, line]) => line!);
}

test('three lines of JavaScript recognize a character', async () => {
  const { stdout, stderr, status } = await script(`
    import { loadRecognizer } from 'emnist-tui';
    const recognizer = await loadRecognizer();
    console.log(JSON.stringify(await recognizer.recognizeStrokes([[[0, 0], [0, 60], [35, 60]]])));`);
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const predictions = JSON.parse(stdout);
  expect(predictions).toHaveLength(5);
  expect(predictions[0]).toEqual({ label: 'L', probability: expect.any(Number) });
});

test('exports its package.json but no other file, and has its executable', async () => {
  const { stdout } = await script(`
    import meta from 'emnist-tui/package.json' with { type: 'json' };
    console.log(meta.name, await import('emnist-tui/emnist-tui.js').catch(({ code }) => code));`);
  expect(stdout).toBe('emnist-tui ERR_PACKAGE_PATH_NOT_EXPORTED\n');
  const bin = path.join(project, 'node_modules/emnist-tui/bin/emnist-tui.js');
  expect((await node(bin, '--version')).stdout).toMatch(/^\d+\.\d+\.\d+/);
});

describe.each(['docs/library.md', 'README.md'])('%s', async (page) => {
  const codes = await snippets(page);
  test('has snippets', () => {
    expect(codes.length).toBeGreaterThan(0);
  });

  test.each(codes.map((code, index) => [index + 1, code] as const))(
    'snippet %i compiles and prints what its comments say',
    async (n, code) => {
      const file = path.join(project, `${path.basename(page, '.md')}-${n}.ts`);
      await writeFile(file, code);
      expect(await typeErrors([file])).toBe('');
      const { stdout, stderr, status } = await node(file);
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      const lines = expectedLines(code);
      if (lines.length > 0) expect(stdout.trimEnd().split('\n')).toEqual(lines);
      else expect(stdout).not.toBe('');
    },
  );
});

test('the types are right, also without DOM types, and the examples compile', async () => {
  const file = path.join(project, 'consumer.ts');
  await writeFile(
    file,
    `import { EmnistError, isEmnistError, loadRecognizer, train, evaluate, fetchDatasets, listModels } from 'emnist-tui';
    import type { ErrorCode, ErrorData, Prediction, Recognizer, Run, TrainEvent, TrainingRun, TrainResult } from 'emnist-tui';
    const recognizer: Recognizer = await loadRecognizer({ model: 'shipped', threads: 'all' });
    const predictions: Prediction[] = await recognizer.recognizeStrokes([[[0, 0], [1, 1, 0.5]]], { top: 3 });
    const probability: number = predictions[0]!.probability;
    const run: TrainingRun = train({ split: 'digits', signal: new AbortController().signal });
    for await (const event of run) {
      const kept: TrainEvent = event;
      if (event.event === 'epoch') event.validationAccuracy satisfies number;
    }
    run.stop('epoch');
    const result: TrainResult = await run;
    const evaluation: Run<unknown, { accuracy: number }> = evaluate();
    const [fetched] = await fetchDatasets();
    fetched!.trainImages satisfies number;
    // @ts-expect-error unknown split
    fetchDatasets({ splits: ['numbers'] });
    // @ts-expect-error evaluate has no epochs
    evaluate({ epochs: 3 });
    // @ts-expect-error points have at most three numbers
    recognizer.recognizeStrokes([[[0, 0, 0, 0]]]);
    // @ts-expect-error not a picture
    recognizer.recognizeImage(7);
    const left: number = (await recognizer.recognizeImage('net.png'))[0]!.box.left;
    const code: ErrorCode = new EmnistError('drawing-empty', 'b', {}).code;
    const data: ErrorData['model-missing'] = { model: 'a' };
    const error: unknown = null;
    if (isEmnistError(error, 'model-missing')) error.data.model satisfies string;
    // @ts-expect-error unknown code
    new EmnistError('a', 'b', {});
    const names: string[] = (await listModels()).map(({ name }) => name);
    await recognizer[Symbol.asyncDispose]();
    `,
  );
  expect(await typeErrors([file])).toBe('');
  const examples = (await readdir(path.join(project, 'examples'))).filter((name) => name.endsWith('.ts'));
  const typeRoots = [path.join(ROOT, 'node_modules/@types')];
  expect(
    await typeErrors([file, ...examples.map((name) => `examples/${name}`)], {
      lib: ['es2024'],
      types: ['node'],
      typeRoots,
      // Node's own types contain errors.
      skipLibCheck: true,
      noUncheckedIndexedAccess: true,
    }),
  ).toBe('');
});

test('every exported function and class has an example in its doc comment', async () => {
  const types = path.join(project, 'node_modules/emnist-tui/types');
  const files = (await readdir(types, { recursive: true })).filter((name) => name.endsWith('.d.ts'));
  const declarations = (await Promise.all(files.map((name) => readFile(path.join(types, name), 'utf8')))).join('\n');
  const exported = Object.keys(await import('../../src/library/index.ts'));
  const documented = exported.filter((name) => {
    const [before] = declarations.split(new RegExp(`^export declare (?:async )?(?:function|class) ${name}\\b`, 'm'));
    const [comment] = /\/\*\*(?:(?!\*\/).)*\*\/\s*$/s.exec(before!) ?? [''];
    return comment.includes('@example');
  });
  expect(documented).toEqual(exported);
});

test('importing it changes nothing global', async () => {
  const { stdout, stderr, status } = await script(`
    import { syncBuiltinESMExports } from 'node:module';
    import { isDeepStrictEqual } from 'node:util';
    import v8 from 'node:v8';
    let flags = [];
    v8.setFlagsFromString = (flag) => flags.push(flag);
    syncBuiltinESMExports();
    const { setFlagsFromString } = await import('node:v8');
    setFlagsFromString('--heard');
    if (flags.pop() !== '--heard') throw new Error('the test does not notice V8 flags');

    const properties = (name, object) =>
      Reflect.ownKeys(object).map((key) => [name + '.' + String(key), Object.getOwnPropertyDescriptor(object, key)]);
    const listeners = (name, emitter) =>
      emitter.eventNames().map((event) => [name + ' on ' + String(event), emitter.listeners(event)]);
    const types = [Array, Error, Function, Map, Object, Promise, Set, String, Uint8Array];
    const state = () => new Map([
      ...properties('globalThis', globalThis),
      ...types.flatMap((type) => [...properties(type.name, type), ...properties(type.name + '.prototype', type.prototype)]),
      ...properties('process', process).filter(([, { value }]) => typeof value !== 'object'),
      ...['stdin', 'stdout', 'stderr'].flatMap((name) => listeners(name, process[name])),
      ...listeners('process', process),
      ...properties('console', console),
      ...properties('process.env', process.env),
      ['working directory', process.cwd()],
      ['umask', process.umask()],
      ['title', process.title],
      ['exit code', process.exitCode],
      ['resources', process.getActiveResourcesInfo()],
    ]);
    // Node replaces lazy properties on first access, which importing this module and calling state() cause.
    await import('node:process');
    state();
    const before = state();
    await import('emnist-tui');
    const after = state();
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      if (!isDeepStrictEqual(before.get(name), after.get(name))) console.log(name, before.get(name), after.get(name));
    }
    if (flags.length > 0) console.log('V8 flags', flags);`);
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
});

describe('a process that uses it', () => {
  const listeners = `const listeners = () => process.eventNames().map((name) => [name, process.listenerCount(name)]);
    const before = JSON.stringify(listeners());`;

  test('exits by itself after recognizing, without output or signal listeners', async () => {
    const { stdout, stderr, status } = await script(`
      ${listeners}
      const { loadRecognizer } = await import('emnist-tui');
      const recognizer = await loadRecognizer({ threads: 3 });
      await recognizer.recognizeStrokes([[[0, 0], [0, 60], [35, 60]]]);
      process.exitCode = JSON.stringify(listeners()) === before ? 0 : 3;`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });

  test('exits by itself after a fetch, an abandoned training run, and an evaluation, without output or signal listeners', async () => {
    const { stdout, stderr, status } = await script(`
      ${listeners}
      const { evaluate, fetchDatasets, train } = await import('emnist-tui');
      const options = { split: 'digits', dataDir: 'data' };
      await fetchDatasets(options);
      for await (const event of train({ ...options, architecture: 'cnn', epochs: 1000, threads: 3 })) {
        if (event.event === 'epoch') break;
      }
      await evaluate(options);
      process.exitCode = JSON.stringify(listeners()) === before ? 0 : 3;`);
    expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 });
  });
});
