import {
  STEP_ALPHA,
  STEP_BETA1,
  STEP_BETA2,
  STEP_DECAY,
  STEP_EPSILON,
  STEP_KIND,
  STEP_RATE,
  UPDATE_CHUNK,
  UPDATE_COUNT,
  UPDATE_DECAYING,
  UPDATE_GRADIENTS,
  UPDATE_STATE,
  UPDATE_STATE_2,
  UPDATE_STEP,
  UPDATE_WEIGHTS,
} from './layout';
import { madd, splat } from './simd';

/**
 * One optimizer step on a chunk of the parameters, by Keras' formulas: Adam (Kingma & Ba 2015, correcting the learning
 * rate instead of the moments), or SGD with momentum or Nesterov momentum, after decoupled weight decay (Loshchilov &
 * Hutter 2019).
 */
export function update(op: usize, chunk: u32): void {
  const size = <usize>load<u32>(op, UPDATE_CHUNK);
  const first = <usize>chunk * size * 4;
  const last = min(first + size * 4, <usize>load<u32>(op, UPDATE_COUNT) * 4);
  const weights = <usize>load<u32>(op, UPDATE_WEIGHTS);
  const gradients = <usize>load<u32>(op, UPDATE_GRADIENTS);
  const state = <usize>load<u32>(op, UPDATE_STATE);
  const state2 = <usize>load<u32>(op, UPDATE_STATE_2);
  const step = <usize>load<u32>(op, UPDATE_STEP);
  const kind = load<u32>(step, STEP_KIND);
  const rate = splat(step + STEP_RATE);
  const alpha = splat(step + STEP_ALPHA);
  const beta1 = splat(step + STEP_BETA1);
  const beta2 = splat(step + STEP_BETA2);
  const rest1 = f32x4.sub(f32x4.splat(1), beta1);
  const rest2 = f32x4.sub(f32x4.splat(1), beta2);
  const epsilon = splat(step + STEP_EPSILON);
  const decaying = <usize>load<u32>(op, UPDATE_DECAYING) * 4;
  const decay = f32x4.mul(rate, splat(step + STEP_DECAY));
  for (let i = first; i < last; i += 16) {
    const g = v128.load(gradients + i);
    let w = v128.load(weights + i);
    if (i < decaying) w = f32x4.sub(w, f32x4.mul(w, decay));
    let m = v128.load(state + i);
    if (kind == 0) {
      m = madd(f32x4.sub(g, m), rest1, m);
      let v = v128.load(state2 + i);
      v = madd(f32x4.sub(f32x4.mul(g, g), v), rest2, v);
      v128.store(state2 + i, v);
      w = f32x4.sub(w, f32x4.div(f32x4.mul(m, alpha), f32x4.add(f32x4.sqrt(v), epsilon)));
    } else {
      const change = f32x4.mul(g, rate);
      m = f32x4.sub(f32x4.mul(m, beta1), change);
      w = f32x4.add(w, kind == 1 ? m : f32x4.sub(f32x4.mul(m, beta1), change));
    }
    v128.store(state + i, m);
    v128.store(weights + i, w);
  }
}
