// Cases: parts come as HTML from the routes below /case, forms go back as JSON. The address names the case, so tabs do not meet. Runs once.
const $ = (part) => element.querySelector(`[data-part="${part}"]`);
const keep = /^[0-9a-f]{32}$/.exec(new URLSearchParams(location.search).get('keep') || '')?.[0];
const at = () => (/^#c-[0-9a-f]{10}$/.test(location.hash) ? location.hash.slice(1) : '');
const LISTS = ['purposes'], NAME = 'verifier-reviewer';
let asked = 0;

// What was typed and not sent, and what was open, of each case: it outlives a redrawn page, "All cases" and Back.
const drafts = new Map();
const caseFile = () => $('body').querySelector('.case-file');
const title = (details) => details.querySelector('summary')?.textContent.replace(/\d+/g, '').trim();
const key = (form) => `${form.dataset.act} ${form.elements.other?.value || ''}`;
const fieldsOf = (form) => [...form.elements].filter((e) => e.name && e.type !== 'hidden');
const ticked = (field) => ['checkbox', 'radio'].includes(field.type);
const changed = (e) => (ticked(e) ? e.checked !== e.defaultChecked : e.value !== e.defaultValue);
const stash = (sent) => {
  if (!caseFile()) return;
  const forms = [...caseFile().querySelectorAll('form')].filter((f) => f !== sent);
  const typed = forms.flatMap((f) => fieldsOf(f).filter(changed).map((e) => [key(f), e.name, ticked(e) ? e.value : null, ticked(e) ? e.checked : e.value]));
  const open = [...caseFile().querySelectorAll('details[open]')].filter((d) => !sent || !d.contains(sent)).map(title);
  drafts.set(caseFile().dataset.case, { typed, open });
};
const restore = () => {
  const draft = caseFile() && drafts.get(caseFile().dataset.case);
  if (!draft) return;
  for (const d of caseFile().querySelectorAll('details')) if (draft.open.includes(title(d))) d.open = true;
  const forms = [...caseFile().querySelectorAll('form')];
  for (const [form, name, value, said] of draft.typed) {
    for (const e of forms.filter((f) => key(f) === form).flatMap(fieldsOf).filter((e) => e.name === name)) {
      if (!ticked(e)) e.value = said || e.value;
      else if (e.value === value) e.checked = said;
    }
  }
};

const problem = (text) => { $('problem').hidden = !text; $('problem').textContent = text || ''; if (text) $('problem').scrollIntoView({ block: 'nearest' }); };
const ask = async (method, path, said) => {
  let answer;
  try {
    answer = await fetch(path, { method, headers: said ? { 'content-type': 'application/json' } : {}, body: said && JSON.stringify(said) });
  } catch { throw new Error('The tool does not answer. If it was stopped, start it again; what was saved is in the folder.'); }
  if (answer.status === 401) throw new Error('You were logged out: load the page anew and log in.');
  if (answer.status === 422) throw new Error('Something in this form is too long or is no date. Shorten it and try again.');
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
};
const draw = (html, sent) => {
  stash(sent);
  $('body').innerHTML = html;
  $('keeping').hidden = !keep;
  if (keep) for (const b of element.querySelectorAll('[data-act=add]')) b.textContent = 'Put the files of the check into this case';
  for (const field of element.querySelectorAll('[data-remember]')) field.value = sessionStorage.getItem(NAME) || '';
  restore();
};
const show = async (text = '') => {
  const mine = ++asked;
  try {
    const html = await ask('GET', at() ? `/case/${at()}` : `/case?text=${encodeURIComponent(text)}`);
    if (mine === asked) { draw(html); problem(''); $('body').querySelector('h2')?.focus(); }
  } catch (error) { if (mine === asked) { $('body').innerHTML = '<p><a href="#">All cases</a></p>'; problem(error.message); } }
};
const said = (form) => {
  const found = {};
  for (const [name, value] of new FormData(form)) LISTS.includes(name) ? (found[name] ||= []).push(value) : (found[name] = name === 'sure' ? true : value);
  return found;
};
const send = async (act, what, form) => {
  if (what.who && act !== 'consent') sessionStorage.setItem(NAME, what.who);
  if (act === 'search') return show(what.text);
  if (act === 'new') {
    const made = JSON.parse(await ask('POST', '/case', { ...what, sure: form.dataset.sure === what.name }));
    if (made.asks) { form.dataset.sure = what.name; throw new Error(made.asks); }
    location.hash = made.id;
    return;
  }
  const section = form.closest('section')?.getAttribute('aria-label');
  const html = await ask('POST', `/case/${at()}/${act}`, what);
  draw(html, form);
  problem('');
  const used = section && caseFile()?.querySelector(`section[aria-label="${section}"] h3`);
  if (used) { used.tabIndex = -1; used.focus(); }
  element.querySelector('[role=alertdialog]')?.scrollIntoView({ block: 'nearest' });
};
const add = async () => {
  const token = keep || [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, '0')).join('');
  await ask('POST', `/case/${at()}/desk/${token}${keep ? '?held=true' : ''}`);
  location.href = `/add-to-case/#${token}`;
};
const refuse = (form, text) => {
  const line = document.createElement('p');
  line.className = 'notes';
  line.setAttribute('role', 'alert');
  line.textContent = text;
  form.querySelector('button[type=submit]').before(line);
  line.scrollIntoView({ block: 'nearest' });
};
const during = async (button, does, form) => {
  if (button) button.disabled = true;
  for (const old of form?.querySelectorAll('[role=alert]') || []) old.remove();
  try { await does(); } catch (error) { if (form?.isConnected) refuse(form, error.message); else problem(error.message); } finally { if (button) button.disabled = false; }
};
element.addEventListener('submit', (event) => {
  event.preventDefault();
  during(event.submitter, () => send(event.target.dataset.act, said(event.target), event.target), event.target);
});
const ACTS = { add, reload: () => show() };
element.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="#"]');
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault(); // the page has a base address, which would lose what follows "?"
    location.hash = link.getAttribute('href');
    return;
  }
  const pressed = event.target.closest('button[data-act]');
  if (pressed && !pressed.disabled && ACTS[pressed.dataset.act]) during(pressed, ACTS[pressed.dataset.act]);
});
window.addEventListener('hashchange', () => show());
show();
