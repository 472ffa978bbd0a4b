// Reads a JSON list of texts on stdin, writes the list of their lengths in tokens (o200k_base).
import { Tiktoken } from "js-tiktoken/lite";
import ranks from "js-tiktoken/ranks/o200k_base";
import { readFileSync } from "node:fs";

const encoding = new Tiktoken(ranks);
const texts = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(texts.map((text) => encoding.encode(text, [], []).length)));
