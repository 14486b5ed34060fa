import {
  CallError,
  InvariantViolation,
  NEVER,
  Signal,
  TimeHeap,
  ZERO_TIME,
  ms,
  until,
  waitFor,
  type Micros,
  type Process,
} from '@tcplab/core';
import { expect, test } from 'vitest';
import { ProcessScheduler, type ProcessTask } from '../../src/process/index.ts';

interface Entry {
  readonly wake: () => void;
  readonly withdrawn: () => boolean;
}

/** Virtual time, the smallest possible: a heap of wake-ups and a clock that moves to each. */
class World {
  now = ZERO_TIME;
  wakeUps = 0;
  readonly queue = new TimeHeap<Entry>();
  readonly log: string[] = [];
  readonly failed: string[] = [];
  readonly scheduler = new ProcessScheduler({
    now: () => this.now,
    wakeAt: (at, wake, withdrawn) => this.queue.push(at, { wake, withdrawn }),
    processFailed: (task, error) => this.failed.push(`${task.name}: ${(error as Error).message}`),
  });

  spawn<T>(name: string, program: () => Process<T>): ProcessTask<T> {
    return this.scheduler.spawn(program(), name);
  }

  say(text: string): void {
    this.log.push(`${this.now / 1_000} ${text}`);
  }

  *sleep(duration: Micros): Process {
    const wake = (this.now + duration) as Micros;
    while (this.now < wake) yield { signals: [], deadline: wake };
  }

  run(): this {
    while (this.queue.size > 0) {
      const at = this.queue.nextTime;
      const entry = this.queue.pop()!;
      if (entry.withdrawn()) continue;
      this.now = at;
      this.wakeUps += 1;
      entry.wake();
    }
    return this;
  }
}

test('processes that sleep wake at their times, equal times in the order of going to sleep', () => {
  const world = new World();
  for (const [name, pause] of [
    ['a', 20],
    ['b', 10],
    ['c', 20],
  ] as const) {
    world.spawn(name, function* () {
      yield* world.sleep(ms(pause));
      world.say(name);
    });
  }
  expect(world.run().log).toEqual(['10 b', '20 a', '20 c']);
});

test('a raised signal wakes its waiters in the order of waiting, after the raiser has come to its own wait', () => {
  const world = new World();
  const bell = new Signal();
  for (const name of ['first', 'second']) {
    world.spawn(name, function* () {
      yield* waitFor([bell]);
      world.say(name);
    });
  }
  world.spawn('ringer', function* () {
    yield* world.sleep(ms(5));
    bell.raise();
    world.say('rang');
  });
  expect(world.run().log).toEqual(['5 rang', '5 first', '5 second']);
});

test('a process woken by two signals at once is resumed once', () => {
  const world = new World();
  const [one, two] = [new Signal(), new Signal()];
  world.spawn('waiter', function* () {
    for (let i = 0; i < 2; i += 1) {
      yield* waitFor([one, two], ms(100));
      world.say('woken');
    }
  });
  world.spawn('raiser', function* () {
    yield* world.sleep(ms(1));
    one.raise();
    two.raise();
  });
  expect(world.run().log).toEqual(['1 woken', '100 woken']);
});

test('a deadline ends a wait, and a signal that comes first makes the deadline harmless', () => {
  const world = new World();
  const bell = new Signal();
  world.spawn('late', function* () {
    const heard = yield* until(
      bell,
      () => false,
      () => world.now,
      ms(50),
    );
    world.say(`late ${heard}`);
  });
  world.spawn('early', function* () {
    yield* waitFor([bell], ms(1_000));
    world.say('early');
  });
  world.spawn('ringer', function* () {
    yield* world.sleep(ms(10));
    bell.raise();
  });
  expect(world.run().log).toEqual(['10 early', '50 late false']);
  expect(world.now, 'the clock does not move for the withdrawn deadline at 1 s').toBe(ms(50));
});

test('ten thousand waits with a far deadline leave one wake-up in the queue', () => {
  const world = new World();
  const bell = new Signal();
  let most = 0;
  world.spawn('reader', function* () {
    for (let i = 0; i < 10_000; i += 1) {
      yield* waitFor([bell], (world.now + ms(30_000)) as Micros);
      most = Math.max(most, world.queue.size);
    }
  });
  world.spawn('ringer', function* () {
    for (let i = 0; i < 10_000; i += 1) {
      bell.raise();
      yield* world.sleep(ms(1));
    }
  });
  world.run();
  expect(most).toBeLessThan(5);
});

test('a deadline that was withdrawn is armed again when a later wait needs it', () => {
  const world = new World();
  const bell = new Signal();
  world.spawn('waiter', function* () {
    yield* waitFor([bell], ms(100));
    world.say('bell');
    yield* waitFor([bell]);
    world.say('bell again');
    yield* waitFor([bell], ms(200));
    world.say('deadline');
  });
  world.scheduler.runReady();
  bell.raise();
  world.run();
  bell.raise();
  world.run();
  expect(world.log).toEqual(['0 bell', '0 bell again', '200 deadline']);
});

test('join gives what the process returned, before and after its end', () => {
  const world = new World();
  const answer = world.spawn('answer', function* () {
    yield* world.sleep(ms(3));
    return 42;
  });
  world.spawn('asker', function* () {
    world.say(`got ${yield* answer.join()}`);
    world.say(`again ${yield* answer.join()}`);
  });
  expect(world.run().log).toEqual(['3 got 42', '3 again 42']);
  expect(answer.done).toBe(true);
});

test('join throws what the process threw, and then nobody else hears of it', () => {
  const world = new World();
  const child = world.spawn('child', function* () {
    yield* world.sleep(ms(1));
    throw new CallError('connection closing');
  });
  world.spawn('parent', function* () {
    try {
      yield* child.join();
    } catch (error) {
      world.say((error as Error).message);
    }
  });
  expect(world.run().log).toEqual(['1 connection closing']);
  expect(world.failed).toEqual([]);
  expect(world.scheduler.unobservedFailures).toEqual([]);
});

test('a failure that nobody joins is told to the driver and stays on the list until somebody joins', () => {
  const world = new World();
  // oxlint-disable-next-line require-yield -- it fails before its first wait
  const child = world.spawn('child', function* (): Process {
    throw new Error('lost');
  });
  world.run();
  expect(world.failed).toEqual(['child: lost']);
  expect(world.scheduler.unobservedFailures.map((task) => task.name)).toEqual(['child']);
  world.spawn('late parent', function* () {
    try {
      yield* child.join();
    } catch {
      world.say('seen');
    }
  });
  expect(world.run().log).toEqual(['0 seen']);
  expect(world.scheduler.unobservedFailures).toEqual([]);
});

test('an invariant violation inside a process stops the driver, and the others can still run', () => {
  const world = new World();
  world.spawn('broken', function* () {
    yield* world.sleep(ms(1));
    throw new InvariantViolation('SND.UNA > SND.NXT');
  });
  world.spawn('sound', function* () {
    yield* world.sleep(ms(1));
    world.say('sound');
  });
  expect(() => world.run()).toThrow(InvariantViolation);
  expect(world.run().log).toEqual(['1 sound']);
});

test('cancel runs the finally blocks at once, and join then says that the task was cancelled', () => {
  const world = new World();
  const task = world.spawn('worker', function* () {
    try {
      yield* world.sleep(ms(1_000));
    } finally {
      world.say('cleaned up');
    }
  });
  world.spawn('boss', function* () {
    yield* world.sleep(ms(7));
    task.cancel();
    world.say('cancelled');
    try {
      yield* task.join();
    } catch (error) {
      world.say((error as Error).message);
    }
  });
  expect(world.run().log).toEqual(['7 cleaned up', '7 cancelled', '7 task cancelled: worker']);
  expect(world.now).toBe(ms(7));
  expect(task.outcome).toEqual({ kind: 'cancelled' });
});

test('a finally block may wait; the task is done when it has', () => {
  const world = new World();
  const task = world.spawn('worker', function* () {
    try {
      yield* world.sleep(ms(1_000));
    } finally {
      yield* world.sleep(ms(5));
      world.say('goodbye sent');
    }
  });
  world.spawn('boss', function* () {
    yield* world.sleep(ms(1));
    task.cancel();
    world.say(`done ${task.done}`);
  });
  expect(world.run().log).toEqual(['1 done false', '6 goodbye sent']);
  expect(task.done).toBe(true);
});

test('a task cancelled before its first step never runs; a task that cancels itself ends at its next wait', () => {
  const world = new World();
  const never = world.spawn('never', function* () {
    world.say('unreachable');
    yield* world.sleep(ms(1));
  });
  never.cancel();
  const tasks: ProcessTask[] = [];
  tasks.push(
    world.spawn('suicidal', function* () {
      tasks[0]!.cancel();
      world.say('still here');
      yield* world.sleep(ms(1));
      world.say('unreachable');
    }) as ProcessTask,
  );
  expect(world.run().log).toEqual(['0 still here']);
  expect(tasks[0]!.outcome).toEqual({ kind: 'cancelled' });
});

test('a task that joins itself is told so instead of waiting for ever', () => {
  const world = new World();
  const tasks: ProcessTask[] = [];
  tasks.push(
    world.spawn('self', function* () {
      yield* tasks[0]!.join();
    }) as ProcessTask,
  );
  world.run();
  expect(world.failed).toEqual(['self: task joins itself: self']);
});

test('cancelAll ends the youngest first, and nobody is left', () => {
  const world = new World();
  for (const name of ['old', 'young']) {
    world.spawn(name, function* () {
      try {
        yield { signals: [], deadline: NEVER };
      } finally {
        world.say(name);
      }
    });
  }
  world.run();
  world.scheduler.cancelAll();
  expect(world.log).toEqual(['0 young', '0 old']);
  expect(world.scheduler.tasks).toEqual([]);
});

test('a process that never lets time pass reaches a limit with a clear error', () => {
  const world = new World();
  world.spawn('spinner', function* () {
    for (;;) yield { signals: [], deadline: ZERO_TIME };
  });
  expect(() => world.run()).toThrow('process never waits: spinner');
});
