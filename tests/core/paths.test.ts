import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { expandHome, isInOthersHome, resolvePaths, systemPaths } from '../../src/core/paths.ts';
import { named, ON_WINDOWS } from '../helpers/skip.ts';

/** Makes Node report the home folder that `HOME` names, and the one in the system's list of users. */
function homes(fromEnvironment: string | null, fromSystem: string | null): void {
  const unknown = () => {
    throw Object.assign(new Error('A system error occurred: ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  };
  vi.spyOn(os, 'homedir').mockImplementation(() => fromEnvironment ?? unknown());
  vi.spyOn(os, 'userInfo').mockImplementation(() => ({ ...noUser, homedir: fromSystem ?? unknown() }));
}

const noUser = { username: '', uid: -1, gid: -1, shell: null, homedir: '' };
const HOME = path.resolve('/home/ada');

beforeEach(() => {
  // Those of the machine must not matter.
  for (const name of ['XDG_CACHE_HOME', 'XDG_DATA_HOME', 'EMNIST_TUI_HOME', 'LOCALAPPDATA'])
    vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

test('~ is the home folder, but not within a path or before a name', () => {
  homes(HOME, null);
  expect(expandHome('~')).toBe(HOME);
  expect(expandHome('~/x/y.png')).toBe(path.join(HOME, 'x', 'y.png'));
  for (const file of ['', '-', 'x', './~', '/~/x', 'a~', '~x', '~x/y', '~$x.docx', 'https://example.org/~ada/x'])
    expect(expandHome(file)).toBe(file);
  expect(['~x/y', '~x', '~/x', '~', 'x/~y/z'].filter(isInOthersHome)).toEqual(['~x/y']);
});

test('a chosen folder may begin with ~', () => {
  homes(HOME, null);
  const expected = {
    datasets: path.join(HOME, 'd', 'datasets'),
    models: path.join(HOME, 'd', 'models'),
    samples: path.join(HOME, 'd', 'samples.jsonl'),
  };
  expect(resolvePaths('~/d')).toEqual(expected);
  expect(resolvePaths(undefined, { EMNIST_TUI_HOME: '~/d' })).toEqual(expected);
  expect(resolvePaths('~', {}).models).toBe(path.join(HOME, 'models'));
  // Otherwise a folder named ~bob would be created in the current folder.
  expect(() => resolvePaths(undefined, { EMNIST_TUI_HOME: '~bob/d' })).toThrow('~bob/d: this home folder is not known');
});

test.each([
  ['HOME', HOME, '/home/other'],
  ["the system's list of users, if HOME is empty", '', HOME],
  ["the system's list of users, if HOME is relative", '.', HOME],
  ["the system's list of users, if there is no HOME", null, HOME],
])('the home folder is that of %s', (_, fromEnvironment, fromSystem) => {
  homes(fromEnvironment, fromSystem);
  expect(expandHome('~')).toBe(HOME);
});

describe.each([
  [null, null],
  ['', null],
  ['', ''],
])('without a home folder (%j, %j)', (fromEnvironment, fromSystem) => {
  beforeEach(() => homes(fromEnvironment, fromSystem));

  test('a chosen folder is enough', () => {
    expect(resolvePaths('/d', {}).models).toBe(path.resolve('/d/models'));
    expect(resolvePaths(undefined, { EMNIST_TUI_HOME: '/d' }).models).toBe(path.resolve('/d/models'));
    expect(systemPaths({})).toBeNull();
  });

  test('whatever needs it is an error', () => {
    expect(() => resolvePaths(undefined, {})).toThrow(
      expect.objectContaining({ code: 'home-unknown', data: { path: null } }),
    );
    expect(() => resolvePaths('~/d', {})).toThrow(
      expect.objectContaining({ code: 'home-unknown', data: { path: '~/d' } }),
    );
  });
});

test.skipIf(ON_WINDOWS)(named('XDG variables choose the folders, unless they are relative', ON_WINDOWS), () => {
  homes(HOME, null);
  vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
  const usual = {
    datasets: `${HOME}/.cache/emnist-tui/datasets`,
    models: `${HOME}/.local/share/emnist-tui/models`,
    samples: `${HOME}/.local/share/emnist-tui/samples.jsonl`,
  };
  expect(systemPaths({})).toEqual(usual);
  expect(systemPaths({ XDG_CACHE_HOME: '', XDG_DATA_HOME: 'share' })).toEqual(usual);
  const chosen = {
    datasets: '/c/emnist-tui/datasets',
    models: `${HOME}/d/emnist-tui/models`,
    samples: `${HOME}/d/emnist-tui/samples.jsonl`,
  };
  expect(systemPaths({ XDG_CACHE_HOME: '/c', XDG_DATA_HOME: '~/d' })).toEqual(chosen);
  homes(null, null);
  expect(systemPaths({ XDG_CACHE_HOME: '/c', XDG_DATA_HOME: '/d' })).toMatchObject({ models: '/d/emnist-tui/models' });
  expect(systemPaths({ XDG_CACHE_HOME: '/c' })).toBeNull();
});
