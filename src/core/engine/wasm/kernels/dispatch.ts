import { CONTROL_DONE, CONTROL_FAILED, CONTROL_PHASE, CONTROL_SLEEPERS, CONTROL_TICKET, PHASE_CHUNKS } from './layout';
import { runChunk } from './run-operations';

/*
 * Work is divided into phases, and a phase into chunks. Threads claim chunks by incrementing the ticket. The ticket also
 * contains the phase's number, so that a thread that is late cannot claim a chunk of a phase it has not read. The
 * calling thread publishes a phase, takes chunks like the others, and returns when all are done. What a chunk computes
 * depends on its number alone, never on the thread.
 */

/** How many times a thread checks for work before it sleeps: tens of microseconds. */
const SPINS: u32 = 20000;
/** The low half of the ticket between phases. */
const NOTHING: u64 = 0xffffffff;
/** Nanoseconds between two checks for a failed helper. */
const WAIT: i64 = 100000000;

/** Runs one phase with the help of all threads; the caller is thread 0. Returns false if a helper failed. */
export function dispatch(control: usize, phase: usize): bool {
  const chunks = load<u32>(phase, PHASE_CHUNKS);
  store<u32>(control, <u32>phase, CONTROL_PHASE);
  atomic.store<u32>(control, 0, CONTROL_DONE);
  const number = (atomic.load<u64>(control, CONTROL_TICKET) >> 32) + 1;
  atomic.store<u64>(control, number << 32, CONTROL_TICKET);
  if (chunks > 1 && atomic.load<u32>(control, CONTROL_SLEEPERS) > 0) atomic.notify(control + CONTROL_TICKET, -1);
  while (claim(control, 0)) {}
  let spins: u32 = 0;
  for (let done = atomic.load<u32>(control, CONTROL_DONE); done < chunks; ) {
    if (atomic.load<u32>(control, CONTROL_FAILED)) return false;
    if (++spins > SPINS) atomic.wait<i32>(control + CONTROL_DONE, done, WAIT);
    done = atomic.load<u32>(control, CONTROL_DONE);
  }
  // Nothing can be claimed until the next phase is published, whatever the caller changes in memory until then.
  atomic.store<u64>(control, (number << 32) | NOTHING, CONTROL_TICKET);
  return true;
}

/** The loop of a helper thread, which ends when the ticket is all ones. */
export function work(control: usize, thread: u32): void {
  let spins: u32 = 0;
  while (true) {
    const ticket = atomic.load<u64>(control, CONTROL_TICKET);
    if (ticket == u64.MAX_VALUE) return;
    if (claim(control, thread)) {
      spins = 0;
    } else if (++spins > SPINS) {
      spins = 0;
      atomic.add<u32>(control, 1, CONTROL_SLEEPERS);
      atomic.wait<i64>(control + CONTROL_TICKET, ticket, -1);
      atomic.sub<u32>(control, 1, CONTROL_SLEEPERS);
    }
  }
}

/** Claims and runs the next chunk. Returns false if there is none. */
function claim(control: usize, thread: u32): bool {
  const ticket = atomic.load<u64>(control, CONTROL_TICKET);
  const phase = <usize>atomic.load<u32>(control, CONTROL_PHASE);
  const chunk = <u32>ticket;
  if (chunk == <u32>NOTHING) return false;
  const chunks = load<u32>(phase, PHASE_CHUNKS);
  if (chunk >= chunks) return false;
  if (atomic.cmpxchg<u64>(control, ticket, ticket + 1, CONTROL_TICKET) != ticket) return true;
  runChunk(phase, chunk, thread);
  if (atomic.add<u32>(control, 1, CONTROL_DONE) + 1 == chunks && thread != 0) {
    atomic.notify(control + CONTROL_DONE, 1);
  }
  return true;
}
