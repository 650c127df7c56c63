import { expect, test } from 'vitest';
import { proxyFor } from '../../../src/core/dataset/proxy.ts';
import { EmnistError } from '../../../src/core/errors.ts';

const HTTP = 'http://data.example.org/gzip.zip';
const HTTPS = 'https://data.example.org/gzip.zip';
const nameFor = (url: string, env: NodeJS.ProcessEnv) => proxyFor(new URL(url), env)?.name ?? null;

test.each<[string, string, NodeJS.ProcessEnv, string | null]>([
  ['none', HTTPS, {}, null],
  ['the one for https', HTTPS, { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }, 'a:1'],
  ['the one for http', HTTP, { HTTPS_PROXY: 'http://a:1', HTTP_PROXY: 'http://b:2' }, 'b:2'],
  ['lower case', HTTPS, { https_proxy: 'http://a:1' }, 'a:1'],
  ['lower case before upper case', HTTPS, { HTTPS_PROXY: 'http://b:2', https_proxy: 'http://a:1' }, 'a:1'],
  ['that of http does not count for https', HTTPS, { HTTP_PROXY: 'http://a:1' }, null],
  ['that of https does not count for http', HTTP, { HTTPS_PROXY: 'http://a:1' }, null],
  ['one for all', HTTP, { ALL_PROXY: 'http://a:1' }, 'a:1'],
  ['one for all, in lower case', HTTPS, { all_proxy: 'http://a:1' }, 'a:1'],
  ['the particular one first', HTTP, { all_proxy: 'http://a:1', HTTP_PROXY: 'http://b:2' }, 'b:2'],
  ['an empty variable', HTTPS, { https_proxy: '', HTTPS_PROXY: 'http://a:1' }, 'a:1'],
  ['a blank variable', HTTPS, { https_proxy: ' ', HTTPS_PROXY: 'http://a:1' }, 'a:1'],
  ['spaces around it', HTTPS, { HTTPS_PROXY: ' http://a:1 ' }, 'a:1'],
  ['no scheme', HTTPS, { HTTPS_PROXY: 'proxy.example:3128' }, 'proxy.example:3128'],
  ['an https proxy', HTTPS, { HTTPS_PROXY: 'https://proxy.example' }, 'proxy.example'],
  ['no password in the name', HTTPS, { HTTPS_PROXY: 'http://me:secret@proxy.example:3128' }, 'proxy.example:3128'],
])('the proxy of the environment: %s', (_name, url, env, expected) => {
  expect(nameFor(url, env)).toBe(expected);
});

test.each<[string, string, string, boolean]>([
  ['', HTTPS, 'empty', false],
  ['*', HTTPS, 'all', true],
  ['other.org, *', HTTPS, 'all, in a list', true],
  ['data.example.org', HTTPS, 'the host', true],
  ['DATA.example.ORG', HTTPS, 'in other case', true],
  ['example.org', HTTPS, 'its domain', true],
  ['.example.org', HTTPS, 'its domain with a dot', true],
  ['*.example.org', HTTPS, 'its domain with an asterisk', true],
  ['ample.org', HTTPS, 'only the end of the name', false],
  ['sub.data.example.org', HTTPS, 'a subdomain', false],
  ['localhost other.org,example.org', HTTPS, 'commas and spaces', true],
  ['example.org:443', HTTPS, 'the default port of https', true],
  ['example.org:80', HTTP, 'the default port of http', true],
  ['example.org:8080', HTTPS, 'another port', false],
  ['example.org:8080', 'http://example.org:8080/', 'a port', true],
  ['127.0.0.1', 'http://127.0.0.1:80/', 'an address', true],
  ['127.0.0.1:81', 'http://127.0.0.1:82/', 'an address with another port', false],
  ['10.0.0.0/8', 'http://10.1.2.3/', 'a block', true],
  ['10.0.0.0/8', 'http://11.1.2.3/', 'another block', false],
  ['10.0.0.0/8', HTTP, 'a block, for a name', false],
  ['10.0.0.0/64, nonsense/8, 10.0.0.0/x', 'http://10.1.2.3/', 'impossible blocks', false],
  ['0.0.1', 'http://127.0.0.1/', 'the end of an address', false],
  ['::1', 'http://[::1]:80/', 'IPv6', true],
  ['[::1]', 'http://[::1]/', 'IPv6 in brackets', true],
  ['[::1]:81', 'http://[::1]/', 'IPv6 with another port', false],
  ['[::1]:80', 'http://[::1]/', 'IPv6 with its port', true],
  ['fd00::/8', 'http://[fd12::1]/', 'an IPv6 block', true],
  ['fd00::/8', 'http://10.0.0.1/', 'an IPv6 block, for IPv4', false],
])('NO_PROXY=%s and %s: %s', (list, url, _name, excluded) => {
  expect(nameFor(url, { ALL_PROXY: 'http://a:1', NO_PROXY: list })).toBe(excluded ? null : 'a:1');
  expect(nameFor(url, { ALL_PROXY: 'http://a:1', no_proxy: list })).toBe(excluded ? null : 'a:1');
});

test.each([
  ['http://me:secret@proxy', 'me:secret'],
  ['http://me@proxy', 'me:'],
  ['http://me:p%40ss%@proxy', 'me:p@ss%'],
])('the password of %s', (proxy, login) => {
  const { headers } = proxyFor(new URL(HTTP), { HTTP_PROXY: proxy })!;
  expect(headers).toEqual({ 'Proxy-Authorization': `Basic ${Buffer.from(login).toString('base64')}` });
});

test.each([
  ['socks5://me:secret@proxy.example:1080', /ALL_PROXY names a socks5 proxy/],
  ['http://', /ALL_PROXY is not a URL/],
  ['http://me:secret@:80', /ALL_PROXY is not a URL/],
])('%s cannot be used', (proxy, message) => {
  const use = () => proxyFor(new URL(HTTP), { ALL_PROXY: proxy });
  expect(use).toThrow(EmnistError);
  expect(use).toThrow(message);
  expect(use).not.toThrow(/secret/);
});
