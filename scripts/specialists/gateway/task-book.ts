/** The tasks of the sample gateway: in memory, and in a file where one is named, so that they outlive the gateway. */

import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { retainUntil, type Task } from './task.ts';

const tasksMax = 2_000;

export class TaskBook {
  #tasks: Map<string, Task>;
  #path: string | null;

  constructor(path: string | null) {
    this.#path = path;
    const kept = path && existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Task[]) : [];
    this.#tasks = new Map(kept.map((task) => [task.id, task]));
  }

  all(): Task[] {
    return [...this.#tasks.values()];
  }

  find(id: string): Task | undefined {
    return this.#tasks.get(id);
  }

  /** What is promised to be retained is not forgotten for a newcomer. */
  get isFull(): boolean {
    for (const task of this.#tasks.values())
      if (Date.now() > retainUntil(task).getTime()) this.#tasks.delete(task.id);
    return this.#tasks.size >= tasksMax;
  }

  /** Kept before anything is told of it. */
  keep(task: Task): void {
    this.#tasks.set(task.id, task);
    if (this.#path === null) return;
    const next = `${this.#path}.next`;
    writeFileSync(next, JSON.stringify(this.all()));
    renameSync(next, this.#path);
  }
}
