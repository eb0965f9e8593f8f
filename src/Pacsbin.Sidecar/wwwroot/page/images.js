import { button, count, element } from './element.js';
import { askThumbnail } from './frames.js';
import { drawOn } from './drawing.js';
import { showHeader } from './header.js';
import { Viewer } from './viewer.js';

/** Shows series, the frame that is looked at, and its header. Gives the viewer and its tools. */
export function showImages(host, review) {
  const strip = element('div', { className: 'strip', role: 'listbox', 'aria-label': 'Series', 'aria-orientation': 'horizontal' });
  const canvas = element('canvas', { id: 'frame', tabIndex: 0, role: 'application', 'aria-roledescription': 'frame viewer', 'aria-describedby': 'where' });
  const where = element('p', { id: 'where', 'aria-live': 'polite' });
  const viewer = new Viewer(canvas, review);
  const tools = new Tools();
  const pictures = element('div', { className: 'pictures' }, toolbar(viewer, tools, review), canvas, where);
  const header = element('div', { className: 'header', hidden: true });
  const tabs = viewTabs([['Images', pictures], ['Header', header]], shown => (shown === header ? showHeaderOf() : viewer.repaint()));
  const showHeaderOf = showHeader(header, review);
  host.replaceChildren(strip, tabs, pictures, header);
  drawOn(viewer, tools);

  review.addEventListener('series', () => showStrip(strip, review));
  review.addEventListener('study', () => showStrip(strip, review));
  review.addEventListener('frame', () => !header.hidden && showHeaderOf());
  viewer.addEventListener('view', () => { where.textContent = describe(viewer, review); });
  return { viewer, tools, tabs };
}

/** Which tool the mouse is, and where new regions are meant for. Dispatches "change". */
class Tools extends EventTarget {
  chosen = 'region';
  scope = 'frame';

  choose(tool) {
    this.chosen = tool;
    this.dispatchEvent(new Event('change'));
  }
}

function toolbar(viewer, tools, review) {
  const tool = (name, text, key) => {
    const made = button(text, () => tools.choose(name), { title: `${text} (${key})`, 'aria-keyshortcuts': key });
    const mark = () => made.setAttribute('aria-pressed', tools.chosen === name);
    tools.addEventListener('change', mark);
    mark();
    return made;
  };
  const invert = button('Invert', () => viewer.invert(), { title: 'Invert (i)', 'aria-keyshortcuts': 'i' });
  viewer.addEventListener('view', () => invert.setAttribute('aria-pressed', viewer.inverted));
  const bar = element('div', { className: 'toolbar', role: 'toolbar', 'aria-label': 'Viewer', 'aria-controls': 'frame' },
    tool('region', 'Region', 'd'), tool('window', 'Window', 'w'), tool('pan', 'Pan', 'h'),
    button('−', () => viewer.zoom(1 / 1.25), { title: 'Zoom out (-)', 'aria-label': 'Zoom out' }),
    button('+', () => viewer.zoom(1.25), { title: 'Zoom in (+)', 'aria-label': 'Zoom in' }),
    invert, button('Reset', () => viewer.reset(), { title: 'Reset window and zoom (0)', 'aria-keyshortcuts': '0' }),
    button('Play', () => viewer.play(), { title: 'Play to the last frame (space)' }));
  review.addEventListener('study', () => { bar.hidden = review.detail === null; });
  bar.hidden = true;
  return bar;
}

function viewTabs(views, shown) {
  const tabs = views.map(([name, panel], i) => {
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-label', name);
    return button(name, () => choose(i), { role: 'tab' });
  });
  const list = element('div', { className: 'tabs', role: 'tablist', 'aria-label': 'View', onkeydown: event => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
      choose((tabs.indexOf(document.activeElement) + 1) % tabs.length).focus();
      event.stopPropagation();
    }
  } }, tabs);
  function choose(index) {
    views.forEach(([, panel], i) => {
      panel.hidden = i !== index;
      tabs[i].setAttribute('aria-selected', i === index);
      tabs[i].tabIndex = i === index ? 0 : -1;
    });
    shown(views[index][1]);
    return tabs[index];
  }
  queueMicrotask(() => choose(0));
  return list;
}

function showStrip(strip, review) {
  if (strip.review !== review.detail) {
    strip.review = review.detail;
    strip.replaceChildren(...review.series.map((series, i) => thumbnail(series, i, review)));
  }
  [...strip.children].forEach((option, i) => {
    option.setAttribute('aria-selected', i === review.seriesIndex);
    option.tabIndex = i === review.seriesIndex ? 0 : -1;
  });
}

function thumbnail(series, index, review) {
  const canvas = element('canvas', { width: 96, height: 72, 'aria-hidden': 'true' });
  const middle = series.places[Math.floor(series.places.length / 2)];
  if (middle) {
    askThumbnail(review.uid, middle).then(({ bitmap }) => canvas.getContext('2d').drawImage(bitmap, (96 - bitmap.width) / 2, (72 - bitmap.height) / 2), () => {}); // the viewer says why
  }
  const name = `${series.modality ?? 'Series'} ${series.number ?? ''}`.trim();
  return element('div', {
    role: 'option', className: 'thumbnail', onclick: () => review.selectSeries(index), onkeydown: event => moveAlong(event, index, review),
  }, canvas, element('span', {}, name), element('small', {}, series.places.length > 0 ? count(series.places.length, 'frame') : `${count(series.instances, 'object')}, no pixels`));
}

function moveAlong(event, index, review) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (step) {
    event.preventDefault();
    event.stopPropagation();
    review.selectSeries(index + step);
    event.currentTarget.parentElement.children[review.seriesIndex].focus();
  }
}

function describe(viewer, review) {
  const { place, shownSeries, frameIndex } = review;
  if (!place) {
    return review.detail ? 'This series has no pixels to show; look at its header.' : 'Choose a study.';
  }
  const { picture } = viewer;
  const window = viewer.window ?? (picture?.width ? picture : null);
  return [
    `Frame ${frameIndex + 1} of ${shownSeries.places.length}`,
    `image ${place.image.instanceNumber ?? '?'}${place.image.frames > 1 ? `, its frame ${place.frame}` : ''}`,
    `${place.image.columns} × ${place.image.rows}`,
    window ? `center ${short(window.center)}, width ${short(window.width)}` : 'no window',
    `zoom ${Math.round(viewer.zoomFactor * 100)} %`,
  ].join(' · ');
}

function short(number) {
  return Number(number.toPrecision(5)).toString();
}
