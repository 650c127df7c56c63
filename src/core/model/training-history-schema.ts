import * as v from 'valibot';
import { CURVE_POINTS, type EpochRecord, type TrainingCurve } from './training-history.ts';

export const epochSchema = v.object({
  epoch: v.number(),
  loss: v.number(),
  accuracy: v.number(),
  validationLoss: v.number(),
  validationAccuracy: v.number(),
  seconds: v.number(),
  imagesPerSecond: v.number(),
}) satisfies v.GenericSchema<unknown, EpochRecord>;

const points = v.pipe(v.array(v.nullable(v.number())), v.maxLength(CURVE_POINTS));

export const curveSchema = v.object({
  span: v.pipe(v.number(), v.gtValue(0)),
  loss: points,
  accuracy: points,
  learningRate: points,
}) satisfies v.GenericSchema<unknown, TrainingCurve>;
