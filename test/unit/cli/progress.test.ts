import assert from 'node:assert/strict';
import { millions, stderrProgress } from '../../../src/cli/progress';

describe('progress', () => {
  const shown = (isTTY: boolean): string => {
    let text = '';
    const progress = stderrProgress({ isTTY, write: (more: string) => void (text += more) });
    progress.line('one');
    progress.live(millions(1_250_000));
    progress.live('three');
    progress.line('four');
    progress.line('five');
    return text;
  };

  it('is lines in a file', () => assert.equal(shown(false), 'one\nfour\nfive\n'));

  it('shows the moment on a terminal', () => {
    const erase = '\r\u001b[K';
    assert.equal(shown(true), `one\n${erase}1.3 million instructions${erase}three${erase}four\nfive\n`);
  });
});
