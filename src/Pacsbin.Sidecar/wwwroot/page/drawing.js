import { handlePlaces, handleSize } from './paint.js';
import { fit } from './regions.js';

const leastDrag = 3;

/** Lets the mouse, a pen or a finger draw, move and resize regions, and set the window, pan and zoom. */
export function drawOn(viewer, tools) {
  const { canvas, review } = viewer;
  const { planned } = review;
  let drag = null;
  let strokes = 0;

  canvas.addEventListener('pointerdown', event => {
    if (!viewer.picture) {
      return;
    }
    canvas.focus();
    viewer.pause();
    canvas.setPointerCapture(event.pointerId);
    drag = begin(event);
    event.preventDefault();
  });
  canvas.addEventListener('pointermove', event => {
    const [x, y] = [event.offsetX, event.offsetY];
    if (drag) {
      drag.move(x - drag.x, y - drag.y);
    } else {
      canvas.style.cursor = cursorAt(x, y);
    }
  });
  canvas.addEventListener('pointerup', () => end(true));
  canvas.addEventListener('pointercancel', () => end(false));
  canvas.addEventListener('contextmenu', event => event.preventDefault());
  canvas.addEventListener('wheel', event => {
    event.preventDefault();
    if (event.ctrlKey) {
      viewer.zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, event.offsetX, event.offsetY);
    } else if (event.deltaY !== 0) {
      review.step(Math.sign(event.deltaY));
    }
  }, { passive: false });

  function end(isDone) {
    drag?.end?.(isDone);
    drag = null;
  }

  function begin(event) {
    const [x, y] = [event.offsetX, event.offsetY];
    const tool = event.button === 2 ? 'window' : event.button === 1 ? 'pan' : tools.chosen;
    const started = { x, y };
    if (tool === 'pan') {
      let last = [0, 0];
      return { ...started, move: (dx, dy) => { viewer.pan(dx - last[0], dy - last[1]); last = [dx, dy]; } };
    }
    if (tool === 'window') {
      return { ...started, ...windowing() };
    }
    const hit = hitAt(x, y);
    planned.select(hit?.region.id ?? null);
    return { ...started, ...(hit ? changing(hit) : drawing(x, y)) };
  }

  function windowing() {
    const first = viewer.window ?? { center: viewer.picture.center, width: viewer.picture.width };
    const step = Math.max(first.width ?? 0, 1) / 250;
    return {
      move: (dx, dy) => first.width && viewer.setWindow({ center: first.center + (dy * step), width: Math.max(step, first.width + (dx * step)) }),
    };
  }

  function drawing(x, y) {
    const { place } = review;
    const from = viewer.toImage(x, y);
    return {
      move: (dx, dy) => {
        const to = viewer.toImage(x + dx, y + dy);
        viewer.draft = Math.hypot(dx, dy) < leastDrag ? null
          : fit({ x: Math.min(from.x, to.x), y: Math.min(from.y, to.y), width: Math.abs(to.x - from.x), height: Math.abs(to.y - from.y) }, place.image);
        viewer.repaint();
      },
      end: isDone => {
        const drawn = viewer.draft;
        viewer.draft = null;
        if (drawn && isDone) {
          planned.add(drawn, place, tools.scope);
        }
        viewer.repaint();
      },
    };
  }

  function changing({ region, edges }) {
    const image = review.place.image;
    const stroke = `drag${++strokes}`;
    return {
      move: (dx, dy) => {
        const { scaleX, scaleY } = viewer.transform;
        planned.change(region.id, moved(region, edges, dx / scaleX, dy / scaleY, image), stroke);
      },
    };
  }

  function hitAt(x, y) {
    const t = viewer.transform;
    const here = planned.at(review.place);
    const selected = here.find(r => r.id === planned.selected);
    const handle = selected && handlePlaces(selected, t).find(h => Math.abs(h.x - x) <= handleSize && Math.abs(h.y - y) <= handleSize);
    if (handle) {
      return { region: selected, edges: handle.edges };
    }
    const at = viewer.toImage(x, y);
    const region = here.findLast(r => at.x >= r.x && at.x < r.x + r.width && at.y >= r.y && at.y < r.y + r.height);
    return region ? { region, edges: null } : null;
  }

  function cursorAt(x, y) {
    if (tools.chosen !== 'region') {
      return tools.chosen === 'pan' ? 'grab' : 'ns-resize';
    }
    const hit = viewer.picture && hitAt(x, y);
    if (!hit) {
      return 'crosshair';
    }
    const [h, v] = hit.edges ?? [0, 0];
    return h === 0 && v === 0 ? 'move' : h === 0 ? 'ns-resize' : v === 0 ? 'ew-resize' : h === v ? 'nwse-resize' : 'nesw-resize';
  }
}

/** A region moved as a whole, or with some of its edges moved; it stays inside of the image. */
export function moved(region, edges, dx, dy, image) {
  if (!edges) {
    return {
      x: Math.max(0, Math.min(image.columns - region.width, Math.round(region.x + dx))),
      y: Math.max(0, Math.min(image.rows - region.height, Math.round(region.y + dy))),
    };
  }
  const [h, v] = edges;
  const [left, right] = [region.x + (h < 0 ? dx : 0), region.x + region.width + (h > 0 ? dx : 0)];
  const [top, bottom] = [region.y + (v < 0 ? dy : 0), region.y + region.height + (v > 0 ? dy : 0)];
  return fit({ x: Math.min(left, right), y: Math.min(top, bottom), width: Math.abs(right - left), height: Math.abs(bottom - top) }, image);
}
