#!/usr/bin/env node
// Must run on any Node, so that an old one gets a message instead of a syntax error. Use only old syntax.
import module from 'node:module';
import packageJson from '../../package.json' with { type: 'json' };
import { reportStartupError } from './startup-error.ts';

const oldest = Number.parseInt(packageJson.engines.node.replace('>=', ''), 10);
if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `emnist-tui: needs Node ${oldest} or newer, this is ${process.versions.node} — install it from https://nodejs.org\n`,
  );
  process.exit(1);
}
if (process.argv.length === 3 && process.argv[2] === '--version') {
  console.log(packageJson.version);
} else {
  module.enableCompileCache?.();
  // Not awaited, because the CommonJS of single executables cannot.
  import('./main.ts').then(({ main }) => main(process.argv.slice(2))).catch(reportStartupError);
}
