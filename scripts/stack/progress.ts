import type { WriteStream } from 'node:tty';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
const eraseLine = '\r\x1b[2K';

export interface Progress {
  /** Says what is being done now; on a terminal it takes the place of what was said before. */
  step(text: string): void;
  /** Says something that stays. */
  say(text: string): void;
  /** Ends the live line, leaving what was said to stay. */
  end(): void;
}

/** Progress on one live line of a terminal, or a plain line for each step elsewhere. */
export function createProgress(stream: WriteStream): Progress {
  if (!stream.isTTY || process.env.TERM === 'dumb') return plainProgress(stream);
  let current = '';
  let frame = 0;
  const draw = () => {
    if (!current) return;
    const room = (stream.columns || 80) - 3;
    stream.write(`${eraseLine}${frames[frame++ % frames.length]} ${current.slice(0, room)}`);
  };
  const timer = setInterval(draw, frameMs);
  timer.unref();
  return {
    step(text) {
      current = text;
      draw();
    },
    say(text) {
      stream.write(`${eraseLine}${text}\n`);
      draw();
    },
    end() {
      clearInterval(timer);
      current = '';
      stream.write(eraseLine);
    },
  };
}

function plainProgress(stream: WriteStream): Progress {
  let last = '';
  const say = (text: string) => {
    if (text !== last) stream.write(`${text}\n`);
    last = text;
  };
  return { step: say, say, end: () => {} };
}
