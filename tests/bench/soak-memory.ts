import { appendFileSync } from 'node:fs';
import { megabytesInUse } from '../memory/heap.ts';

/** Loaded into the program by the soak test: on SIGUSR2, it writes to a file how much memory is in use after collection. */
process.on('SIGUSR2', () => {
  megabytesInUse().then((megabytes) => appendFileSync(process.env.SOAK_MEMORY!, `${megabytes}\n`));
});
