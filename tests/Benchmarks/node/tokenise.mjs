// Reads JSON Lines and tokenises the texts, with the tokenizer that @huggingface/transformers uses. Prints tokens and the least seconds.
import { readFileSync } from "node:fs";
import { Tokenizer } from "@huggingface/tokenizers";

const [folder, file, rounds] = process.argv.slice(2);
const tokenizer = new Tokenizer(JSON.parse(readFileSync(`${folder}/tokenizer.json`, "utf8")), JSON.parse(readFileSync(`${folder}/tokenizer_config.json`, "utf8")));
let best = Infinity;
let tokens = 0;
for (let round = 0; round < Number(rounds); round++) {
  const from = performance.now();
  tokens = 0;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (line.length > 0) tokens += tokenizer.encode(JSON.parse(line).text, { add_special_tokens: false }).ids.length;
  }
  best = Math.min(best, (performance.now() - from) / 1000);
}
console.log(`${tokens} ${best}`);
