import * as v from 'valibot';
import { flag } from './option.ts';

export const cleanOptions = v.object({
  datasets: flag({ help: 'Delete data sets, which can be fetched again' }),
  models: flag({ help: 'Delete trained models and their checkpoints, which cannot be restored' }),
  samples: flag({ help: 'Delete the drawings that you have labeled, which cannot be restored' }),
  all: flag({ help: 'Delete all of these' }),
  dryRun: flag({ help: 'Only show what would be deleted' }),
  yes: flag({ help: 'Delete without asking', short: 'y' }),
});

export type CleanOptions = v.InferInput<typeof cleanOptions>;
