import { declareTrials } from './field-trials/as-tests.ts';

/** What broke in real use must not break again. `npm run field-trials` prints what each trial sees. */
await declareTrials(1, 9);
