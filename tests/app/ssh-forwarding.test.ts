import { userInfo } from 'node:os';
import { expect, test } from 'vitest';
import { sshForwarding } from '../../src/app/ssh-forwarding.ts';

test('is null without SSH', () => {
  expect(sshForwarding({}, 'http://127.0.0.1:4321/?token=abc')).toBe(null);
  expect(sshForwarding({ SSH_CONNECTION: '' }, 'http://127.0.0.1:4321/?token=abc')).toBe(null);
});

test('forwards the port from the address and port that the user connected to', () => {
  const usual = { SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22', USER: 'ada' };
  expect(sshForwarding(usual, 'http://127.0.0.1:4321/?token=abc')).toEqual({
    command: 'ssh -L 4321:127.0.0.1:4321 ada@192.0.2.1',
    url: 'http://127.0.0.1:4321/?token=abc',
  });
  const unusual = { SSH_CONNECTION: 'fe80::2 50000 fe80::1 2222' };
  expect(sshForwarding(unusual, 'http://192.0.2.1:4321/?token=abc')).toEqual({
    command: `ssh -L 4321:192.0.2.1:4321 -p 2222 ${userInfo().username}@fe80::1`,
    url: 'http://127.0.0.1:4321/?token=abc',
  });
});
