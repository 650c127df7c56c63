import module from 'node:module';
import sea from 'node:sea';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * What a single executable runs first, in the program and in its workers: Node finds modules in files alone, so the files
 * of the npm package, which the executable has as assets, become modules under the executable's own path. CommonJS, which
 * is what Node 24 takes for the main of an executable: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 */

/** The files' folder: the executable, which as a file hides no other. */
const base = `${pathToFileURL(process.execPath).href}/`;

module.registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith(base) || (specifier.startsWith('.') && context.parentURL?.startsWith(base));
    return isOurs
      ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
      : next(specifier, context);
  },
  load(url, context, next) {
    return url.startsWith(base)
      ? { source: Buffer.from(sea.getRawAsset(url.slice(base.length))), format: 'module', shortCircuit: true }
      : next(url, context);
  },
});
// The main of an executable may import what is built into Node alone; what it requires may import the rest.
if (isMainThread) module.createRequire(base)(`${base}bin/emnist-tui.js`);
else import(base + process.argv.at(-1));
