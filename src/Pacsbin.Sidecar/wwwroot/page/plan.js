import { ask, follow, wordsOf } from './api.js';
import { button, count, element, field } from './element.js';
import { attempt, confirm, say } from './messages.js';
import { fit, scopes } from './regions.js';

/** Lists the planned regions with exact numbers, and burns them in. Gives a function that burns. */
export function showPlan(host, review, tools) {
  const { planned } = review;
  const scope = element('select', { onchange: () => { tools.scope = scope.value; } }, options(scopes));
  const undo = button('Undo', () => planned.undo(), { title: 'Undo (Ctrl+Z)' });
  const redo = button('Redo', () => planned.redo(), { title: 'Redo (Ctrl+Y)' });
  const burnButton = button('Burn', burn, { className: 'strong', title: 'Burn (b)', 'aria-keyshortcuts': 'b' });
  const list = element('ul', { className: 'regions', 'aria-label': 'Planned regions' });
  const editor = element('div', { className: 'editor' });
  const burned = element('p', { className: 'note' });
  host.replaceChildren(element('h2', {}, 'Regions'), field('New ones are for', scope), list, editor, element('div', { className: 'buttons' }, undo, redo, burnButton), burned);
  planned.addEventListener('change', show);
  review.addEventListener('study', () => {
    host.hidden = review.detail === null;
    const number = (review.detail?.manifest.files ?? []).reduce((sum, f) => sum + (f.regions?.length ?? 0), 0);
    burned.textContent = number > 0 ? `${count(number, 'region')} burned in, outlined with dots.` : '';
    show();
  });

  function show() {
    undo.disabled = !planned.canUndo;
    redo.disabled = !planned.canRedo;
    burnButton.disabled = planned.items.length === 0;
    burnButton.textContent = planned.items.length === 0 ? 'Burn' : `Burn ${count(planned.items.length, 'region')}`;
    list.replaceChildren(...planned.items.map(r => element('li', {},
      button(`${r.outside ? 'outside of ' : ''}${r.width} × ${r.height} at ${r.x}, ${r.y} · ${scopes[r.scope]}`, () => choose(r), { 'aria-pressed': r.id === planned.selected }),
      button('×', () => planned.remove(r.id), { 'aria-label': `Remove the region at ${r.x}, ${r.y}` }))));
    showEditor();
  }

  function choose(region) {
    planned.select(region.id);
    if (!planned.at(review.place).includes(region)) {
      review.goTo(region.place.image.sopInstanceUid);
      review.step(region.place.frame - review.place.frame);
    }
  }

  function showEditor() {
    const region = planned.selectedItem;
    if (!region || editor.contains(document.activeElement)) {
      editor.hidden = !region;
      if (region) {
        editor.querySelectorAll('input[type=number]').forEach(input => { input.value = region[input.name]; });
      }
      return;
    }
    const number = (name, label) => field(label, element('input', {
      type: 'number', name, value: region[name], min: name === 'width' || name === 'height' ? 1 : 0, step: 1,
      onchange: event => planned.change(region.id, fit({ ...planned.selectedItem, [name]: Number(event.target.value) }, region.place.image)),
    }));
    const scopeOf = element('select', { onchange: event => planned.change(region.id, { scope: event.target.value }) }, options(scopes, region.scope));
    const shape = element('select', { onchange: event => planned.change(region.id, { shape: event.target.value }) }, options({ Rectangle: 'Rectangle', Ellipse: 'Ellipse' }, region.shape));
    const outside = element('input', { type: 'checkbox', checked: region.outside, onchange: event => planned.change(region.id, { outside: event.target.checked }) });
    editor.replaceChildren(
      element('div', { className: 'numbers' }, number('x', 'X'), number('y', 'Y'), number('width', 'Width'), number('height', 'Height')),
      field('For', scopeOf), field('Shape', shape), element('label', { className: 'check' }, outside, 'erase all that is outside of it'));
    editor.hidden = false;
  }

  async function burn() {
    if (planned.items.length === 0) {
      return;
    }
    const { uid } = review;
    const [burning, regions] = [planned.items, planned.toRequest()];
    const isApproved = review.detail.study.state !== 'Deidentified';
    const text = `The pixels are erased in the copy and cannot be brought back; the source stays as it is.${isApproved ? ' The approval becomes void.' : ''}`;
    if (!await confirm(`Burn ${count(burning.length, 'region')} in?`, text, 'Burn')) {
      return;
    }
    say('Burning…');
    await attempt(burnButton, async () => {
      const job = await ask('POST', '/v1/studies/redact', { studyInstanceUid: uid, regions });
      const { problem, rejected, result } = await follow(job, j => say(`Burning: ${count(j.progress.files, 'image')} done.`));
      if (problem) {
        throw new Error(wordsOf(problem, rejected));
      }
      if (review.uid === uid) {
        planned.settle(burning);
        await review.refresh();
      }
      say(result.burned.isChanged ? 'Burned in. Look at the result.' : 'There was nothing to erase: the images that are meant have no pixels there.');
    });
    show();
  }

  return burn;
}

function options(texts, chosen) {
  return Object.entries(texts).map(([value, text]) => element('option', { value, selected: value === chosen }, text));
}
