// hubot-grafana's service without hubot: a line of JSON in, one out, as answering.py beside this has it.
'use strict';

const { createInterface } = require('readline');
const { GrafanaClient } = require('hubot-grafana/src/grafana-client');
const { GrafanaService } = require('hubot-grafana/src/service/GrafanaService');

const [url, key] = process.argv.slice(2);
let logged = [];
const log = { debug() {}, error: (error, text) => logged.push(`${text}: ${error.message}`) };
const service = new GrafanaService(new GrafanaClient(log, url, key));

// It gives a dashboard rows, the first of which is the dashboard.
const withoutRows = (name, value) => (name === 'rows' ? undefined : value);

async function called({ call, args }) {
  try {
    return { returned: await service[call](...args) };
  } catch (error) {
    return { raised: error.constructor.name, status: null, text: error.message };
  }
}

(async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    logged = [];
    const found = await called(JSON.parse(line));
    console.log(JSON.stringify({ ...found, logged }, withoutRows));
  }
})();
