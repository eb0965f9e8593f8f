import { ask, studyPath } from './api.js';
import { button, count, element, field } from './element.js';
import { attempt, complain } from './messages.js';

const mostRows = 3000;

/** Shows the attributes of the image that is looked at, beside those of its source if somebody says where that is. Gives a function that shows them again. */
export function showHeader(host, review) {
  let changes = [];
  let isCompared = false;
  let asked = null;
  const source = element('input', { type: 'text', placeholder: 'Full path of the source study or file', spellcheck: false, autocomplete: 'off', onkeydown: e => e.key === 'Enter' && compare.click() });
  const compare = button('Compare', () => attempt(compare, () => {
    [isCompared, asked] = [source.value !== '', null];
    return load();
  }));
  const search = element('input', { type: 'search', placeholder: 'Tag, keyword or value', oninput: show });
  const different = element('input', { type: 'checkbox', onchange: show });
  const table = element('div', { className: 'table', tabIndex: 0, role: 'region', 'aria-label': 'Attributes' });
  const note = element('p', { className: 'note' });
  host.replaceChildren(
    element('div', { className: 'filters' }, field('Source', source), compare, field('Find', search), element('label', { className: 'check' }, different, 'only what differs')),
    note, table);

  async function load() {
    const place = review.place ?? firstOf(review);
    const sop = place?.image?.sopInstanceUid ?? place?.sop;
    const key = `${sop} ${isCompared ? source.value : ''}`;
    if (key === asked) {
      return;
    }
    [asked, changes] = [key, []];
    show();
    if (place) {
      const path = studyPath(review.uid, 'series', place.seriesUid, 'instances', sop, 'attributes');
      const found = isCompared ? (await ask('GET', `${path}/compare?source=${encodeURIComponent(source.value)}`)).changes
        : (await ask('GET', path)).attributes.map(after => ({ fate: 'Kept', before: null, after }));
      if (key === asked) {
        changes = found;
        show();
      }
    }
  }

  function show() {
    const wanted = search.value.trim().toLowerCase();
    const rows = changes.filter(c => (!different.checked || !isCompared || c.fate !== 'Kept')
      && (wanted === '' || [c.before, c.after].some(a => a && [a.tag, a.keyword, a.value].some(text => text?.toLowerCase().includes(wanted)))));
    const columns = isCompared ? ['Tag', 'Attribute', 'VR', 'Before', 'After', ''] : ['Tag', 'Attribute', 'VR', 'Value'];
    table.replaceChildren(element('table', {},
      element('thead', {}, element('tr', {}, columns.map(name => element('th', { scope: 'col' }, name)))),
      element('tbody', {}, rows.slice(0, mostRows).map(c => row(c, isCompared)))));
    note.textContent = rows.length > mostRows ? `The first ${mostRows} of ${count(rows.length, 'attribute')}; search for others.`
      : isCompared ? `${count(rows.length, 'attribute')}. What stands under Before identifies the patient.` : `${count(rows.length, 'attribute')}.`;
  }

  review.addEventListener('study', () => { asked = null; });
  return () => load().catch(complain);
}

/** The first instance of a series that shows nothing, such as a report. */
function firstOf(review) {
  const series = review.detail?.series.find(s => s.seriesInstanceUid === review.shownSeries?.uid);
  return series?.instances[0] ? { seriesUid: series.seriesInstanceUid, sop: series.instances[0].sopInstanceUid } : null;
}

function row({ fate, before, after }, isCompared) {
  const { depth, tag, keyword, vr } = after ?? before;
  const cells = [
    element('td', { className: 'tag' }, '›'.repeat(depth), tag),
    element('td', {}, keyword ?? 'private or unknown'),
    element('td', {}, vr),
  ];
  if (isCompared) {
    cells.push(element('td', {}, textOf(before)), element('td', {}, textOf(after)), element('td', {}, fate === 'NotCompared' ? 'not compared' : fate.toLowerCase()));
  } else {
    cells.push(element('td', {}, textOf(after)));
  }
  return element('tr', { className: isCompared ? fate : '' }, cells);
}

function textOf(attribute) {
  return attribute === null ? '' : attribute.value ?? (attribute.length === 0 ? '' : attribute.vr === 'SQ' ? count(attribute.length, 'item') : `${attribute.length.toLocaleString('en')} bytes`);
}
