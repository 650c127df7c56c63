import module from 'node:module';
import sea from 'node:sea';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/**
 * The entry point of a single executable and of its workers. Node resolves modules only from files, so hooks turn the assets
 * of the executable, which are the files of the npm package, into modules under the executable's own path. This is CommonJS
 * because Node 24 requires that of an executable's main: https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html
 */

/** The base URL of the modules: the executable itself, which is a file, so no real file can be below it. */
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
// An executable's main may only import built-in modules, but a module that it requires may import the others.
if (isMainThread) module.createRequire(base)(`${base}bin/emnist-tui.js`);
else import(base + process.argv.at(-1));
