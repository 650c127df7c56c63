#!/usr/bin/env node
// The built package's own, from the checkout. It reports its own errors; these are for when there is none, or a damaged one.
import('../dist/bin/emnist-tui.js').catch((error) => {
  const [reason] = String(error.message).split('\n');
  const [what, hint] =
    error.code === 'ERR_MODULE_NOT_FOUND'
      ? ['it has not been built', 'run "npm run build"']
      : error.code === 'ERR_ACCESS_DENIED'
        ? [reason, 'start Node without --permission']
        : [reason, 'run "npm run build"'];
  process.stderr.write(`emnist-tui: cannot start: ${what} — ${hint}\n`);
  process.exitCode = 1;
});
