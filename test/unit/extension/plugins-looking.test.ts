import assert from 'node:assert/strict';
import { LookedAt } from '../../../src/extension/plugins/looking';

describe('which plugins of the view are looked at', () => {
  const make = () => {
    const asked: string[] = [];
    return { asked, looked: new LookedAt((sessionId) => asked.push(sessionId)) };
  };

  it('are those whose children VS Code asks for, without any event', () => {
    const { asked, looked } = make();
    looked.drawRoot();
    assert.equal(looked.includes('s'), false);
    looked.drawChildren('s/1', 's');
    assert.equal(looked.includes('s'), true);
    assert.equal(looked.includes('other'), false);
    assert.deepEqual(asked, ['s'], 'its statistics are asked for at once');
  });

  it('stay so in the next drawing, and are not asked for anew by it', () => {
    const { asked, looked } = make();
    looked.drawRoot();
    looked.drawChildren('s/1', 's');
    looked.drawRoot();
    looked.drawChildren('s/1', 's');
    assert.equal(looked.includes('s'), true);
    assert.deepEqual(asked, ['s']);
  });

  it('are not those that were closed, whether their event comes or not', () => {
    const { asked, looked } = make();
    looked.drawRoot();
    looked.drawChildren('s/1', 's');
    looked.closed('s/1');
    assert.equal(looked.includes('s'), false);
    looked.drawChildren('s/1', 's');
    assert.deepEqual(asked, ['s', 's'], 'opened again');
    looked.drawRoot();
    assert.equal(looked.includes('s'), false, 'the drawing did not ask for it');
  });
});
