import { button, element } from './element.js';
import { moved } from './drawing.js';

/** Lets the keyboard do what the mouse can. Keys work in the viewer, and where nothing else has the focus. */
export function listenToKeys({ review, viewer, tools, go }) {
  const { planned } = review;
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const keys = [
    [['ArrowDown', 'ArrowRight'], '↓ →', 'next frame', () => review.step(1)],
    [['ArrowUp', 'ArrowLeft'], '↑ ←', 'frame before', () => review.step(-1)],
    [['PageDown'], 'Page ↓', 'ten frames on', () => review.step(10)],
    [['PageUp'], 'Page ↑', 'ten frames back', () => review.step(-10)],
    [['Home'], 'Home', 'first frame', () => review.go(0)],
    [['End'], 'End', 'last frame', () => review.go(Infinity)],
    [[' '], 'Space', 'play to the last frame, or stop', () => viewer.play()],
    [['n'], 'n', 'next series', () => review.selectSeries(review.seriesIndex + 1)],
    [['p'], 'p', 'series before', () => review.selectSeries(review.seriesIndex - 1)],
    [['i'], 'i', 'invert', () => viewer.invert()],
    [['+', '='], '+', 'zoom in', () => viewer.zoom(1.25)],
    [['-'], '-', 'zoom out', () => viewer.zoom(1 / 1.25)],
    [['0'], '0', 'reset window and zoom', () => viewer.reset()],
    [[], 'Shift + ← →', 'narrower or wider window', null],
    [[], 'Shift + ↑ ↓', 'window center up or down', null],
    [['d'], 'd', 'the mouse draws regions', () => tools.choose('region')],
    [['w'], 'w', 'the mouse sets the window', () => tools.choose('window')],
    [['h'], 'h', 'the mouse moves the image', () => tools.choose('pan')],
    [['r'], 'r', 'new region in the middle of what is shown', addRegion],
    [['[', ']'], '[ ]', 'select the region before or after', event => selectNext(event.key === ']' ? 1 : -1)],
    [[], '← ↑ → ↓', 'with a region selected: move it; with Shift ten pixels; with Alt resize it', null],
    [['Delete', 'Backspace'], 'Delete', 'remove the selected region', () => planned.selected !== null && planned.remove(planned.selected)],
    [['Escape'], 'Esc', 'select no region', () => planned.select(null)],
    [[], 'Ctrl + Z', 'undo', null],
    [[], 'Ctrl + Y', 'redo', null],
    [['b'], 'b', 'burn', () => go.burn()],
    [['a'], 'a', 'to the approval', () => go.approval()],
    [['s'], 's', 'to the studies', () => go.studies()],
    [['?'], '?', 'these keys', () => showKeys(keys)],
  ];

  document.addEventListener('keydown', event => {
    if (isTaken(event.target, event.key)) {
      return;
    }
    const action = undoing(event) ?? arrows(event) ?? (event.ctrlKey || event.altKey || event.metaKey ? null : keys.find(([names]) => names.includes(event.key))?.[3]);
    if (action) {
      event.preventDefault();
      action(event);
    }
  });
  document.getElementById('help').addEventListener('click', () => showKeys(keys));

  function undoing(event) {
    const key = event.ctrlKey || event.metaKey ? event.key.toLowerCase() : '';
    return key === 'y' || (key === 'z' && event.shiftKey) ? () => planned.redo() : key === 'z' ? () => planned.undo() : null;
  }

  function arrows(event) {
    const move = moves[event.key];
    const region = planned.at(review.place).find(r => r.id === planned.selected);
    if (!move || event.ctrlKey || event.metaKey || !(region || event.shiftKey)) {
      return null;
    }
    const [x, y] = move.map(m => m * (event.shiftKey ? 10 : 1));
    if (region) {
      return () => planned.change(region.id, moved(region, event.altKey ? [1, 1] : null, x, y, review.place.image), `keys${region.id}`);
    }
    const step = Math.max(viewer.picture?.width ?? 0, 1) / 50;
    return () => viewer.shiftWindow(-Math.sign(y) * step, Math.sign(x) * step);
  }

  function addRegion() {
    const image = review.place?.image;
    if (image) {
      const center = viewer.toImage(viewer.canvas.clientWidth / 2, viewer.canvas.clientHeight / 2);
      const [width, height] = [Math.max(1, Math.round(image.columns / 4)), Math.max(1, Math.round(image.rows / 8))];
      const size = { x: 0, y: 0, width, height };
      planned.add({ ...size, ...moved(size, null, center.x - (width / 2), center.y - (height / 2), image) }, review.place, tools.scope);
    }
  }

  function selectNext(step) {
    const here = planned.at(review.place);
    if (here.length > 0) {
      const at = here.findIndex(r => r.id === planned.selected);
      planned.select(here.at(at < 0 ? (step > 0 ? 0 : -1) : (at + step + here.length) % here.length).id);
    }
  }
}

/** Whether a key means something else where it was pressed. */
function isTaken(target, key) {
  if (document.querySelector('dialog[open]') || target.closest('input, textarea, select')) {
    return true;
  }
  return target.closest('button, summary, a') !== null && (key === ' ' || key === 'Enter');
}

function showKeys(keys) {
  const dialog = element('dialog', { className: 'keys', 'aria-labelledby': 'keys-title', onclose: () => dialog.remove() },
    element('h2', { id: 'keys-title' }, 'Keys'),
    element('dl', {}, keys.flatMap(([, shown, what]) => [element('dt', {}, element('kbd', {}, shown)), element('dd', {}, what)])),
    element('div', { className: 'buttons' }, button('Close', () => dialog.close())));
  document.body.append(dialog);
  dialog.showModal();
}
