import { expect, test } from 'vitest';
import { supportsUnicode } from '../../src/app/unicode-support.ts';

test.each<[string, boolean, NodeJS.ProcessEnv]>([
  ['win32', true, { WT_SESSION: '0b4e' }],
  ['win32', true, { TERM_PROGRAM: 'vscode' }],
  ['win32', true, { TERM: 'xterm-256color' }],
  ['win32', false, {}],
  ['win32', false, { LANG: 'en_US.UTF-8' }],
  ['darwin', true, { TERM: 'xterm-256color', LC_CTYPE: 'UTF-8' }],
  ['darwin', true, { TERM: 'xterm-256color' }],
  ['linux', false, { TERM: 'xterm-256color', LC_ALL: 'C', LANG: 'C.UTF-8' }],
  ['linux', false, { TERM: 'linux', LANG: 'C.UTF-8' }],
])('on %s, Unicode support is %s with %j', (platform, expected, env) => {
  expect(supportsUnicode(env, platform)).toBe(expected);
});
