// The official client for Node asks the gateway; what it understood is printed as JSON.
import OpenAI from "openai";

const [scenario, baseURL, apiKey] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const messages = [{ role: "user", content: process.argv[5] ?? "hello" }];
const tools = [
  { type: "function", function: { name: "dial", parameters: { type: "object", properties: { number: { type: "string" } } } } },
];

const scenarios = {
  async stream() {
    const told = { text: "", reasons: [], chunks: 0, labelled: false };
    for await (const chunk of await client.chat.completions.create({ model: "m", stream: true, messages })) {
      told.chunks += 1;
      told.text += chunk.choices[0]?.delta?.content ?? "";
      if (chunk.choices[0]?.finish_reason) told.reasons.push(chunk.choices[0].finish_reason);
      if (chunk.AIGC) told.labelled = true;
    }
    return told;
  },
  async whole() {
    const answer = await client.chat.completions.create({ model: "m", messages });
    return { text: answer.choices[0].message.content, reasons: [answer.choices[0].finish_reason] };
  },
  async helper() {
    const stream = client.chat.completions.stream({ model: "m", messages, tools });
    const message = await stream.finalMessage();
    return { text: message.content, calls: message.tool_calls?.map((call) => call.function) };
  },
  async usage() {
    const options = { model: "m", stream: true, stream_options: { include_usage: true }, messages };
    let usage = null;
    for await (const chunk of await client.chat.completions.create(options)) usage = chunk.usage ?? usage;
    return { usage };
  },
  async abort() {
    let chunks = 0;
    for await (const chunk of await client.chat.completions.create({ model: "m", stream: true, messages })) {
      chunks += chunk.choices.length;
      if (chunks > 3) break;
    }
    return { chunks };
  },
};

try {
  console.log(JSON.stringify(await scenarios[scenario]()));
} catch (error) {
  console.log(JSON.stringify({ error: error.constructor.name, status: error.status, code: error.code }));
}
