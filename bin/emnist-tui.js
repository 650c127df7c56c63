#!/usr/bin/env node
// Runs on any Node, so that an old one gets a sentence and not a syntax error: keep to plain ES modules here.
import { readFileSync } from 'node:fs';
import module from 'node:module';

const oldest = 22;
if (Number.parseInt(process.versions.node, 10) < oldest) {
  console.error(
    `emnist-tui: needs Node ${oldest} or newer, this is ${process.versions.node} — install it from https://nodejs.org`,
  );
  process.exit(1);
}
if (process.argv.length === 3 && process.argv[2] === '--version') {
  console.log(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);
} else {
  module.enableCompileCache?.();
  const { main } = await import('../dist/emnist-tui.js');
  await main(process.argv.slice(2));
}
